"""Inspection records of lighting facilities (照明设施巡检记录), imported: what was checked on a road and was sound.

The device is what is inspected as one: a road, or a part of it. A reading is the record of one inspection. What is left
out was not checked.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES

PARTS: Final = {"poles": "灯杆", "luminaires": "灯具", "cabinets": "配电箱", "doors": "检修门", "cables": "电缆"}
"""What is checked (city_operations 2.1)."""


def _count(name: str, title: str) -> MetricSpec:
    return MetricSpec(name, title, "{facility}", type=ValueType.INT, lowest=0, highest=1_000_000)


KIND: Final = SensorKind(
    name="lighting_inspection",
    title="照明设施巡检",
    period=timedelta(days=31),
    freshness=timedelta(days=92),
    metrics=tuple(
        metric
        for part, title in PARTS.items()
        for metric in (_count(f"{part}_checked", f"{title}检查数"), _count(f"{part}_sound", f"{title}完好数"))
    ),
    attributes=(
        AttributeSpec("road", "道路", required=True),
        AttributeSpec("road_class", "道路等级", choices=ROAD_CLASSES),
        AttributeSpec("facilities", "设施总数", type=ValueType.INT, lowest=0, highest=1_000_000),
    ),
    imported=True,
)
