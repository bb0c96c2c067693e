"""Which devices stand near a place, so that a telephone call and an alert can be seen as one thing."""

from collections.abc import Iterable
from math import cos, hypot, radians
from typing import Final

from domain.device import Device

RADIUS_M: Final = 150.0
"""How far is near, metres (our choice: callers name a house or a crossing, lamps stand 30 m apart)."""
MOST: Final = 20
_METRES_PER_DEGREE: Final = 111_320.0


def nearby(devices: Iterable[Device], lon: float, lat: float, radius_m: float = RADIUS_M) -> list[str]:
    """Return the ids of the devices within `radius_m` of a place (WGS-84), nearest first, at most `MOST`."""
    return [device.id for _, device in near_devices(devices, lon, lat, radius_m)[:MOST]]


def near_devices(
    devices: Iterable[Device], lon: float, lat: float, radius_m: float = RADIUS_M
) -> list[tuple[float, Device]]:
    """Return the devices within `radius_m` of a place with their distance in metres, nearest first."""
    found = []
    for device in devices:
        if device.lon is None or device.lat is None:
            continue
        if (distance := distance_m(lon, lat, device.lon, device.lat)) <= radius_m:
            found.append((distance, device))
    return sorted(found, key=lambda entry: (entry[0], entry[1].id))


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return how far apart two places of one city are, metres; flat, which is exact to 0.1 % within some kilometres."""
    across = (other_lon - lon) * cos(radians(lat)) * _METRES_PER_DEGREE
    return hypot(across, (other_lat - lat) * _METRES_PER_DEGREE)
