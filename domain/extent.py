"""Where most devices stand: what a map shows first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.device import Device

OUTLYING: Final = 0.01
"""Of what lies farthest out, such a part is left out on each side: one section far off would make a city a dot."""


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle along meridians and parallels, WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float


def extent_of(devices: Iterable[Device]) -> Extent | None:
    """Return the extent of devices but for the outlying; None while none of them has a place."""
    places = [(device.lon, device.lat) for device in devices if device.lon is not None and device.lat is not None]
    if not places:
        return None
    lon, lat = (sorted(values) for values in zip(*places, strict=True))
    out = int(len(places) * OUTLYING)
    return Extent(lon[out], lat[out], lon[-1 - out], lat[-1 - out])
