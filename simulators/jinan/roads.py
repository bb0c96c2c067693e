"""Roads and their classes, cut into stretches: one stretch is what one supply point lights."""

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from math import ceil, cos, pi, radians, sin
from typing import Final

from domain.kinds.streetlight import ROAD_CLASSES
from simulators.jinan.coordinates import METRES_PER_DEGREE, along, distance
from simulators.jinan.districts import DISTRICTS, LIT, district_at
from simulators.noise import chance, key_of, spread, unit

Position = tuple[float, float]

CLASS_SHARE: Final = dict(zip(ROAD_CLASSES, (0.07, 0.29, 0.22, 0.24, 0.18), strict=True))
"""Guessed share of each class in the supply points of the city."""
_TITLES: Final = dict(zip(ROAD_CLASSES, ("快速路", "主干路", "次干路", "支路", "街巷"), strict=True))
_STRETCH_M: Final = 1500.0
"""Road lit by one supply point: 92 luminaires on both sides, some 33 m apart."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a road, in WGS-84. `half_night` says whether every other lamp goes out late."""

    road: str
    road_class: str
    start: Position
    end: Position
    district: str
    half_night: bool
    compound: bool = False
    """An open residential compound instead of a street."""


@dataclass(frozen=True, slots=True)
class _Road:
    name: str
    road_class: str
    start: Position
    end: Position
    half_night: bool = False


NAMED: Final = (  # names from publications; end points from memory, ±500 m
    _Road("经十路", "arterial", (116.905, 36.640), (117.070, 36.650)),
    _Road("经十东路", "arterial", (117.070, 36.650), (117.250, 36.675)),
    _Road("北园高架路", "expressway", (116.870, 36.690), (117.060, 36.692)),
    _Road("顺河高架路", "expressway", (116.997, 36.630), (116.995, 36.692)),
    _Road("二环东路高架", "expressway", (117.062, 36.610), (117.060, 36.715)),
    _Road("二环西路高架", "expressway", (116.925, 36.600), (116.930, 36.705)),
    _Road("二环南路高架", "expressway", (116.930, 36.600), (117.075, 36.605)),
    _Road("工业北路高架", "expressway", (117.060, 36.700), (117.180, 36.715)),
    _Road("工业南路", "arterial", (117.065, 36.668), (117.160, 36.683), half_night=True),
    _Road("旅游路", "arterial", (117.020, 36.635), (117.150, 36.648)),
    _Road("历山路", "arterial", (117.036, 36.640), (117.036, 36.690)),
    _Road("英雄山路", "arterial", (116.992, 36.600), (116.993, 36.648), half_night=True),
    _Road("泺源大街", "arterial", (117.000, 36.660), (117.035, 36.662), half_night=True),
    _Road("舜耕路", "secondary", (117.012, 36.615), (117.012, 36.650), half_night=True),
    _Road("玉函路", "secondary", (117.003, 36.635), (117.003, 36.652), half_night=True),
    _Road("青年东路", "secondary", (117.021, 36.644), (117.021, 36.657), half_night=True),
    _Road("奥体中路", "secondary", (117.118, 36.640), (117.118, 36.676), half_night=True),
    _Road("济大路", "branch", (116.975, 36.613), (117.000, 36.615), half_night=True),
    _Road("泉城路", "branch", (117.012, 36.668), (117.032, 36.668)),
    _Road("泺文路", "branch", (117.024, 36.646), (117.024, 36.657), half_night=True),
    _Road("芙蓉街", "alley", (117.018, 36.668), (117.018, 36.673)),
)


def stretches(count: int, seed: int) -> list[Stretch]:
    """Return `count` stretches over all road classes: the named roads first, then as many made-up ones as needed."""
    found: list[Stretch] = []
    for road_class, quota in _quotas(count).items():
        named = _spread_out([_cut(road) for road in NAMED if road.road_class == road_class], quota)
        found += named
        found += (_made_up(road_class, n, seed) for n in range(quota - len(named)))
    return found


def _quotas(count: int) -> dict[str, int]:
    """Split by largest remainder, and give every class one first, so that small cities have all of them."""
    wanted = {name: share * count for name, share in CLASS_SHARE.items()}
    quotas = {name: min(1, count) if whole < 1 else int(whole) for name, whole in wanted.items()}
    for name in sorted(wanted, key=lambda n: quotas[n] - wanted[n]):
        quotas[name] += sum(quotas.values()) < count
    while sum(quotas.values()) > count:
        quotas[max(quotas, key=quotas.__getitem__)] -= 1
    return quotas


def _cut(road: _Road) -> list[Stretch]:
    parts = max(1, ceil(distance(road.start, road.end) / _STRETCH_M))
    cuts = [along(road.start, road.end, n / parts, 0) for n in range(parts + 1)]
    return [Stretch(road.name, road.road_class, a, b, district_at(*a), road.half_night) for a, b in pairwise(cuts)]


def _spread_out(roads: list[list[Stretch]], quota: int) -> list[Stretch]:
    """Take the first stretch of every road, then the second …: a small city shows many roads, not one whole road."""
    longest = max((len(road) for road in roads), default=0)
    return list(islice((road[n] for n in range(longest) for road in roads if n < len(road)), quota))


def _made_up(road_class: str, n: int, seed: int) -> Stretch:
    """Return a stretch with an invented, plainly artificial name, somewhere around a lit district's centre."""
    key = key_of(seed, "road", road_class, n)
    code = _weighted(unit(key, 0))
    compound = road_class == "alley" and chance(key, 1, 0.6)
    centre = DISTRICTS[code]
    name = f"{centre.name}模拟{'小区' if compound else _TITLES[road_class]}{n + 1}"
    start = _away((centre.lon, centre.lat), spread(key, 2, 0, 2 * pi), 7000 * unit(key, 3) ** 0.5)
    end = _away(start, spread(key, 4, 0, 2 * pi), 400.0 if compound else _STRETCH_M)
    half_night = road_class in {"arterial", "secondary", "branch"} and chance(key, 5, 0.3)
    return Stretch(name, road_class, start, end, code, half_night, compound)


def _weighted(draw: float) -> str:
    """Return the district that a draw (0 … 1) falls to by the shares of `LIT`."""
    bounds = list(accumulate(LIT.values()))
    return list(LIT)[min(bisect(bounds, draw), len(bounds) - 1)]


def _away(start: Position, bearing: float, metres: float) -> Position:
    lat = start[1] + metres * cos(bearing) / METRES_PER_DEGREE
    return start[0] + metres * sin(bearing) / (METRES_PER_DEGREE * cos(radians(lat))), lat
