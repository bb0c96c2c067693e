"""Jinan's air stations: the eight national points as published in 2019, and provincial ones of the platform's list.

The national points were drawn anew in 2020–21 and the present list is not public, so positions are the old ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.device import Device
from domain.kind import Value

ENVIRONMENT_BUREAU: Final = "济南市生态环境局"


@dataclass(frozen=True, slots=True)
class _Station:
    slug: str
    name: str
    lon: float
    lat: float
    district: str
    control: str
    guessed: bool = False
    """The position was blank in the source and is a placeholder."""
    background: bool = False


_STATIONS: Final = (
    _Station("kegansuo", "科干所", 116.988, 36.6114, "370103", "national"),
    _Station("nongkesuo", "农科所", 116.93, 36.67, "370104", "national"),
    _Station("kaifaqu", "开发区", 117.114, 36.6739, "370102", "national"),
    _Station("zhongzicangku", "省种子仓库", 117.051, 36.6853, "370112", "national"),
    _Station("jichuang2chang", "机床二厂", 116.943, 36.6489, "370104", "national"),
    _Station("shijiancezhan", "市监测站", 117.049, 36.6622, "370102", "national"),
    _Station("huagongchang", "济南化工厂", 116.99, 36.72, "370105", "national", guessed=True),
    _Station("changqingdangxiao", "长清党校", 116.745, 36.555, "370113", "national", guessed=True),
    _Station("quanchengguangchang", "泉城广场", 117.017, 36.661, "370102", "provincial", guessed=True),
    _Station("jianzhudaxue", "山东建筑大学", 117.180, 36.682, "370112", "provincial", guessed=True),
    _Station("lanxiang", "兰翔技校", 116.960, 36.720, "370105", "provincial", guessed=True),
    _Station("gaoxinxuexiao", "高新学校", 117.140, 36.680, "370102", "provincial", guessed=True),
    _Station("paomaling", "跑马岭", 117.27, 36.42, "370112", "provincial", guessed=True, background=True),
    _Station("changqingdaxuecheng", "长清大学城", 116.80, 36.54, "370113", "provincial", guessed=True),
)
_AREAS: Final = {"gaoxinxuexiao": "gaoxin", "kaifaqu": "gaoxin", "paomaling": "nanshan"}


def air_stations() -> Iterator[Device]:
    """Yield the stations; those placed by guess are `synthetic`."""
    for station in _STATIONS:
        yield Device(
            id=f"as-{station.slug}",
            kind="air_station",
            name=station.name,
            district=station.district,
            management_area=_AREAS.get(station.slug, station.district),
            responsible_unit=ENVIRONMENT_BUREAU,
            lon=station.lon,
            lat=station.lat,
            synthetic=station.guessed,
            attributes={"control": station.control, "background": station.background},
        )


def air_words() -> Iterator[Device]:
    """Yield who speaks of the coming days and of warnings: made up, since the bureau's own feed is not public.

    They stand where the bureau's monitoring station stands.
    """
    words: tuple[tuple[str, str, str, dict[str, Value]], ...] = (
        ("af-jinan", "air_forecast", "空气质量预报", {"issuer": ENVIRONMENT_BUREAU, "official": True}),
        ("wn-jinan", "warning_notice", "重污染天气预警发布", {"issuer": "济南市重污染天气应急指挥部"}),
    )
    for ident, kind, name, attributes in words:
        yield Device(
            id=ident,
            kind=kind,
            name=name,
            district="370102",
            management_area="370102",
            responsible_unit=ENVIRONMENT_BUREAU,
            lon=117.049,
            lat=36.6622,
            synthetic=True,
            attributes=attributes,
        )
