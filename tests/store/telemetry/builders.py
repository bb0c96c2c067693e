"""Readings for the tests of the telemetry stores."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from domain.kind import MetricSpec, SensorKind, Value, ValueType
from domain.kinds import KINDS
from domain.reading import DeviceEvent, Outcome, Phase, Reading
from store.telemetry.columns import RESERVED

T0 = datetime(2026, 3, 1, 11, 0, 0, 250, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

PROBE = SensorKind(
    name="probe",
    title="测试",
    period=MINUTE,
    freshness=MINUTE,
    metrics=(
        MetricSpec("level", "水位", "m"),
        MetricSpec("count", "计数", "1", type=ValueType.INT),
        MetricSpec("on", "开", "1", type=ValueType.BOOL),
        MetricSpec("note", "备注", "1", type=ValueType.TEXT),
        MetricSpec('odd name, "quoted"=1', "怪名", "1"),
    ),
)
"""A kind with every type of value, and a name that must be quoted everywhere."""

ALL_KINDS: Mapping[str, SensorKind] = MappingProxyType({**KINDS, PROBE.name: PROBE})


def reading(device: str = "LD-1", at: datetime = T0, **changes: Any) -> Reading:
    """Return a lamp's reading, with some fields changed."""
    values: Mapping[str, Value] = {"power": 61.5, "voltage": 221.0, "on": True}
    base = Reading(device=device, kind="streetlight", at=at, received=at + MINUTE, values=values)
    return replace(base, **changes)


def probe(**values: Value) -> Reading:
    """Return a probe's reading with these values."""
    return reading("P-1", kind="probe", values=values)


STORED = [Outcome.STORED]
DUPLICATE = [Outcome.DUPLICATE]
CONFLICT = [Outcome.CONFLICT]
REPLACED = [Outcome.REPLACED]
REFUSED = [Outcome.REFUSED]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DEVICES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: not text.endswith("\\")
)
INT64 = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(datetime(1678, 1, 1), datetime(2261, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001

_BY_TYPE: Mapping[ValueType, st.SearchStrategy[Value]] = {
    ValueType.FLOAT: FLOATS,
    ValueType.INT: INT64,
    ValueType.BOOL: st.booleans(),
    ValueType.TEXT: TEXTS,
}


def values_of(kind: SensorKind) -> st.SearchStrategy[Mapping[str, Value]]:
    """Return any values that a reading of the kind may have."""
    assert not RESERVED & {metric.name for metric in kind.metrics}
    return st.fixed_dictionaries({}, optional={metric.name: _BY_TYPE[metric.type] for metric in kind.metrics})


READINGS: st.SearchStrategy[Reading] = st.sampled_from(sorted(ALL_KINDS.values(), key=lambda kind: kind.name)).flatmap(
    lambda kind: st.builds(
        Reading,
        device=DEVICES,
        kind=st.just(kind.name),
        at=INSTANTS,
        received=INSTANTS,
        values=values_of(kind),
        faults=st.lists(TEXTS, max_size=3).map(tuple),
        events=st.lists(st.builds(DeviceEvent, TEXTS, st.sampled_from(Phase)), max_size=3).map(tuple),
        seq=st.none() | INT64,
        revision=st.integers(0, 2**63 - 1),
        backfill=st.booleans(),
    )
)
"""Any reading that a store must give back exactly."""
