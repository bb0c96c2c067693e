"""What watches Jinan's streets: standing water, rain, frost, dust and stops where none is allowed. All made up.

Only the number of underpasses (25 of the plan, item 10) and the roads' names are real; depths and which roads forbid
stopping are invented, so every device is `synthetic`.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.jinan.coordinates import along
from simulators.jinan.districts import DISTRICTS, LIT, district_at, management_area_at
from simulators.jinan.parking import POLICE
from simulators.jinan.roads import NAMED
from simulators.noise import chance, key_of, spread, unit

CITY_MANAGEMENT: Final = "济南市城市管理局"
DRAINAGE: Final = "济南市城乡水务局"
UNDERPASSES: Final = 25
_GROUND: Final = [road for road in NAMED if road.road_class != "expressway"]
_MAIN: Final = [road for road in NAMED if road.road_class in {"arterial", "secondary"}]
Position = tuple[float, float]


def water_levels(count: int, seed: int) -> Iterator[Device]:
    """Yield sensors of standing water: the underpasses first, then low places of roads."""
    for n in range(count):
        road = _GROUND[n % len(_GROUND)]
        under = n < UNDERPASSES
        attributes: dict[str, Value] = {
            "site_type": "underpass" if under else "road",
            "road": road.name,
            "road_class": road.road_class,
            "warn_depth": 15.0,
            "close_depth": 27.0,
            "lines_synthetic": True,
        }
        if under:
            attributes["underpass"] = f"up-{n + 1:02}"
        place = along(road.start, road.end, unit(key_of(seed, "standing water"), n), 0)
        name = f"{road.name}模拟{'桥洞' if under else '低洼点'}{n + 1}"
        yield _device(f"wl-{n + 1:03}", "water_level", name, place, DRAINAGE, attributes)


def rain_gauges(count: int, seed: int) -> Iterator[Device]:
    """Yield rain gauges around the districts' centres, all districts in turn."""
    for n in range(count):
        key = key_of(seed, "rain gauge", n)
        centre = list(DISTRICTS.values())[n % len(DISTRICTS)]
        spot = (centre.lon + spread(key, 0, -0.03, 0.03), centre.lat + spread(key, 1, -0.02, 0.02))
        yield _device(
            f"rg-{n + 1:03}", "rain_gauge", f"{centre.name}模拟雨量站{n + 1}", spot, DRAINAGE, {}, centre.code
        )


def road_stations(count: int, seed: int) -> Iterator[Device]:
    """Yield road weather stations, also on elevated roads, whose surfaces freeze first."""
    for n in range(count):
        road = NAMED[n % len(NAMED)]
        attributes: dict[str, Value] = {
            "road": road.name,
            "road_class": road.road_class,
            "bridge": road.road_class == "expressway",
        }
        place = along(road.start, road.end, unit(key_of(seed, "road station"), n), 8)
        yield _device(
            f"rw-{n + 1:03}", "road_weather", f"{road.name}模拟路面站{n + 1}", place, CITY_MANAGEMENT, attributes
        )


def dust_monitors(count: int, seed: int) -> Iterator[Device]:
    """Yield dust monitors: building sites and roads in turn."""
    for n in range(count):
        key = key_of(seed, "dust", n)
        if n % 2:
            road = _GROUND[n // 2 % len(_GROUND)]
            where: dict[str, Value] = {"site_type": "road", "road": road.name, "road_class": road.road_class}
            name, place = f"{road.name}模拟扬尘点{n + 1}", along(road.start, road.end, unit(key, 0), 6)
        else:
            centre = DISTRICTS[list(LIT)[n // 2 % len(LIT)]]
            name = f"{centre.name}模拟工地{n // 2 + 1}"
            where = {"site_type": "construction", "site": name}
            place = (centre.lon + spread(key, 0, -0.03, 0.03), centre.lat + spread(key, 1, -0.02, 0.02))
        yield _device(f"du-{n + 1:03}", "dust_monitor", name, place, CITY_MANAGEMENT, where)


def stop_watchers(count: int, seed: int) -> Iterator[Device]:
    """Yield sensors of illegal stops on main and secondary roads; about half of these forbid stopping altogether."""
    for n in range(count):
        road = _MAIN[n % len(_MAIN)]
        attributes: dict[str, Value] = {
            "road": road.name,
            "road_class": road.road_class,
            "no_stopping": chance(key_of(seed, "no stopping", road.name), 0, 0.5),
            "grace_minutes": 5.0,
        }
        place = along(road.start, road.end, unit(key_of(seed, "stop"), n), 9)
        yield _device(f"st-{n + 1:03}", "illegal_stop", f"{road.name}模拟违停点{n + 1}", place, POLICE, attributes)


def _device(
    ident: str,
    kind: str,
    name: str,
    position: Position,
    bureau: str,
    attributes: Mapping[str, Value],
    code: str | None = None,
) -> Device:
    district = code or district_at(*position)
    return Device(
        id=ident,
        kind=kind,
        name=name,
        district=district,
        management_area=management_area_at(district, *position),
        responsible_unit=bureau,
        lon=round(position[0], 6),
        lat=round(position[1], 6),
        synthetic=True,
        attributes=attributes,
    )
