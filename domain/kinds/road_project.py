"""Road works that owe lamps (道路建设项目): a road newly built, rebuilt or extended, or a section to get lamps.

It is the denominator of 装灯率. What stands on the road is counted in the register of lamps; what the builder says by
and by is a reading, kept and shown, but no evidence.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES

WORKS: Final = ("new", "rebuilt", "extended", "lamps_added")
"""新建, 改建, 扩建, 路灯补建."""

KIND: Final = SensorKind(
    name="road_project",
    title="道路建设项目",
    period=timedelta(days=31),
    freshness=timedelta(days=63),
    metrics=(
        MetricSpec("lamps_installed", "施工方报已装灯数", "{lamp}", type=ValueType.INT, lowest=0, highest=100000),
        MetricSpec("progress", "工程进度", "%", lowest=0, highest=100, typical=(0, 100)),
    ),
    attributes=(
        AttributeSpec("road", "道路", required=True),
        AttributeSpec("road_class", "道路等级", choices=ROAD_CLASSES),
        AttributeSpec("works", "工程类别", required=True, choices=WORKS),
        AttributeSpec("year", "计划年度", type=ValueType.INT, lowest=2000, highest=2100),
        AttributeSpec("lamps_planned", "应装灯数", type=ValueType.INT, lowest=0, highest=100000),
    ),
    imported=True,
)
