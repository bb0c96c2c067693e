"""Ambient air station (环境空气自动监测站). Hourly means; `at` is the END of the hour, as published nationally.

Gases in µg/m³ at 298.15 K and 1013.25 hPa, CO in mg/m³ (GB 3095-2026). A value that was measured but is invalid,
or is not monitored, is simply absent.
"""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

KIND: Final = SensorKind(
    name="air_station",
    title="空气站",
    period=timedelta(hours=1),
    freshness=timedelta(hours=2, minutes=30),
    metrics=(
        MetricSpec("pm25", "细颗粒物(PM2.5) 1小时平均", "ug/m3", lowest=0, highest=10000, typical=(5, 150)),
        MetricSpec("pm10", "可吸入颗粒物(PM10) 1小时平均", "ug/m3", lowest=0, highest=20000, typical=(15, 250)),
        MetricSpec("so2", "二氧化硫(SO2) 1小时平均", "ug/m3", lowest=0, highest=20000, typical=(2, 40)),
        MetricSpec("no2", "二氧化氮(NO2) 1小时平均", "ug/m3", lowest=0, highest=10000, typical=(8, 90)),
        MetricSpec("co", "一氧化碳(CO) 1小时平均", "mg/m3", lowest=0, highest=500, typical=(0.2, 2.5)),
        MetricSpec("o3", "臭氧(O3) 1小时平均", "ug/m3", lowest=0, highest=5000, typical=(5, 220)),
        MetricSpec("o3_8h", "臭氧(O3) 8小时滑动平均", "ug/m3", lowest=0, highest=5000),
        MetricSpec("pm25_24h", "细颗粒物(PM2.5) 24小时滑动平均", "ug/m3", lowest=0, highest=10000),
        MetricSpec("pm10_24h", "可吸入颗粒物(PM10) 24小时滑动平均", "ug/m3", lowest=0, highest=20000),
        MetricSpec("temperature", "气温", "Cel", lowest=-60, highest=60, typical=(-10, 38)),
        MetricSpec("humidity", "相对湿度", "%", lowest=0, highest=100, typical=(20, 95)),
        MetricSpec("wind_speed", "风速", "m/s", lowest=0, highest=100, typical=(0, 8)),
        MetricSpec("wind_direction", "风向", "deg", lowest=0, highest=360, typical=(0, 360)),
    ),
    attributes=(
        AttributeSpec("control", "控制级别", choices=("national", "provincial", "city")),
        AttributeSpec("background", "背景点", type=ValueType.BOOL),
        AttributeSpec("code", "站点编码"),
    ),
    faults=("calibration", "maintenance", "instrumentFault"),
)
