"""Spring gauge (泉水水位站): level of the spring against its official lines, flow where it is measured.

The lines of Jinan's springs are in force since 2006; which spring has which stands in the register, not here. The
official reading is that of 07:00; gauges report all day.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType


def _metres(name: str, title: str) -> AttributeSpec:
    return AttributeSpec(name, title, type=ValueType.FLOAT, lowest=0, highest=500)


KIND: Final = SensorKind(
    name="spring_gauge",
    title="泉水水位站",
    period=timedelta(minutes=10),
    freshness=timedelta(hours=1),
    metrics=(
        MetricSpec("level", "水位(高程)", "m", lowest=0, highest=500, typical=(27, 30.5)),
        MetricSpec("flow", "流量", "m3/s", lowest=0, highest=100, typical=(0, 3)),
        MetricSpec("water_temp", "水温", "Cel", lowest=-5, highest=60, typical=(16, 19)),
        MetricSpec("battery", "电池电压", "V", lowest=0, highest=60, typical=(3.3, 3.65)),
    ),
    attributes=(
        AttributeSpec("spring", "泉", required=True),
        AttributeSpec("spring_group", "泉群"),
        _metres("sill", "出流高程 m"),
        _metres("line_yellow", "黄色警戒线 m"),
        _metres("line_orange", "橙色警戒线 m"),
        _metres("line_red", "红色警戒线 m"),
        AttributeSpec("flowing_since", "持续喷涌起始日期"),
    ),
    faults=("sensorFault", "lowBattery", "maintenance"),
)
