"""A day's hours beside what is usual then, as an answer."""

from datetime import date
from typing import Self

from api.schemas.common import Answer, Instant
from rules.usual import UsualHour


class UsualHourOut(Answer):
    """One hour: its closed value, and the median of the days before between their quartiles (null: too few days).

    A closed hour stands as of its end. `days`: how many days before have a value at this hour.
    """

    period: str
    start: Instant
    end: Instant
    value: float | None
    usual: float | None
    low: float | None
    high: float | None
    days: int

    @classmethod
    def of(cls, found: UsualHour) -> Self:
        """Make it from the hour of the rules."""
        hour = found.period
        said = {n: getattr(found, n) for n in ("value", "usual", "low", "high", "days")}
        return cls(period=hour.name, start=hour.start, end=hour.end, **said)


class UsualDay(Answer):
    """The hours of one day, in order. `weekend`: it is compared with Saturdays and Sundays, else with Monday to Friday.

    `back_days`: how many days before the day are looked at.
    """

    indicator: str
    scope: str
    unit: str
    day: date
    weekend: bool
    back_days: int
    hours: list[UsualHourOut]
