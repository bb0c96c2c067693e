"""Kinds of device as answers."""

from typing import Self

from api.schemas.common import Answer
from domain.kind import SensorKind, ValueType


class MetricOut(Answer):
    """One measured quantity: Chinese title, unit (UCUM), and what is physically possible."""

    name: str
    title: str
    unit: str
    type: ValueType
    lowest: float | None
    highest: float | None


class AttributeOut(Answer):
    """One column of the register that only this kind has."""

    name: str
    title: str
    type: ValueType


class KindOut(Answer):
    """A kind of device. `freshness_s`: a device whose newest reading is older than this is unknown."""

    name: str
    title: str
    period_s: float
    freshness_s: float
    metrics: list[MetricOut]
    attributes: list[AttributeOut]
    faults: list[str]
    events: list[str]

    @classmethod
    def of(cls, kind: SensorKind) -> Self:
        """Make it from the domain's kind."""
        return cls(
            name=kind.name,
            title=kind.title,
            period_s=kind.period.total_seconds(),
            freshness_s=kind.freshness.total_seconds(),
            metrics=[
                MetricOut(name=m.name, title=m.title, unit=m.unit, type=m.type, lowest=m.lowest, highest=m.highest)
                for m in kind.metrics
            ],
            attributes=[AttributeOut(name=a.name, title=a.title, type=a.type) for a in kind.attributes],
            faults=list(kind.faults),
            events=list(kind.events),
        )


class KindList(Answer):
    """Every kind, by name."""

    items: list[KindOut]
