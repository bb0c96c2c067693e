"""The lamps of Jinan with their cabinets and gateways: one cabinet and one gateway per supply point.

The shape is the published one of about May 2025: 128,000 luminaires, 1,389 supply points, 147 open compounds. Which
lamp is where, its power and its state are drawn from the seed, so every lamp and cabinet is `synthetic`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.device import AssetState, Device
from simulators.jinan.coordinates import along
from simulators.jinan.districts import management_area_at
from simulators.jinan.roads import Stretch, stretches
from simulators.noise import chance, key_of, spread

CITY_LUMINAIRES: Final = 128_000
CITY_SUPPLY_POINTS: Final = 1_389
CITY_UNDERPASSES: Final = 25
LIGHTING_CENTRE: Final = "济南市城市照明服务中心"

_LED_POWER: Final = {"expressway": 220, "arterial": 180, "secondary": 130, "branch": 90, "alley": 60}
_SODIUM_POWER: Final = {"expressway": 400, "arterial": 275, "secondary": 275, "branch": 165, "alley": 110}
"""Watts with ballast. With 40 % sodium the city averages some 165 W per luminaire."""
_SODIUM_SHARE: Final = 0.4
_LANDSCAPE_SHARE: Final = 0.05
_MAINTENANCE_SHARE: Final = 0.003
_NOT_HANDED_OVER_SHARE: Final = 0.15
"""Share of open compounds whose lamps stand unlit because nobody took them over yet."""
_SHOWS_PENDING: Final = 15
"""From so many supply points on, one at least stands for those that nobody took over."""
_UNDERPASS_LAMPS: Final = 6
_HALF_NIGHT_SHARE: Final = 0.77
"""Mean power while lit ÷ full power, where every other pole goes dark for about half of the night."""


@dataclass(frozen=True, slots=True)
class SupplyPoint:
    """One supply point with its stretch of road and the number of its luminaires."""

    number: int
    stretch: Stretch
    luminaires: int
    state: AssetState
    underpass: str
    """The id of the underpass that its first lamps light; empty where there is none."""

    @property
    def tail(self) -> str:
        """What the ids of the supply point, its cabinet, gateway and lamps end with."""
        return f"{self.stretch.district}-{self.number:04}"


def supply_point_count(luminaires: int) -> int:
    """Return how many supply points light so many luminaires: some 92 each, at least five if possible."""
    return max(min(5, luminaires), round(luminaires * CITY_SUPPLY_POINTS / CITY_LUMINAIRES))


def supply_points(luminaires: int, seed: int) -> list[SupplyPoint]:
    """Return the supply points of a city with exactly so many luminaires."""
    count = supply_point_count(luminaires)
    roads = stretches(count, seed)
    sizes = _sizes(luminaires, count, seed)
    passes = {round((n + 0.5) * count / _underpasses(count)) - 1: f"up-{n + 1:02}" for n in range(_underpasses(count))}
    return [
        SupplyPoint(n + 1, stretch, size, _state(stretch, n, count, seed), passes.get(n, ""))
        for n, (stretch, size) in enumerate(zip(roads, sizes, strict=True))
    ]


def lighting_devices(luminaires: int, seed: int) -> Iterator[Device]:
    """Yield each supply point's cabinet and then its luminaires."""
    for point in supply_points(luminaires, seed):
        yield _cabinet(point)
        yield from _lamps(point, seed)


def _underpasses(count: int) -> int:
    return min(count, max(1, round(CITY_UNDERPASSES * count / CITY_SUPPLY_POINTS)))


def _sizes(luminaires: int, count: int, seed: int) -> list[int]:
    """Split the luminaires unevenly (± 20 %) and exactly."""
    weights = [spread(key_of(seed, "size"), n, 0.8, 1.2) for n in range(count)]
    total, given, sizes, weight = sum(weights), 0, [], 0.0
    for part in weights:
        weight += part
        sizes.append(round(luminaires * weight / total) - given)
        given += sizes[-1]
    return sizes


