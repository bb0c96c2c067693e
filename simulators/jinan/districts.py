"""Jinan's districts (GB/T 2260 codes) with their centres, and the functional zones that lie across them."""

from dataclasses import dataclass
from typing import Final

from simulators.jinan.coordinates import distance, gcj02_to_wgs84


@dataclass(frozen=True, slots=True)
class District:
    """One district or county: six-digit code, name, centre in WGS-84 degrees."""

    code: str
    name: str
    lon: float
    lat: float


def _district(code: str, name: str, gcj_lon: float, gcj_lat: float) -> District:
    lon, lat = gcj02_to_wgs84(gcj_lon, gcj_lat)
    return District(code, name, round(lon, 6), round(lat, 6))


DISTRICTS: Final = {
    d.code: d
    for d in (  # centres as the open administrative table of Amap / DataV has them, in GCJ-02
        _district("370102", "历下区", 117.03862, 36.664169),
        _district("370103", "市中区", 116.99898, 36.657354),
        _district("370104", "槐荫区", 116.947921, 36.668205),
        _district("370105", "天桥区", 116.996086, 36.693374),
        _district("370112", "历城区", 117.063744, 36.681744),
        _district("370113", "长清区", 116.74588, 36.561049),
        _district("370114", "章丘区", 117.54069, 36.71209),
        _district("370115", "济阳区", 117.176035, 36.976771),
        _district("370116", "莱芜区", 117.675808, 36.214395),
        _district("370117", "钢城区", 117.82033, 36.058038),
        _district("370124", "平阴县", 116.455054, 36.286923),
        _district("370126", "商河县", 117.156369, 37.310544),
    )
}

LIT: Final = {"370102": 0.22, "370103": 0.18, "370104": 0.17, "370105": 0.16, "370112": 0.21, "370113": 0.06}
"""Districts whose lamps the lighting centre runs (the inner five and Changqing's university town), shares guessed."""

ZONES: Final = {"gaoxin": "济南高新区", "nanshan": "南部山区", "qibu": "起步区"}
"""Functional zones. They manage land of several districts and have no GB/T 2260 code."""

_ZONE_BOXES: Final = (
    ("gaoxin", ("370102", "370112"), 117.10, 36.63, 37.0),
    ("nanshan", ("370103", "370112"), 116.0, 36.0, 36.57),
    ("qibu", ("370105", "370115"), 116.0, 36.76, 38.0),
)
"""Zone, the districts it lies in, and a rough guess of its west, south and north edge in degrees."""


def district_at(lon: float, lat: float) -> str:
    """Return the code of the lit district whose centre is nearest: a guess, without boundaries at hand."""
    return min(LIT, key=lambda code: distance((DISTRICTS[code].lon, DISTRICTS[code].lat), (lon, lat)))


def management_area_at(district: str, lon: float, lat: float) -> str:
    """Return the functional zone around a position, or the district itself."""
    for zone, districts, west, south, north in _ZONE_BOXES:
        if district in districts and lon >= west and south <= lat < north:
            return zone
    return district
