"""The chains of escalation from a TOML file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from domain.duty import ContactKind
from domain.errors import ConfigError, Problem
from domain.escalation import EscalationPlan
from rules.duty.plan_file import parse_plan

SHIPPED = Path(__file__).parents[1] / "config" / "duty.toml"


def load_plan(path: Path | None, channels: Mapping[str, ContactKind | None]) -> EscalationPlan:
    """Read the chains of `path`, or those that ship with Quanyan, for the channels that are configured.

    Raises:
        ConfigError: with every mistake: file, table and key, reason.
    """
    file = path or SHIPPED
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, "", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(str(file), 0, "", f"is no TOML: {error}")]) from None
    return parse_plan(content, str(file), channels)
