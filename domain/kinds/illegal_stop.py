"""Camera or magnetic sensor that watches a stretch where nobody may stop (违法停车监测点).

It says how many vehicles stand now and how long the longest has stood, and for each vehicle, in the reading of the
instant at which it drives off, how long that one stood (`stay`). Whether a stay is an illegal stop is the city's rule:
the grace time stands in the register (`grace_minutes`, five where it is not given). No plates: they are
personal information and have no field here.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES

KIND: Final = SensorKind(
    name="illegal_stop",
    title="违法停车监测点",
    period=timedelta(minutes=10),
    freshness=timedelta(minutes=31),
    metrics=(
        MetricSpec("vehicles", "停留车辆数", "{vehicle}", type=ValueType.INT, lowest=0, highest=1000, typical=(0, 8)),
        MetricSpec("longest_stay", "最长已停时间", "min", lowest=0, highest=100000, typical=(0, 60)),
        MetricSpec("stay", "驶离车辆停留时间", "min", lowest=0, highest=100000, typical=(0.5, 60)),
    ),
    attributes=(
        AttributeSpec("road", "道路", required=True),
        AttributeSpec("road_class", "道路等级", required=True, choices=ROAD_CLASSES),
        AttributeSpec("no_stopping", "禁停道路", type=ValueType.BOOL, required=True),
        AttributeSpec("grace_minutes", "宽限时间 min", type=ValueType.FLOAT, lowest=0, highest=1440),
    ),
    faults=("cameraFault", "viewBlocked", "maintenance"),
    events=("forbiddenParkingDetected",),
)
