"""Single-lamp controller (单灯控制器). Field meanings follow TALQ LampMonitor and uCIFI 3416/3418."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType

ROAD_CLASSES: Final = ("expressway", "arterial", "secondary", "branch", "alley")
"""快速路, 主干路, 次干路, 支路, 街巷."""
CONTROLS: Final = ("single_lamp", "circuit", "none")
"""A controller of its own that reports; switched with its circuit; by hand or clock."""

KIND: Final = SensorKind(
    name="streetlight",
    title="路灯",
    period=timedelta(minutes=15),
    freshness=timedelta(minutes=40),
    metrics=(
        MetricSpec("power", "有功功率", "W", lowest=0, highest=3000, typical=(20, 260)),
        MetricSpec("voltage", "电压", "V", lowest=0, highest=500, typical=(205, 240)),
        MetricSpec("current", "电流", "A", lowest=0, highest=30, typical=(0.1, 1.4)),
        MetricSpec("power_factor", "功率因数", "1", lowest=0, highest=1, typical=(0.85, 0.98)),
        MetricSpec("energy", "累计电能", "kWh", lowest=0, highest=1e7),
        MetricSpec("operating_hours", "累计亮灯时间", "h", lowest=0, highest=1e6),
        MetricSpec("dim", "调光等级", "%", lowest=0, highest=100, typical=(50, 100)),
        MetricSpec("on", "开关状态", "1", type=ValueType.BOOL),
        MetricSpec("temperature", "驱动温度", "Cel", lowest=-60, highest=150, typical=(-10, 75)),
        MetricSpec("leakage", "漏电流", "mA", lowest=0, highest=10000, typical=(0, 5)),
        MetricSpec("rssi", "信号强度", "dBm", lowest=-160, highest=0, typical=(-110, -60)),
    ),
    attributes=(
        AttributeSpec("road", "道路", required=True),
        AttributeSpec("road_class", "道路等级", required=True, choices=ROAD_CLASSES),
        AttributeSpec("supply_point", "供电电源点", required=True),
        AttributeSpec("lighting_use", "照明用途", required=True, choices=("functional", "landscape")),
        AttributeSpec("gateway", "集中控制器"),
        AttributeSpec("timetable", "时间表"),
        AttributeSpec("half_night", "半夜灯组", choices=("none", "alternate")),
        AttributeSpec("underpass", "桥洞 24 小时照明", type=ValueType.BOOL),
        AttributeSpec("underpass_name", "桥洞编号"),
        AttributeSpec("control", "控制方式", choices=CONTROLS),
        AttributeSpec("rated_power", "额定功率 W", type=ValueType.FLOAT, lowest=0, highest=3000),
        AttributeSpec("light_source", "光源", choices=("led", "sodium", "other")),
    ),
    faults=(
        "lampFailure",
        "lampUnexpectedOn",
        "cyclingFailure",
        "lampPowerTooLow",
        "lampPowerTooHigh",
        "powerFactorTooLow",
        "supplyVoltageTooHigh",
        "supplyVoltageTooLow",
        "leakageDetected",
        "relayFailure",
        "controlGearCommFailure",
        "highTemperature",
    ),
    events=("lampFailure", "leakageDetected", "switchedOn", "switchedOff"),
)
