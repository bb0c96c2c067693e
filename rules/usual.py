"""What is usual at each hour of a day: the closed hours of the four weeks before, of the same kind of day.

Monday to Friday are one kind of day, Saturday and Sunday the other (our choice; a holiday counts as the day of the week
that it falls on). The usual value is the median of the days that have one, between the quartiles; of fewer than three
days nothing is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import quantiles
from typing import Final
from zoneinfo import ZoneInfo

from domain.history import Published
from domain.period import Period, PeriodKind, period_of, periods

BACK: Final = timedelta(days=28)
LEAST: Final = 3
"""Days with a value that the usual one rests on, at least (our choice)."""
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class UsualHour:
    """One hour of the day. `value` is None while it is not closed, or was not known."""

    period: Period
    value: float | None
    usual: float | None
    low: float | None
    high: float | None
    days: int
    """How many days before have a value at this hour."""


def is_weekend(day: date) -> bool:
    """Return whether a day is compared with Saturdays and Sundays."""
    return day.weekday() > _FRIDAY


def usual(published: Iterable[Published], day: date, tz: ZoneInfo) -> Sequence[UsualHour]:
    """Return each hour of a day of the city's calendar beside what is usual then.

    `published`: the closed hours of one indicator and scope, of that day and the four weeks before.
    """
    own: dict[datetime, float | None] = {}
    before: dict[int, list[float]] = {}
    for found in published:
        hour, value = period_of(PeriodKind.HOUR, found.start, tz), found.measure.value
        if hour.first_day == day:
            own[found.start] = value
        elif value is not None and day - BACK <= hour.first_day < day and is_weekend(hour.first_day) is is_weekend(day):
            before.setdefault(hour.local_hour, []).append(value)
    whole = period_of(PeriodKind.DAY, datetime.combine(day, datetime.min.time(), tz), tz)
    hours = periods(PeriodKind.HOUR, whole.start, whole.end, tz)
    return [_hour(hour, own.get(hour.start), before.get(hour.local_hour, [])) for hour in hours]


def _hour(hour: Period, value: float | None, before: Sequence[float]) -> UsualHour:
    if len(before) < LEAST:
        return UsualHour(hour, value, None, None, None, len(before))
    low, middle, high = quantiles(before, n=4, method="inclusive")
    return UsualHour(hour, value, middle, low, high, len(before))
