"""Jinan's river sections: today's 21, and the plan's 10 + 57 of 2019 as sets of their own.

Names, rivers, districts, control and the published targets of the 21 are real; positions are placeholders, so every
section is `synthetic`. A target that no source gives is made up and says `target_synthetic`. Which sections made up
the two sets of 2019 is not public: the ten are picked from today's names, the 57 are named by number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from domain.device import Device
from domain.kind import Value
from domain.ports import DeviceChange
from simulators.jinan.air import ENVIRONMENT_BUREAU
from simulators.noise import chance, key_of, spread, unit

PLAN_FROM: Final = datetime(2018, 12, 31, 16, tzinfo=UTC)
"""2019-01-01 in Jinan."""
PLAN_TO: Final = datetime(2020, 12, 31, 16, tzinfo=UTC)
"""2021-01-01 in Jinan: the two sets of the plan end, today's begins."""
ASSESSED: Final = "assessed-2025"
PLAN_10: Final = "plan-2019-10"
PLAN_57: Final = "plan-2019-57"


@dataclass(frozen=True, slots=True)
class _Section:
    slug: str
    name: str
    river: str
    districts: tuple[str, ...]
    control: str
    target: int | None
    """GB 3838 class as a number, None where no source gives it."""
    lon: float
    lat: float
    target_2019: int | None = None
    """Made-up target in the plan's set of ten; None = not picked for it."""
    area: str = ""
    body_type: str = "river"
    order: int | None = None
    """Down the river from its source, where several sections lie on one."""


_YELLOW_RIVER = ("370104", "370105", "370113", "370124")
_TUHAI = ("370105", "370115", "370126")
_XIAOQING = ("370114", "370102", "370103", "370104", "370105", "370112")

SECTIONS: Final = (
    _Section("wohushan", "卧虎山水库", "玉符河", ("370112",), "national", 2, 116.95, 36.48, 2, area="nanshan"),
    _Section("zhaizihe", "寨子河桥", "牟汶河", ("370117",), "national", 2, 117.84, 36.08, order=1),
    _Section("luokou", "泺口", "黄河", _YELLOW_RIVER, "national", 3, 116.99, 36.73, 3),
    _Section("hexiaozhuang", "贺小庄", "牟汶河", ("370116",), "national", 3, 117.55, 36.20, order=2),
    _Section("mulizhuang", "睦里庄", "小清河", ("370104",), "national", 3, 116.83, 36.68, 3, order=1),
    _Section("xujiawen", "徐家汶", "瀛汶河", ("370116",), "national", 3, 117.45, 36.25),
    _Section("caozhuangqiao", "曹庄桥", "漯河", ("370114",), "national", 4, 117.60, 36.88, 5),
    _Section("liuchengqiao", "刘成桥", "徒骇河", _TUHAI, "national", 3, 117.35, 37.15, 4),
    _Section("xinfengzhuang", "辛丰庄", "小清河", _XIAOQING, "national", 4, 117.45, 36.90, 5, order=2),
    _Section("beidasha", "北大沙河入黄河", "北大沙河", ("370113",), "national", 4, 116.70, 36.60, 5),
    _Section("langxihe", "浪溪河大桥", "浪溪河", ("370124",), "provincial", 4, 116.30, 36.25, 4),
    _Section("xinzhuanghe", "辛庄河入牟汶河", "辛庄河", ("370117",), "provincial", 4, 117.75, 36.12),
    _Section("tianjiaqiao", "田家桥", "大寺河", ("370115",), "provincial", 4, 117.20, 37.00, 5),
    _Section("lixiating", "历下亭", "大明湖", ("370102",), "provincial", None, 117.020, 36.676, 4, body_type="lake"),
    _Section("yingxianqiao", "英贤桥", "西泺河", ("370105",), "provincial", None, 117.00, 36.70),
    _Section("daxinhe", "大辛河入小清河口", "大辛河", ("370112",), "provincial", None, 117.09, 36.72),
    _Section("zhangqigou", "章齐沟入小清河口", "章齐沟", ("370114",), "provincial", None, 117.35, 36.82),
    _Section("lashanhe", "腊山河入小清河口", "腊山河", ("370104",), "provincial", None, 116.90, 36.69),
    _Section("chengxiwa", "城西洼", "锦水河", ("370124",), "provincial", None, 116.42, 36.30),
    _Section("liujiqiao", "刘集桥", "沙河", ("370126",), "provincial", None, 117.20, 37.30),
    _Section("dongluohe", "东泺河入小清河口", "东泺河", ("370105",), "provincial", None, 117.03, 36.71),
)
_BASINS: Final = {"小清河": "小清河流域", "徒骇河": "海河流域", "德惠新河": "海河流域"} | dict.fromkeys(
    ("大明湖", "西泺河", "东泺河", "大辛河", "章齐沟", "腊山河", "巨野河", "绣江河", "漯河"), "小清河流域"
)
"""Basin by river, from memory: made up. The others flow to the 黄河, the 大汶河 and its rivers too."""
_CITY_RIVERS: Final = (
    "小清河",
    "巨野河",
    "绣江河",
    "南大沙河",
    "大汶河",
    "德惠新河",
    "西泺河",
    "大辛河",
    "腊山河",
    "锦水河",
)


