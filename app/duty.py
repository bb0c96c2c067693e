"""The chains of escalation from a TOML file."""

from collections.abc import Mapping
from pathlib import Path

from app.toml_file import read_toml
from domain.duty import ContactKind
from domain.escalation import EscalationPlan
from rules.duty.plan_file import parse_plan

SHIPPED = Path(__file__).parents[1] / "config" / "duty.toml"


def load_plan(path: Path | None, channels: Mapping[str, ContactKind | None]) -> EscalationPlan:
    """Read the chains of `path`, or those that ship with Quanyan, for the channels that are configured.

    Raises:
        ConfigError: with every mistake: file, table and key, reason.
    """
    file = path or SHIPPED
    return parse_plan(read_toml(file), str(file), channels)
