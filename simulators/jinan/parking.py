"""Parking in Jinan: kerbside bays along the named roads, bays in lots, and lots with a counter. All made up."""

from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.jinan.coordinates import along
from simulators.jinan.districts import DISTRICTS, LIT, district_at, management_area_at
from simulators.jinan.roads import NAMED
from simulators.noise import key_of, spread, unit

POLICE: Final = "济南市公安局"
_PER_LOT: Final = 30
_SHARING: Final = 5
"""One car park in so many is an office's and shared off-hours."""
SHARED: Final = ("19:00", "07:30")
"""From an hour and a half after work until as long before it (rule of 2021), for offices open 9:00 to 17:30."""
_KERBSIDE: Final = [road for road in NAMED if road.road_class != "expressway"]


def parking_devices(bays: int, lots: int, seed: int) -> Iterator[Device]:
    """Yield the lots, then the bays: two thirds along roads, the others in lots (if there are lots)."""
    for n in range(lots):
        yield _lot(n, seed)
    in_lots = min(bays // 3, lots * _PER_LOT)
    yield from islice(_kerbside(seed), bays - in_lots)
    for n in range(in_lots):
        yield _bay_in_lot(n, lots, seed)


def _kerbside(seed: int) -> Iterator[Device]:
    """Yield bays without end, one road after the other, so that few bays are on all roads."""
    for n in count():
        road = _KERBSIDE[n % len(_KERBSIDE)]
        position = along(road.start, road.end, unit(key_of(seed, "bay"), n), 10)
        where: dict[str, Value] = {"road": road.name, "road_class": road.road_class}
        yield _bay(n + 1, f"{road.name} {n + 1} 号泊位", position, where)


def _bay_in_lot(n: int, lots: int, seed: int) -> Device:
    name, (lon, lat) = _lot_place(n % lots, seed)
    position = along((lon, lat), (lon + 0.0004, lat), unit(key_of(seed, "lot bay", n)), 5)
    return _bay(100_001 + n, f"{name} {n // lots + 1} 号泊位", position, {"lot": _lot_id(n % lots)})


def _bay(n: int, name: str, position: tuple[float, float], where: Mapping[str, Value]) -> Device:
    return _device(f"pb-{n:06}", "parking_bay", name, position, where)


def _lot(n: int, seed: int) -> Device:
    name, position = _lot_place(n, seed)
    attributes: dict[str, Value] = {"capacity": 10 * round(spread(key_of(seed, "lot", n), 2, 8, 60))}
    if n % _SHARING == 0:
        attributes |= {"shared_from": SHARED[0], "shared_until": SHARED[1]}
    return _device(_lot_id(n), "parking_lot", name, position, attributes)


def _lot_id(n: int) -> str:
    return f"pl-{n + 1:04}"


def _lot_place(n: int, seed: int) -> tuple[str, tuple[float, float]]:
    key = key_of(seed, "lot", n)
    centre = DISTRICTS[list(LIT)[n % len(LIT)]]
    position = (centre.lon + spread(key, 0, -0.02, 0.02), centre.lat + spread(key, 1, -0.015, 0.015))
    return f"{centre.name}模拟停车场{n + 1}", position


def _device(ident: str, kind: str, name: str, position: tuple[float, float], attributes: Mapping[str, Value]) -> Device:
    district = district_at(*position)
    return Device(
        id=ident,
        kind=kind,
        name=name,
        district=district,
        management_area=management_area_at(district, *position),
        responsible_unit=POLICE,
        lon=round(position[0], 6),
        lat=round(position[1], 6),
        synthetic=True,
        attributes=attributes,
    )
