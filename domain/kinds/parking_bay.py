"""Single parking bay with a sensor (停车泊位): geomagnetic or video, state on change and by heartbeat."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="parking_bay",
    title="停车泊位",
    period=timedelta(hours=1),
    freshness=timedelta(hours=24),
    metrics=(
        MetricSpec("occupied", "占用", "1", type=ValueType.BOOL),
        MetricSpec("battery", "电池电压", "V", lowest=0, highest=60, typical=(3.3, 3.65)),
        MetricSpec("rssi", "信号强度", "dBm", lowest=-160, highest=0, typical=(-120, -70)),
    ),
    attributes=(
        AttributeSpec("road", "道路"),
        AttributeSpec("lot", "停车场"),
        AttributeSpec("road_class", "道路等级", choices=("expressway", "arterial", "secondary", "branch", "alley")),
    ),
    faults=("lowBattery", "sensorFault"),
    events=("occupancyChangeToOccupied", "occupancyChangeToVacant", "overstayDetected"),
)
