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
    shrink = cos(radians(lat))
    found = []
    for device in devices:
        if device.lon is None or device.lat is None:
            continue
        across = (device.lon - lon) * shrink * _METRES_PER_DEGREE
        up = (device.lat - lat) * _METRES_PER_DEGREE
        if (distance := hypot(across, up)) <= radius_m:
            found.append((distance, device.id))
    return [name for _, name in sorted(found)[:MOST]]
