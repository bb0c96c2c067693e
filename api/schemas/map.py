"""Places and signs of the map, as columns, and where it opens."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, Self

from api.schemas.common import Answer, Instant
from domain.datum import Datum
from domain.device import Device
from domain.extent import Extent
from domain.ports import Signs

_GROUPS: Final = ("lot", "road", "river")
"""The attributes that say what a device belongs to, the nearest first."""


class PlacesOut(Answer):
    """Devices of one kind in the order of their ids. `lon`, `lat`: WGS-84 degrees; null while not surveyed.

    `group` is the index in `groups` of what a device belongs to: the road of a lamp, the lot or road of a bay, the
    river of a section; null where it belongs to nothing.
    """

    register_version: int
    ids: list[str]
    names: list[str]
    lon: list[float | None]
    lat: list[float | None]
    groups: list[str]
    group: list[int | None]

    @classmethod
    def of(cls, devices: Sequence[Device], version: int) -> Self:
        """Make it from devices."""
        belonging = [next((d.text(name) for name in _GROUPS if d.text(name)), "") for d in devices]
        groups = sorted(set(belonging) - {""})
        index = {name: n for n, name in enumerate(groups)}
        return cls(
            register_version=version,
            ids=[d.id for d in devices],
            names=[d.name for d in devices],
            lon=[d.lon for d in devices],
            lat=[d.lat for d in devices],
            groups=groups,
            group=[index.get(name) for name in belonging],
        )


class BaseMapOut(Answer):
    """What is drawn below the map: tiles by URL templates (`{z}`, `{x}`, `{y}`), one above the other; none by default.

    `coordinates` is the datum of the tiles. Positions of the API are WGS-84: over GCJ-02 tiles they are converted.
    """

    tiles: list[str]
    attribution: str
    coordinates: Datum
    max_zoom: int


class BoundsOut(Answer):
    """A rectangle along meridians and parallels, WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float


class ExtentOut(Answer):
    """What a map shows first; null while nothing has a place.

    Of what lies farthest out a hundredth is left out on each side.
    """

    bounds: BoundsOut | None

    @classmethod
    def of(cls, extent: Extent | None) -> Self:
        """Make it from where the devices stand."""
        return cls(bounds=extent and BoundsOut(**asdict(extent)))


class SignsOut(Answer):
    """How the devices of one kind stand, one character each, and since when (`at`) they have stood so.

    `l` lit, `d` dark, `b` burning by day, `o` off as scheduled, `f` fresh (kinds that are neither lit nor dark),
    `u` unknown: no fresh report, `x` out of service. The order is that of `places` of the same register version.
    """

    at: Instant
    register_version: int
    signs: str

    @classmethod
    def of(cls, signs: Signs) -> Self:
        """Make it from what the live state says."""
        return cls(at=signs.at, register_version=signs.register_version, signs=signs.signs)
