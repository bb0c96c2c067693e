"""The whole register of Jinan, of any size, from a seed."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Final

from domain.device import Device
from domain.errors import ConfigError, Problem
from domain.ports import DeviceChange
from simulators.jinan.air import air_stations, air_words
from simulators.jinan.lighting import CITY_LUMINAIRES, lighting_devices, supply_point_count
from simulators.jinan.parking import parking_devices
from simulators.jinan.streets import dust_monitors, rain_gauges, road_stations, stop_watchers, water_levels
from simulators.jinan.water import SECTIONS, assessed_sections, laboratory_series, plan_sections
from simulators.jinan.waters import BODIES, POINTS_PER_BODY, SPRINGS, body_points, spring_gauges

SINCE: Final = datetime(2020, 12, 31, 16, tzinfo=UTC)
"""From when lamps, stations and bays are registered: 2021-01-01 in Jinan."""
SMALLEST: Final = 80
"""Fewest devices of `city_of`: 21 sections, 14 stations, one of all else, and some lamps of each road class."""
_FULL_FROM: Final = 2000
"""From so many devices on a city has all of its `Watchers`."""


@dataclass(frozen=True, slots=True)
class Watchers:
    """How many devices watch springs, small waters and streets. The defaults are the whole city's."""

    springs: int = len(SPRINGS)
    points: int = BODIES * POINTS_PER_BODY
    standing_water: int = 35
    rain: int = 40
    road_weather: int = 21
    dust: int = 60
    stops: int = 60
    laboratories: int = len(SECTIONS)

    @property
    def total(self) -> int:
        """How many devices they are together."""
        return sum(astuple(self))

    @classmethod
    def of(cls, total_devices: int) -> "Watchers":
        """Return those of a city of so many devices: in proportion, at least one of each."""
        share = min(1.0, total_devices / _FULL_FROM)
        return cls(*(max(1, round(share * whole)) for whole in astuple(cls())))

    def devices(self, seed: int) -> Iterator[Device]:
        """Yield them."""
        yield from spring_gauges(self.springs)
        yield from body_points(self.points, seed)
        yield from water_levels(self.standing_water, seed)
        yield from rain_gauges(self.rain, seed)
        yield from road_stations(self.road_weather, seed)
        yield from dust_monitors(self.dust, seed)
        yield from stop_watchers(self.stops, seed)
        yield from laboratory_series(self.laboratories)


WHOLE: Final = Watchers()


def generate(
    luminaires: int = CITY_LUMINAIRES, seed: int = 1, *, bays: int = 3000, lots: int = 60, watchers: Watchers = WHOLE
) -> Iterator[DeviceChange]:
    """Yield Jinan's register with exactly so many luminaires; the default is the real city's size.

    Equal arguments give equal registers, on every machine. The sections of the plan of 2019 come along with their
    validity of then; they are not counted anywhere.
    """
    for device in lighting_devices(luminaires, seed):
        yield DeviceChange(device, SINCE)
    for device in (*air_stations(), *air_words()):
        yield DeviceChange(device, SINCE)
    yield from plan_sections(seed)
    yield from assessed_sections()
    for device in (*parking_devices(bays, lots, seed), *watchers.devices(seed)):
        yield DeviceChange(device, SINCE)


def city_of(total_devices: int, seed: int = 1) -> Iterator[DeviceChange]:
    """Yield a city of exactly `total_devices` devices that exist today, with every kind and every road class.

    Raises:
        ConfigError: fewer than `SMALLEST` were asked for.
    """
    if total_devices < SMALLEST:
        raise ConfigError([Problem("arguments", 0, "devices", f"{total_devices} is fewer than {SMALLEST}")])
    fixed = len(SECTIONS) + sum(1 for _ in (*air_stations(), *air_words()))
    bays = max(1, total_devices // 12)
    lots = max(1, total_devices // 500)
    watchers = Watchers.of(total_devices)
    rest = total_devices - fixed - bays - lots - watchers.total
    luminaires = max(n for n in range(rest // 2, rest + 1) if n + supply_point_count(n) <= rest)
    bays += rest - luminaires - supply_point_count(luminaires)
    return generate(luminaires, seed, bays=bays, lots=lots, watchers=watchers)
