"""Dust monitor of a building site or road (扬尘监测点): means of five minutes; `at` is their END."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind
from domain.kinds.streetlight import ROAD_CLASSES

KIND: Final = SensorKind(
    name="dust_monitor",
    title="扬尘监测点",
    period=timedelta(minutes=5),
    freshness=timedelta(minutes=16),
    metrics=(
        MetricSpec("pm10", "可吸入颗粒物(PM10)", "ug/m3", lowest=0, highest=30000, typical=(20, 400)),
        MetricSpec("pm25", "细颗粒物(PM2.5)", "ug/m3", lowest=0, highest=20000, typical=(5, 200)),
        MetricSpec("tsp", "总悬浮颗粒物(TSP)", "ug/m3", lowest=0, highest=100000, typical=(40, 900)),
        MetricSpec("noise", "噪声(A声级)", "dB[SPL]", lowest=0, highest=160, typical=(40, 85)),
        MetricSpec("temperature", "气温", "Cel", lowest=-60, highest=60, typical=(-10, 38)),
        MetricSpec("humidity", "相对湿度", "%", lowest=0, highest=100, typical=(20, 98)),
        MetricSpec("wind_speed", "风速", "m/s", lowest=0, highest=100, typical=(0, 8)),
        MetricSpec("wind_direction", "风向", "deg", lowest=0, highest=360, typical=(0, 360)),
    ),
    attributes=(
        AttributeSpec("site_type", "类型", required=True, choices=("construction", "road")),
        AttributeSpec("site", "工地"),
        AttributeSpec("road", "道路"),
        AttributeSpec("road_class", "道路等级", choices=ROAD_CLASSES),
        AttributeSpec("code", "站点编码"),
    ),
    faults=("sensorFault", "calibration", "maintenance"),
)
