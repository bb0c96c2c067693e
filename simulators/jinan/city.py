"""The whole register of Jinan, of any size, from a seed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from domain.errors import ConfigError, Problem
from domain.ports import DeviceChange
from simulators.jinan.air import air_stations
from simulators.jinan.lighting import CITY_LUMINAIRES, lighting_devices, supply_point_count
from simulators.jinan.parking import parking_devices
from simulators.jinan.water import SECTIONS, assessed_sections, plan_sections

SINCE: Final = datetime(2020, 12, 31, 16, tzinfo=UTC)
"""From when lamps, stations and bays are registered: 2021-01-01 in Jinan."""
SMALLEST: Final = 60
"""Fewest devices of `city_of`: 21 sections, 14 stations, a lot, a bay, and some lamps of each road class."""


def generate(
    luminaires: int = CITY_LUMINAIRES, seed: int = 1, *, bays: int = 3000, lots: int = 60
) -> Iterator[DeviceChange]:
    """Yield Jinan's register with exactly so many luminaires; the default is the real city's size.

    Equal arguments give equal registers, on every machine. The sections of the plan of 2019 come along with their
    validity of then; they are not counted anywhere.
    """
    for device in lighting_devices(luminaires, seed):
        yield DeviceChange(device, SINCE)
    for station in air_stations():
        yield DeviceChange(station, SINCE)
    yield from plan_sections(seed)
    yield from assessed_sections()
    for device in parking_devices(bays, lots, seed):
        yield DeviceChange(device, SINCE)


def city_of(total_devices: int, seed: int = 1) -> Iterator[DeviceChange]:
    """Yield a city of exactly `total_devices` devices that exist today, with every kind and every road class.

    Raises:
        ConfigError: fewer than `SMALLEST` were asked for.
    """
    if total_devices < SMALLEST:
        raise ConfigError([Problem("arguments", 0, "devices", f"{total_devices} is fewer than {SMALLEST}")])
    fixed = len(SECTIONS) + sum(1 for _ in air_stations())
    bays = max(1, total_devices // 12)
    lots = max(1, total_devices // 500)
    rest = total_devices - fixed - bays - lots
    luminaires = max(n for n in range(rest // 2, rest + 1) if n + supply_point_count(n) <= rest)
    bays += rest - luminaires - supply_point_count(luminaires)
    return generate(luminaires, seed, bays=bays, lots=lots)
