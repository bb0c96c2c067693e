"""Calendar periods of the city: hour, day, month, quarter, year. Pure; the zone is an argument.

A period is a half-open span of instants in UTC whose bounds are local midnights (or full hours), so a day of 23 or
25 hours is what the zone makes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


class PeriodKind(StrEnum):
    """The lengths of period that a measure can stand for."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_LONGEST = {
    PeriodKind.HOUR: 1,
    PeriodKind.DAY: 1,
    PeriodKind.MONTH: 31,
    PeriodKind.QUARTER: 92,
    PeriodKind.YEAR: 366,
}
"""Days after which the next period has begun, whichever it is."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period: `start` inclusive, `end` exclusive, both aware and in UTC. `first_day` is a local date."""

    start: datetime
    end: datetime
    kind: PeriodKind
    first_day: date
    """The local date of its first instant."""
    local_hour: int = 0
    """The local hour of its first instant; 0 for all but hours."""

    @property
    def name(self) -> str:
        """How the period is written: 2026-11-25T08 (local hour), 2026-11-25, 2026-11, 2026-Q4, 2026."""
        day = self.first_day
        match self.kind:
            case PeriodKind.HOUR:
                return f"{day}T{self.local_hour:02}"
            case PeriodKind.DAY:
                return day.isoformat()
            case PeriodKind.MONTH:
                return f"{day:%Y-%m}"
            case PeriodKind.QUARTER:
                return f"{day.year}-Q{(day.month + 2) // 3}"
            case PeriodKind.YEAR:
                return f"{day.year}"

    def days(self) -> tuple[date, ...]:
        """Return the local dates of a day, month, quarter or year."""
        until = _next_start(self.kind, self.first_day) if self.kind is not PeriodKind.HOUR else self.first_day
        return tuple(map(date.fromordinal, range(self.first_day.toordinal(), until.toordinal())))

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def period_of(kind: PeriodKind, instant: datetime, tz: ZoneInfo) -> Period:
    """Return the period of `kind` that an instant (aware) lies in."""
    local = instant.astimezone(tz)
    if kind is PeriodKind.HOUR:
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        start = instant.astimezone(UTC) - past
        return Period(start, start + _HOUR, kind, local.date(), local.hour)
    return _starting(kind, _first_day(kind, local.date()), tz)


def last_closed(kind: PeriodKind, now: datetime, tz: ZoneInfo) -> Period:
    """Return the newest period of `kind` that is over at `now`."""
    running = period_of(kind, now, tz)
    return period_of(kind, running.start - datetime.resolution, tz)


def following(period: Period, tz: ZoneInfo) -> Period:
    """Return the period after this one."""
    return period_of(period.kind, period.end, tz)


def periods(kind: PeriodKind, start: datetime, end: datetime, tz: ZoneInfo) -> Iterator[Period]:
    """Yield the periods that overlap start ≤ t < end, in order."""
    found = period_of(kind, start, tz)
    while found.start < end:
        yield found
        found = following(found, tz)


def _first_day(kind: PeriodKind, day: date) -> date:
    match kind:
        case PeriodKind.HOUR | PeriodKind.DAY:
            return day
        case PeriodKind.MONTH:
            return day.replace(day=1)
        case PeriodKind.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case PeriodKind.YEAR:
            return day.replace(month=1, day=1)


def _next_start(kind: PeriodKind, first: date) -> date:
    return _first_day(kind, first + timedelta(days=_LONGEST[kind]))


def _starting(kind: PeriodKind, first: date, tz: ZoneInfo) -> Period:
    return Period(midnight(first, tz), midnight(_next_start(kind, first), tz), kind, first)


def midnight(day: date, tz: tzinfo) -> datetime:
    """Return the first instant of a day of `tz`, in UTC."""
    return datetime.combine(day, time(), tz).astimezone(UTC)