def _state(stretch: Stretch, n: int, count: int, seed: int) -> AssetState:
    pending = stretch.compound and chance(key_of(seed, "handover"), n, _NOT_HANDED_OVER_SHARE)
    pending |= n + 1 == count >= _SHOWS_PENDING  # the last one is an alley, and not its class's only one
    return AssetState.BUILT_NOT_HANDED_OVER if pending else AssetState.IN_SERVICE


def _cabinet(point: SupplyPoint) -> Device:
    stretch = point.stretch
    lon, lat = along(stretch.start, stretch.end, 0.5, 15)
    return Device(
        id=f"cab-{point.tail}",
        kind="lighting_cabinet",
        name=f"{stretch.road} {point.number} 号照明配电箱",
        district=stretch.district,
        management_area=management_area_at(stretch.district, lon, lat),
        responsible_unit=LIGHTING_CENTRE,
        state=point.state,
        lon=round(lon, 6),
        lat=round(lat, 6),
        synthetic=True,
        attributes={
            "supply_point": f"sp-{point.tail}",
            "road": stretch.road,
            "gateway": f"gw-{point.tail}",
            "baseline_power": _baseline(point),
        },
    )


def _baseline(point: SupplyPoint) -> float:
    """Return what the circuit drew while it was lit (W, mean) when all its functional lamps were sodium."""
    functional = point.luminaires * (1 - _LANDSCAPE_SHARE)
    share = _HALF_NIGHT_SHARE if point.stretch.half_night else 1.0
    return float(round(functional * _SODIUM_POWER[point.stretch.road_class] * share))


def _lamps(point: SupplyPoint, seed: int) -> Iterator[Device]:
    stretch = point.stretch
    sodium = not stretch.compound and chance(key_of(seed, "source", stretch.road), 0, _SODIUM_SHARE)
    for n in range(point.luminaires):
        key = key_of(seed, "lamp", point.number, n)
        lon, lat = along(stretch.start, stretch.end, (n // 2 + 0.5) / ((point.luminaires + 1) // 2), _aside(stretch, n))
        yield Device(
            id=f"sl-{point.tail}-{n + 1:03}",
            kind="streetlight",
            name=f"{stretch.road} {point.number}-{n + 1} 号灯",
            district=stretch.district,
            management_area=management_area_at(stretch.district, lon, lat),
            responsible_unit=LIGHTING_CENTRE,
            state=_lamp_state(point, key),
            lon=round(lon, 6),
            lat=round(lat, 6),
            synthetic=True,
            attributes=_attributes(point, n, key, sodium=sodium),
        )


def _aside(stretch: Stretch, n: int) -> float:
    half = 4.0 if stretch.road_class == "alley" else 14.0
    return half if n % 2 else -half


def _lamp_state(point: SupplyPoint, key: int) -> AssetState:
    if point.state is AssetState.IN_SERVICE and chance(key, 0, _MAINTENANCE_SHARE):
        return AssetState.MAINTENANCE
    return point.state


def _attributes(point: SupplyPoint, n: int, key: int, *, sodium: bool) -> dict[str, str | float | bool]:
    stretch = point.stretch
    underpass = bool(point.underpass) and n < _UNDERPASS_LAMPS
    landscape = not underpass and chance(key, 1, _LANDSCAPE_SHARE)
    led = landscape or underpass or not sodium
    rated = 35 if landscape else (_LED_POWER if led else _SODIUM_POWER)[stretch.road_class]
    alternate = stretch.half_night and not underpass and not landscape and n % 4 in {0, 3}  # every other pole
    return {
        "road": stretch.road,
        "road_class": stretch.road_class,
        "supply_point": f"sp-{point.tail}",
        "lighting_use": "landscape" if landscape else "functional",
        "gateway": f"gw-{point.tail}",
        "half_night": "alternate" if alternate else "none",
        "underpass": underpass,
        **({"underpass_name": point.underpass} if underpass else {}),
        "control": "single_lamp",
        "rated_power": float(rated),
        "light_source": "led" if led else "sodium",
    }
