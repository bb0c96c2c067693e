"""Point of a water body that was black and odorous (黑臭水体监测点): the four indicators of the 2015 guide.

城市黑臭水体整治工作指南 (2015): points every 200 to 600 m, at least three per body; a sample every 1 to 7 days,
0.5 m below the surface. An automatic point reports every four hours (our choice); a sample taken by hand is a reading
like any other.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="black_odorous_point",
    title="黑臭水体监测点",
    period=timedelta(hours=4),
    freshness=timedelta(days=7),
    metrics=(
        MetricSpec("transparency", "透明度", "cm", lowest=0, highest=2000, typical=(20, 120)),
        MetricSpec("do", "溶解氧", "mg/L", lowest=0, highest=60, typical=(1.5, 10)),
        MetricSpec("orp", "氧化还原电位", "mV", lowest=-2000, highest=2000, typical=(0, 350)),
        MetricSpec("nh3n", "氨氮", "mg/L", lowest=0, highest=2000, typical=(0.1, 9)),
        MetricSpec("depth", "水深", "cm", lowest=0, highest=5000, typical=(15, 250)),
        MetricSpec("water_temp", "水温", "Cel", lowest=-5, highest=60, typical=(2, 30)),
        MetricSpec("ph", "pH值", "1", lowest=0, highest=14, typical=(7, 8.8)),
    ),
    attributes=(
        AttributeSpec("body", "水体编号", required=True),
        AttributeSpec("body_name", "水体名称"),
        AttributeSpec("body_set", "水体集"),
        AttributeSpec("position", "自上游起的序号", type=ValueType.INT, lowest=1, highest=10000),
    ),
    faults=("maintenance", "stopped", "instrumentFault"),
)
