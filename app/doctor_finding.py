"""What `quanyan doctor` finds."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    """It works, and something will be missed one day."""
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and (unless all is well) how to mend it."""

    part: str
    level: Level
    said: str
    mend: str = ""
