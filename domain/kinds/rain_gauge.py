"""Rain gauge (雨量站). The amount of five minutes; `at` is their END. Dry ones are said as 0, silence says nothing."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind

KIND: Final = SensorKind(
    name="rain_gauge",
    title="雨量站",
    period=timedelta(minutes=5),
    freshness=timedelta(minutes=16),
    metrics=(
        MetricSpec("rain_5min", "5分钟雨量", "mm", lowest=0, highest=100, typical=(0, 12)),
        MetricSpec("battery", "电池电压", "V", lowest=0, highest=60, typical=(3.3, 3.65)),
    ),
    attributes=(
        AttributeSpec("code", "站点编码"),
        AttributeSpec("road", "道路"),
    ),
    faults=("sensorFault", "gaugeBlocked", "lowBattery", "calibration", "maintenance"),
)
