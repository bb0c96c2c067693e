"""Springs, small waters and streets: devices that watch them, and what they say."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import Reading


def device(
    kind: str,
    device_id: str,
    attributes: Mapping[str, Value],
    state: AssetState = AssetState.IN_SERVICE,
    district: str = "370102",
) -> Device:
    return Device(
        id=device_id,
        kind=kind,
        name=f"测点{device_id}",
        district=district,
        management_area=district,
        responsible_unit="市城管局",
        state=state,
        attributes=attributes,
    )


def says(
    kind: str, device_id: str, at: datetime, values: Mapping[str, Value], faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    return Reading(device_id, kind, at, at + timedelta(seconds=1), values, faults=tuple(faults), revision=revision)


def baotu(device_id: str = "g1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    """趵突泉 with its published sill and lines."""
    published: dict[str, Value] = {
        "spring": "趵突泉",
        "sill": 26.80,
        "line_yellow": 28.15,
        "line_orange": 28.00,
        "line_red": 27.60,
    }
    return device("spring_gauge", device_id, {**published, **changes}, state)


def level(
    device_id: str, at: datetime, metres: float | None, faults: Iterable[str] = (), revision: int = 0, **more: Value
) -> Reading:
    values: dict[str, Value] = {"battery": 3.6} if metres is None else {"level": metres}
    return says("spring_gauge", device_id, at, {**values, **more}, faults, revision)


def point(
    device_id: str,
    body: str = "b1",
    position: int = 1,
    *,
    state: AssetState = AssetState.IN_SERVICE,
    district: str = "370102",
) -> Device:
    return device("black_odorous_point", device_id, {"body": body, "position": position}, state, district)


CLEAR = {"transparency": 60.0, "do": 6.0, "orp": 180.0, "nh3n": 1.0}
LIGHT = {"transparency": 20.0, "do": 1.0, "orp": 0.0, "nh3n": 10.0}
HEAVY = {"transparency": 5.0, "do": 0.1, "orp": -250.0, "nh3n": 20.0}


def sample(
    device_id: str, at: datetime, values: Mapping[str, float], faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    return says("black_odorous_point", device_id, at, dict(values), faults, revision)


def water_sensor(device_id: str, *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    usual: dict[str, Value] = {
        "site_type": "underpass",
        "underpass": "up-1",
        "road": "历山路",
        "road_class": "arterial",
        "warn_depth": 15.0,
        "close_depth": 27.0,
    }
    return device("water_level", device_id, {**usual, **changes}, state)


def depth(device_id: str, at: datetime, cm: float | None, faults: Iterable[str] = (), revision: int = 0) -> Reading:
    return says("water_level", device_id, at, {"battery": 3.6} if cm is None else {"depth": cm}, faults, revision)


def road_station(device_id: str, *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    usual: dict[str, Value] = {"road": "北园高架路", "road_class": "expressway"}
    return device("road_weather", device_id, {**usual, **changes}, state)


def surface(
    device_id: str, at: datetime, values: Mapping[str, Value], faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    return says("road_weather", device_id, at, values, faults, revision)


def gauge(device_id: str, *, state: AssetState = AssetState.IN_SERVICE, district: str = "370102") -> Device:
    return device("rain_gauge", device_id, {}, state, district)


def rain(device_id: str, at: datetime, mm: float | None, faults: Iterable[str] = (), revision: int = 0) -> Reading:
    return says("rain_gauge", device_id, at, {"battery": 3.6} if mm is None else {"rain_5min": mm}, faults, revision)
