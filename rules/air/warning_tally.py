"""What a warning proposal rests on: the days of the stations, what forecasters issued, and the notices of persons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.air.day_tally import DaysTally


@dataclass(frozen=True, slots=True)
class WarningTally:
    """Additive over disjoint stations, forecasters and notices."""

    days: DaysTally = field(default_factory=DaysTally)
    issues: Mapping[str, list[Any]] = field(default_factory=dict)
    """By official forecaster, its issues as plain JSON, in order."""
    notices: Mapping[str, list[Any]] = field(default_factory=dict)
    """By notice, when it was said (ISO 8601) and the level; empty while it said nothing."""

    def merged(self, other: "WarningTally") -> "WarningTally":
        """Return the tally of both sets of devices, which must be disjoint."""
        issues, notices = {**self.issues, **other.issues}, {**self.notices, **other.notices}
        return WarningTally(self.days.merged(other.days), issues, notices)

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {"days": self.days.dump(), "issues": dict(self.issues), "notices": dict(self.notices)}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "WarningTally":
        """Return the tally of a dump."""
        return cls(DaysTally.load(dumped["days"]), dumped["issues"], dumped["notices"])
