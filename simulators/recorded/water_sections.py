"""Daily records of the national automatic surface-water network, measured (`raw`) and displayed (`shown`) values."""

from collections.abc import Mapping
from typing import Final

from domain.kind import Value
from simulators.recording_format import (
    NOWHERE,
    Format,
    Observation,
    ReplayOptions,
    UnusableRow,
    choice,
    id_of,
    moment,
    number,
    placed,
    recorded_device,
)

_METRICS: Final = ("water_temp", "ph", "do", "codmn", "nh3n", "tp", "tn")
_ABSENT: Final = frozenset({"", "*", "--"})
"""`*`: not monitored at this section; `--`: missing."""
_FAULTS: Final[Mapping[str, tuple[str, ...]]] = {"正常": (), "维护": ("maintenance",), "停站": ("stopped",)}
_BODIES: Final[Mapping[str, Value]] = {"river": "river", "lake": "lake"}
_NETWORK: Final = "中国环境监测总站"
_PROVINCES: Final = {  # GB/T 2260
    "北京市": "110000",
    "天津市": "120000",
    "河北省": "130000",
    "山西省": "140000",
    "内蒙古自治区": "150000",
    "辽宁省": "210000",
    "吉林省": "220000",
    "黑龙江省": "230000",
    "上海市": "310000",
    "江苏省": "320000",
    "浙江省": "330000",
    "安徽省": "340000",
    "福建省": "350000",
    "江西省": "360000",
    "山东省": "370000",
    "河南省": "410000",
    "湖北省": "420000",
    "湖南省": "430000",
    "广东省": "440000",
    "广西壮族自治区": "450000",
    "海南省": "460000",
    "重庆市": "500000",
    "四川省": "510000",
    "贵州省": "520000",
    "云南省": "530000",
    "西藏自治区": "540000",
    "陕西省": "610000",
    "甘肃省": "620000",
    "青海省": "630000",
    "宁夏回族自治区": "640000",
    "新疆维吾尔自治区": "650000",
}


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row. The same name occurs in several provinces and basins: all three make the id."""
    province, basin, section = row["province"].strip(), row["basin"].strip(), row["section"].strip()
    if not section:
        raise UnusableRow("section", "is empty")
    faults = _FAULTS.get(row["status"].strip())
    if faults is None:
        raise UnusableRow("status", f"{row['status']!r} is none of {', '.join(_FAULTS)}")
    measured = {name: number(row, f"{name}_{options.values}", _ABSENT) for name in _METRICS}
    values = {name: value for name, value in measured.items() if value is not None}
    attributes: dict[str, Value] = {
        "river": basin,
        "body_type": choice(row, "body_type", _BODIES),
        "section_set": options.section_set,
        "control": "national",
    }
    if options.target_class is not None:
        attributes["target_class"] = options.target_class
    device = recorded_device(id_of("rs", province, basin, section), "river_section", section, _NETWORK, attributes)
    device = placed(device, _PROVINCES.get(province, NOWHERE))
    return Observation(device, moment(row, "time", options.tz()), values, faults)


FORMAT: Final = Format(
    "water_sections",
    "国家地表水自动站日记录",
    (
        "time",
        "province",
        "basin",
        "section",
        "body_type",
        *(f"{name}_raw" for name in _METRICS),
        *(f"{name}_shown" for name in _METRICS),
        "status",
        "class",
    ),
    observe,
)
