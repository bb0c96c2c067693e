"""A device's readings in the resolution that answers a span: raw, by the hour, by the day."""

from typing import Self
from zoneinfo import ZoneInfo

from api.schemas.common import Answer, Instant
from api.schemas.devices import Value
from domain.period import period_of
from domain.reading import Reading
from domain.retention import PERIODS, Resolution, Stats, Summary


class StatsOut(Answer):
    """What the values of a metric come to. `min` and `max` are of numbers only; `mean` of a truth value is a share."""

    count: int
    min: float | None
    max: float | None
    mean: float | None
    last: Value

    @classmethod
    def of(cls, stats: Stats) -> Self:
        """Make it from the domain's."""
        return cls(count=stats.count, min=stats.lowest, max=stats.highest, mean=stats.mean, last=stats.last)


class PointOut(Answer):
    """One period, or one reading. `start`: the period's first instant, or the reading's; `period`: its local name."""

    start: Instant
    period: str | None
    readings: int
    metrics: dict[str, StatsOut]

    @classmethod
    def of(cls, found: Summary, every: Resolution, tz: ZoneInfo) -> Self:
        """Make it from a summary."""
        name = period_of(PERIODS[every], found.start, tz).name
        metrics = {metric: StatsOut.of(stats) for metric, stats in found.metrics.items()}
        return cls(start=found.start, period=name, readings=found.readings, metrics=metrics)

    @classmethod
    def of_reading(cls, reading: Reading) -> Self:
        """Make it from one reading, which is all that there is of its instant."""
        metrics = {name: _alone(value) for name, value in reading.values.items()}
        return cls(start=reading.at, period=None, readings=1, metrics=metrics)


class Series(Answer):
    """One page, oldest first. `every`: the resolution that answered; `kept_since`: it has nothing before that."""

    device: str
    kind: str
    start: Instant
    end: Instant
    every: Resolution
    kept_since: Instant | None
    items: list[PointOut]


def _alone(value: Value) -> StatsOut:
    number = float(value) if isinstance(value, int | float) else None
    extreme = None if isinstance(value, bool) else number
    return StatsOut(count=1, min=extreme, max=extreme, mean=number, last=value)
