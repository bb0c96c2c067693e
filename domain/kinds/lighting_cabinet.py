"""Lighting cabinet at a supply point (照明配电箱): supply, breaker, door, leakage, meter (TALQ CabinetMonitor)."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType
from domain.kinds.streetlight import ROAD_CLASSES

KIND: Final = SensorKind(
    name="lighting_cabinet",
    title="照明配电箱",
    period=timedelta(minutes=5),
    freshness=timedelta(minutes=16),
    metrics=(
        MetricSpec("supply", "进线有电", "1", type=ValueType.BOOL),
        MetricSpec("breaker_closed", "断路器合闸", "1", type=ValueType.BOOL),
        MetricSpec("door_open", "箱门打开", "1", type=ValueType.BOOL),
        MetricSpec("leakage", "漏电流", "mA", lowest=0, highest=30000, typical=(0, 30)),
        MetricSpec("voltage", "电压", "V", lowest=0, highest=500, typical=(205, 240)),
        MetricSpec("current", "电流", "A", lowest=0, highest=1000, typical=(0, 80)),
        MetricSpec("power", "有功功率", "W", lowest=0, highest=200000, typical=(0, 20000)),
        MetricSpec("energy", "累计电能", "kWh", lowest=0, highest=1e9),
    ),
    attributes=(
        AttributeSpec("supply_point", "供电电源点", required=True),
        AttributeSpec("road", "道路"),
        AttributeSpec("road_class", "道路等级", choices=ROAD_CLASSES),
        AttributeSpec("gateway", "集中控制器"),
        AttributeSpec("timetable", "时间表"),
        AttributeSpec("baseline_power", "改造前平均亮灯功率 W", type=ValueType.FLOAT, lowest=0, highest=200000),
    ),
    faults=("supplyLoss", "circuitBreakerTripped", "leakageDetected", "localOverride"),
    events=("supplyLoss", "circuitBreakerTripped", "cabinetDoorOpen", "leakageDetected", "localOverride"),
)
