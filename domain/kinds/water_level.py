"""Water-level sensor of a road or underpass (积水监测点): depth of the water that stands on the road.

No source gives depths at which Jinan warns or closes; each site's own lines stand in the register.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES


def _depth(name: str, title: str) -> AttributeSpec:
    return AttributeSpec(name, title, type=ValueType.FLOAT, lowest=0, highest=1000)


KIND: Final = SensorKind(
    name="water_level",
    title="积水监测点",
    period=timedelta(minutes=5),
    freshness=timedelta(minutes=16),
    metrics=(
        MetricSpec("depth", "路面积水深度", "cm", lowest=0, highest=1000, typical=(0, 60)),
        MetricSpec("battery", "电池电压", "V", lowest=0, highest=60, typical=(3.3, 3.65)),
    ),
    attributes=(
        AttributeSpec("site_type", "类型", required=True, choices=("underpass", "road")),
        AttributeSpec("underpass", "桥洞"),
        AttributeSpec("road", "道路"),
        AttributeSpec("road_class", "道路等级", choices=ROAD_CLASSES),
        _depth("standing_depth", "积水判定深度 cm"),
        _depth("warn_depth", "警戒水深 cm"),
        _depth("close_depth", "封闭水深 cm"),
        AttributeSpec("lines_synthetic", "水深线为虚构", type=ValueType.BOOL),
    ),
    faults=("sensorFault", "sensorBlocked", "lowBattery", "maintenance"),
    events=("standingWater",),
)
