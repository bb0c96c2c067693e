"""What there is to do: due instants of one indicator, in pieces that a process does by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.history import Published
from domain.period import PeriodKind
from rules.indicator import Indicator
from rules.kept import Due, due

PIECE: Final[Mapping[PeriodKind, timedelta]] = {PeriodKind.HOUR: timedelta(days=1), PeriodKind.DAY: timedelta(days=31)}
_LONG: Final = timedelta(days=370)
"""How much one piece spans: short, so that many can be done at once and little is lost; long, where each must read far
back anyway."""


@dataclass(frozen=True, slots=True)
class Task:
    """The due instants of an indicator in (after, until]."""

    indicator: str
    after: datetime
    until: datetime

    @property
    def name(self) -> str:
        """How the task is called in the file of what is done."""
        return f"{self.indicator} {self.until.isoformat()}"

    def dues(self, indicator: Indicator, tz: ZoneInfo) -> list[Due]:
        """Return the due instants."""
        return list(due(indicator, self.after, self.until, tz))


def tasks(indicator: Indicator, start: datetime, end: datetime, latest: datetime, tz: ZoneInfo) -> Iterator[Task]:
    """Yield the pieces for the periods that lie within [start, end) and are due until `latest`."""
    settle = indicator.kept.settle
    wanted = [d for d in due(indicator, start + settle, end + settle, tz) if d.period.start >= start and d.at <= latest]
    span = max(PIECE.get(indicator.kept.every, _LONG), min(max(indicator.lookback.values()), _LONG))
    first = 0
    for n, each in enumerate(wanted):
        following = wanted[n + 1] if n + 1 < len(wanted) else None
        if following is None or following.at - wanted[first].at >= span:
            yield Task(indicator.name, wanted[first].at - datetime.resolution, each.at)
            first = n + 1


@dataclass(frozen=True, slots=True)
class Done:
    """What came out of a task. `differences` are plain JSON; `found` has the measures that differ."""

    task: str
    periods: int = 0
    measures: int = 0
    readings: int = 0
    """Readings that a columnar kernel looked at."""
    points: int = 0
    """Values of those readings."""
    scalar: int = 0
    """Periods that the scalar rules computed in full."""
    in_full: int = 0
    """Periods that a columnar kernel computed in full, details too."""
    extract_s: float = 0
    kernel_s: float = 0
    scalar_s: float = 0
    differences: Sequence[Mapping[str, Any]] = ()
    found: Sequence[Published] = ()

    @property
    def indicator(self) -> str:
        """Whose periods they are."""
        return self.task.partition(" ")[0]

    @property
    def columnar(self) -> int:
        """Periods whose figures a columnar kernel confirmed, so that the scalar rules were not asked."""
        return self.periods - self.scalar - self.in_full
