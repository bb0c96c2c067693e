"""Readings for the tests of the telemetry stores."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain.kind import MetricSpec, SensorKind, Value, ValueType
from domain.kinds import KINDS
from domain.reading import Outcome, Reading

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
