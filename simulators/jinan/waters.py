"""Jinan's springs and the 31 water bodies that were black and odorous.

Names, sills and warning lines of the springs are published; positions are from memory, so every gauge is `synthetic`.
Which 31 bodies the plan counted is not public: they are numbered and made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.jinan.air import ENVIRONMENT_BUREAU
from simulators.jinan.districts import DISTRICTS, LIT, district_at, management_area_at
from simulators.noise import key_of, spread

WATER_BUREAU: Final = "济南市城乡水务局"
BODIES: Final = 31
"""黑臭水体 in the built-up area, by the plan of 2019, item 22."""
POINTS_PER_BODY: Final = 3
"""The fewest that the guide of 2015 asks for."""
BODY_SET: Final = "plan-2019-31"
_POINT_EVERY: Final = 0.004
"""Degrees of longitude between the points of a body: some 350 m."""


@dataclass(frozen=True, slots=True)
class _Spring:
    slug: str
    name: str
    sill: float
    lon: float
    lat: float
    lines: tuple[float, float, float] | None = None
    """Yellow, orange, red, m; None where no source gives them."""


SPRINGS: Final = (
    _Spring("baotu", "趵突泉", 26.80, 117.011, 36.661, (28.15, 28.00, 27.60)),
    _Spring("heihu", "黑虎泉", 27.50, 117.027, 36.662),
    _Spring("zhenzhu", "珍珠泉", 26.77, 117.020, 36.667),
    _Spring("wulongtan", "五龙潭", 26.30, 117.011, 36.665),
)
FLOWING_SINCE: Final = "2003-09-06"
"""Since when 趵突泉 flows without a stop, as the press has it."""


def spring_gauges(count: int) -> Iterator[Device]:
    """Yield the gauges of the first `count` springs."""
    for spring in SPRINGS[:count]:
        attributes: dict[str, Value] = {
            "spring": spring.name,
            "spring_group": f"{spring.name}泉群",
            "sill": spring.sill,
        }
        if spring.lines is not None:
            attributes |= dict(zip(("line_yellow", "line_orange", "line_red"), spring.lines, strict=True))
            attributes["flowing_since"] = FLOWING_SINCE
        name = f"{spring.name}水位站"
        yield _device(f"sg-{spring.slug}", "spring_gauge", name, (spring.lon, spring.lat), WATER_BUREAU, attributes)


def body_points(count: int, seed: int) -> Iterator[Device]:
    """Yield `count` points: the first of each body, then the second …, downstream."""
    return islice((_point(n % BODIES, n // BODIES, seed) for n in range(BODIES * POINTS_PER_BODY)), count)


def _point(body: int, place: int, seed: int) -> Device:
    key = key_of(seed, "body", body)
    centre = DISTRICTS[list(LIT)[body % len(LIT)]]
    source = (centre.lon + spread(key, 0, -0.03, 0.03), centre.lat + spread(key, 1, -0.02, 0.02))
    name = f"模拟整治水体{body + 1}"
    attributes: dict[str, Value] = {
        "body": f"wb-{body + 1:02}",
        "body_name": name,
        "body_set": BODY_SET,
        "position": place + 1,
    }
    position = (source[0] + place * _POINT_EVERY, source[1])
    ident = f"bo-{body + 1:02}-{place + 1}"
    return _device(ident, "black_odorous_point", f"{name} {place + 1} 号点", position, ENVIRONMENT_BUREAU, attributes)


def _device(
    ident: str, kind: str, name: str, position: tuple[float, float], unit: str, attributes: dict[str, Value]
) -> Device:
    district = district_at(*position)
    return Device(
        id=ident,
        kind=kind,
        name=name,
        district=district,
        management_area=management_area_at(district, *position),
        responsible_unit=unit,
        lon=round(position[0], 6),
        lat=round(position[1], 6),
        synthetic=True,
        attributes=attributes,
    )
