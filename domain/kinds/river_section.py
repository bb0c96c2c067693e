"""Surface-water section (地表水断面): 4-hourly automatic station. Items and units of GB 3838-2002 table 1."""

from datetime import timedelta
from typing import Final

from domain.kind import AttributeSpec, MetricSpec, SensorKind, ValueType


def _mg(name: str, title: str, highest: float, typical: tuple[float, float] | None = None) -> MetricSpec:
    return MetricSpec(name, title, "mg/L", lowest=0, highest=highest, typical=typical)


KIND: Final = SensorKind(
    name="river_section",
    title="河流断面",
    period=timedelta(hours=4),
    freshness=timedelta(hours=8),
    metrics=(
        MetricSpec("water_temp", "水温", "Cel", lowest=-5, highest=60, typical=(2, 30)),
        MetricSpec("ph", "pH值", "1", lowest=0, highest=14, typical=(7, 8.8)),
        _mg("do", "溶解氧", 60, (4, 13)),
        _mg("codmn", "高锰酸盐指数", 5000, (1.5, 8)),
        _mg("cod", "化学需氧量", 50000),
        _mg("bod5", "五日生化需氧量", 20000),
        _mg("nh3n", "氨氮", 2000, (0.03, 1.2)),
        _mg("tp", "总磷", 500, (0.02, 0.25)),
        _mg("tn", "总氮", 5000, (0.5, 8)),
        _mg("cu", "铜", 1000),
        _mg("zn", "锌", 1000),
        _mg("f", "氟化物", 1000),
        _mg("se", "硒", 100),
        _mg("as", "砷", 100),
        _mg("hg", "汞", 100),
        _mg("cd", "镉", 100),
        _mg("cr6", "铬(六价)", 100),
        _mg("pb", "铅", 100),
        _mg("cn", "氰化物", 1000),
        _mg("phenol", "挥发酚", 1000),
        _mg("oil", "石油类", 10000),
        _mg("las", "阴离子表面活性剂", 1000),
        _mg("s2", "硫化物", 1000),
        MetricSpec("fc", "粪大肠菌群", "{count}/L", lowest=0, highest=1e12),
        MetricSpec("conductivity", "电导率", "uS/cm", lowest=0, highest=200000, typical=(300, 1800)),
        MetricSpec("turbidity", "浊度", "NTU", lowest=0, highest=50000, typical=(2, 60)),
    ),
    attributes=(
        AttributeSpec("river", "河流", required=True),
        AttributeSpec("river_order", "自上游次序", type=ValueType.INT, lowest=1, highest=9999),
        AttributeSpec("body_type", "水体类型", required=True, choices=("river", "lake")),
        AttributeSpec("target_class", "水质目标", type=ValueType.INT, lowest=1, highest=5),
        AttributeSpec("target_synthetic", "目标为虚构", type=ValueType.BOOL),
        AttributeSpec("section_set", "断面集", required=True),
        AttributeSpec("control", "控制级别", choices=("national", "provincial", "city")),
        AttributeSpec("districts", "责任区县"),
        AttributeSpec("basin", "流域"),
        AttributeSpec("water_source", "饮用水水源地"),
        AttributeSpec("protection_zone", "水源保护区级别", choices=("first", "second")),
    ),
    faults=("maintenance", "stopped", "instrumentFault"),
)
