"""What of the notes on archived readings can be summarised now, and what has to wait. Pure; the zone is an argument."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.period import Period, PeriodKind, period_of, periods

_HOUR = timedelta(hours=1)


class Marks(NamedTuple):
    """Hours (UTC, 0 to 23) of one day of one kind."""

    hours: frozenset[int] = frozenset()
    """To be summarised, and so is the day of the city that each lies in."""
    days: frozenset[int] = frozenset()
    """Summarised by the hour; the day of the city that each lies in was not over yet."""

    def __bool__(self) -> bool:
        return bool(self.hours or self.days)


@dataclass(frozen=True, slots=True)
class Due:
    """What the notes of one day (UTC) of one kind ask for, and which of them stay."""

    work: Mapping[Period, frozenset[Period]]
    """Days of the city, each with those of its hours that are over and have to be summarised."""
    closed: frozenset[Period]
    """The days among them that are over and have to be summarised themselves."""
    left: Marks
    """What is not over."""

    @property
    def last(self) -> Period | None:
        """The last day of the city that there is something to do for now."""
        return max((day for day, hours in self.work.items() if hours or day in self.closed), default=None)


def due(day: date, marks: Marks, through: datetime, tz: ZoneInfo) -> Due:
    """Return what is asked for of a day (UTC), when every reading that arrived until `through` is archived."""
    hours, days = marks
    work: defaultdict[Period, set[Period]] = defaultdict(set)
    hours_left: set[int] = set()
    days_left: set[int] = set()
    for hour in sorted(hours | days):
        start = datetime.combine(day, time(hour), UTC)
        touched = list(periods(PeriodKind.HOUR, start, start + _HOUR, tz)) if hour in hours else []
        if any(p.end > through for p in touched):
            hours_left.add(hour)
            continue
        for period in touched:
            work[period_of(PeriodKind.DAY, period.start, tz)].add(period)
        for period in periods(PeriodKind.DAY, start, start + _HOUR, tz):
            _ = work[period]
            if period.end > through:
                days_left.add(hour)
    closed = frozenset(p for p in work if p.end <= through)
    found = {p: frozenset(work[p]) for p in sorted(work)}
    return Due(found, closed, Marks(frozenset(hours_left), frozenset(days_left)))
