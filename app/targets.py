"""The plan's targets from a TOML file."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from domain.citytime import Place
from domain.errors import ConfigError, Problem
from domain.measure import Target
from rules.target_file import parse_targets

SHIPPED = Path(__file__).parents[1] / "config" / "targets.toml"


def load_targets(path: Path | None, place: Place) -> Sequence[Target]:
    """Read the targets of `path`, or those that ship with Quanyan. Dates are days of the city's calendar.

    Raises:
        ConfigError: with every mistake: file, target, field and reason.
    """
    file = path or SHIPPED
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, "", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), 0, "", f"is no TOML: {error}")]) from None
    return parse_targets(content, str(file), place.tz)
