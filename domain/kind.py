"""What a kind of sensor measures: metrics with unit and physical range, register attributes, reporting period."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

Value = float | int | bool | str
"""What a metric can say. The type of each metric is fixed by its `MetricSpec`."""


class ValueType(StrEnum):
    """The fixed type of a metric or attribute, in readings, line protocol and tables alike."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One measured quantity. `lowest` and `highest` bound what is physically possible (both allowed)."""

    name: str
    title: str
    """Chinese display name."""
    unit: str
    type: ValueType = ValueType.FLOAT
    lowest: float | None = None
    highest: float | None = None
    typical: tuple[float, float] | None = None
    """The range that a healthy device moves in; the simulators draw from it."""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One column of the register that only this kind has. `choices` closes the set of a TEXT attribute."""

    name: str
    title: str
    type: ValueType = ValueType.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class SensorKind:
    """A kind of device. One file under `domain/kinds/` holds one constant `KIND` of this type."""

    name: str
    title: str
    """Chinese display name."""
    period: timedelta
    """How often a healthy device reports while it is powered."""
    freshness: timedelta
    """A device whose last valid reading is older than this is unknown, neither good nor bad."""
    metrics: tuple[MetricSpec, ...]
    attributes: tuple[AttributeSpec, ...] = ()
    faults: tuple[str, ...] = ()
    """Fault codes a reading may carry."""
    events: tuple[str, ...] = ()
    """Event types a reading may carry (TALQ names where TALQ has one)."""
    imported: bool = False
    """Its readings are rows that a bureau imports; no device sends them, so no simulated fleet does either."""

    def metric(self, name: str) -> MetricSpec | None:
        """Return the metric called `name`, or None."""
        return next((m for m in self.metrics if m.name == name), None)

    def attribute(self, name: str) -> AttributeSpec | None:
        """Return the attribute called `name`, or None."""
        return next((a for a in self.attributes if a.name == name), None)