def assessed_sections() -> Iterator[DeviceChange]:
    """Yield today's 21 sections, valid from 2021 on."""
    for section in SECTIONS:
        device = _device(section, ASSESSED, section.target or 4, synthetic_target=section.target is None)
        yield DeviceChange(device, PLAN_TO)


def plan_sections(seed: int) -> Iterator[DeviceChange]:
    """Yield the plan's sets of 10 and 57 sections, valid 2019–2020. A section of both times has two versions."""
    for section in SECTIONS:
        if section.target_2019 is not None:
            device = _device(section, PLAN_10, section.target_2019, synthetic_target=True)
            yield DeviceChange(device, PLAN_FROM, PLAN_TO)
    for n in range(57):
        yield DeviceChange(_city_controlled(n, seed), PLAN_FROM, PLAN_TO)


def laboratory_series(count: int) -> Iterator[Device]:
    """Yield the laboratory series of the first `count` of today's sections: sampled by hand about once a month."""
    for section in SECTIONS[:count]:
        yield Device(
            id=f"lab-{section.slug}",
            kind="section_sample",
            name=f"{section.name}实验室样品",
            district=section.districts[0],
            management_area=section.area or section.districts[0],
            responsible_unit=ENVIRONMENT_BUREAU,
            lon=section.lon,
            lat=section.lat,
            synthetic=True,
            attributes={"section": f"rs-{section.slug}"},
        )


def _device(section: _Section, section_set: str, target: int, *, synthetic_target: bool) -> Device:
    attributes: dict[str, Value] = {
        "river": section.river,
        "body_type": section.body_type,
        "target_class": target,
        "target_synthetic": synthetic_target,
        "section_set": section_set,
        "control": section.control,
        "districts": " ".join(section.districts),
        "basin": _BASINS.get(section.river, "黄河流域"),
    }
    if section.order is not None:
        attributes["river_order"] = section.order
    if section.slug == "wohushan":
        attributes["water_source"] = section.name
    return Device(
        id=f"rs-{section.slug}",
        kind="river_section",
        name=section.name,
        district=section.districts[0],
        management_area=section.area or section.districts[0],
        responsible_unit=ENVIRONMENT_BUREAU,
        lon=section.lon,
        lat=section.lat,
        synthetic=True,
        attributes=attributes,
    )


def _city_controlled(n: int, seed: int) -> Device:
    key = key_of(seed, "city section", n)
    near = SECTIONS[int(unit(key, 0) * len(SECTIONS))]
    river = _CITY_RIVERS[n % len(_CITY_RIVERS)]
    made_up = _Section(
        slug=f"plan57-{n + 1:02}",
        name=f"{river}市控模拟断面{n + 1}",
        river=river,
        districts=near.districts[:1],
        control="city",
        target=None,
        lon=round(near.lon + spread(key, 1, -0.1, 0.1), 4),
        lat=round(near.lat + spread(key, 2, -0.1, 0.1), 4),
    )
    return _device(made_up, PLAN_57, 4 + chance(key, 3, 0.6), synthetic_target=True)
