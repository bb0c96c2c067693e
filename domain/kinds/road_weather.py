"""Road weather station (路面气象站): temperature of the surface and the water on it, for frost."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES

KIND: Final = SensorKind(
    name="road_weather",
    title="路面气象站",
    period=timedelta(minutes=10),
    freshness=timedelta(minutes=31),
    metrics=(
        MetricSpec("surface_temp", "路面温度", "Cel", lowest=-60, highest=90, typical=(-12, 62)),
        MetricSpec("water_film", "路面水膜厚度", "mm", lowest=0, highest=100, typical=(0, 3)),
        MetricSpec("ice", "路面结冰", "1", type=ValueType.BOOL),
        MetricSpec("air_temp", "气温", "Cel", lowest=-60, highest=60, typical=(-10, 38)),
        MetricSpec("humidity", "相对湿度", "%", lowest=0, highest=100, typical=(20, 98)),
    ),
    attributes=(
        AttributeSpec("road", "道路", required=True),
        AttributeSpec("road_class", "道路等级", required=True, choices=ROAD_CLASSES),
        AttributeSpec("bridge", "桥面", type=ValueType.BOOL),
    ),
    faults=("sensorFault", "maintenance"),
    events=("icing",),
)
