"""The plan's targets from a TOML file."""

from collections.abc import Sequence
from pathlib import Path

from app.toml_file import read_toml
from domain.citytime import Place
from domain.measure import Target
from rules.target_file import parse_targets

SHIPPED = Path(__file__).parents[1] / "config" / "targets.toml"


def load_targets(path: Path | None, place: Place) -> Sequence[Target]:
    """Read the targets of `path`, or those that ship with Quanyan. Dates are days of the city's calendar.

    Raises:
        ConfigError: with every mistake: file, target, field and reason.
    """
    file = path or SHIPPED
    return parse_targets(read_toml(file), str(file), place.tz)
