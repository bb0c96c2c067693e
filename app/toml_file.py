"""Reading the TOML files of the configuration, with what is wrong told in one way."""

import tomllib
from pathlib import Path
from typing import Any

from domain.errors import ConfigError, Problem


def read_toml(file: Path) -> dict[str, Any]:
    """Return the content of a TOML file.

    Raises:
        ConfigError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, "", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), 0, "", f"is no TOML: {error}")]) from None
    except RecursionError:
        raise ConfigError([Problem(str(file), 0, "", "is nested beyond all reason")]) from None
