"""How long readings are kept, and in what fineness: raw, by the hour, by the day. Pure.

A summary stands for the readings of one device in one period of the city's calendar and bears the period's first
instant, as the history of measures does. Official measures are not summaries: they are kept by a policy of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.kind import Value, ValueType
from domain.period import PeriodKind

DAY: Final = timedelta(days=1)


class Resolution(StrEnum):
    """How finely something is answered or kept."""

    RAW = "raw"
    HOUR = "hour"
    DAY = "day"


PERIODS: Final[Mapping[Resolution, PeriodKind]] = {Resolution.HOUR: PeriodKind.HOUR, Resolution.DAY: PeriodKind.DAY}
"""The summaries, and the periods that they stand for."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What the values of one metric come to in one period.

    Numbers have all; of a truth value `mean` is the share of true ones, and it has no extremes; a text has neither.
    """

    count: int
    last: Value
    """The value of the newest reading that said one: what a state or a counter stood at."""
    lowest: float | None = None
    highest: float | None = None
    mean: float | None = None
    """The mean of the values said, each counting once."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The readings of a device in one period; `start` is its first instant (aware, UTC)."""

    device: str
    kind: str
    start: datetime
    readings: int
    metrics: Mapping[str, Stats] = field(default_factory=dict)
    """By metric; one that no reading said is left out."""


@dataclass(frozen=True, slots=True)
class SummaryRows:
    """Summaries of many devices for one period, as columns named by `column`; at most a few thousand devices."""

    devices: Sequence[str]
    columns: Mapping[str, Sequence[Value | None]]


READINGS: Final = "readings"
"""The column with the number of readings in the period."""
_PARTS: Final[Mapping[ValueType, tuple[str, ...]]] = {
    ValueType.FLOAT: ("count", "min", "max", "mean", "last"),
    ValueType.INT: ("count", "min", "max", "mean", "last"),
    ValueType.BOOL: ("count", "mean", "last"),
    ValueType.TEXT: ("count", "last"),
}


def parts(type_: ValueType) -> tuple[str, ...]:
    """Return what is kept of a metric of this type: count, min, max, mean, last."""
    return _PARTS[type_]


def column(metric: str, part: str) -> str:
    """Return the name of the column that holds a part of a metric."""
    return f"{metric}.{part}"


def summary_types(types: Mapping[str, ValueType]) -> dict[str, ValueType]:
    """Return the columns of a kind's summaries with their types, the number of readings first."""
    found = {READINGS: ValueType.INT}
    for metric, type_ in types.items():
        for part in parts(type_):
            kept = type_ if part == "last" else ValueType.INT if part == "count" else ValueType.FLOAT
            found[column(metric, part)] = kept
    return found


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """For how long raw readings and their summaries are kept, by event time; None = for ever."""

    raw: timedelta | None = None
    hour: timedelta | None = None
    day: timedelta | None = None

    def age(self, every: Resolution) -> timedelta | None:
        """Return how old something may become; None = as old as it will."""
        return {Resolution.RAW: self.raw, Resolution.HOUR: self.hour, Resolution.DAY: self.day}[every]

    def since(self, every: Resolution, now: datetime) -> datetime | None:
        """Return the instant before which nothing is kept: a UTC midnight. None = everything is kept."""
        age = self.age(every)
        if age is None:
            return None
        oldest = (now - age).astimezone(UTC)
        return oldest.replace(hour=0, minute=0, second=0, microsecond=0)


_RAW_SPAN: Final = 2 * DAY
_HOUR_SPAN: Final = 62 * DAY


def resolution(policy: RetentionPolicy, start: datetime, end: datetime, now: datetime) -> Resolution:
    """Return the resolution that answers a span best: raw up to two days, hours up to two months, then days.

    What is no longer kept is answered from the next coarser one. The spans are our choice: some hundred points.
    """
    span = end - start
    wanted = [Resolution.DAY]
    if span <= _HOUR_SPAN:
        wanted.insert(0, Resolution.HOUR)
    if span <= _RAW_SPAN:
        wanted.insert(0, Resolution.RAW)
    for every in wanted:
        since = policy.since(every, now)
        if since is None or start >= since:
            return every
    return Resolution.DAY
