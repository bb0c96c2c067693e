"""Small cities for the tests of the rules: lamps, sections, readings, and the worlds they stand in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from domain.device import AssetState, Device, DeviceVersion
from domain.kind import Value
from domain.lighting import LightingPlan, NightTimes, Override, OverrideAction, Timetable
from domain.reading import Reading
from domain.register import Register

BEGINNING = datetime(2020, 12, 31, 16, tzinfo=UTC)
NO_PLAN = LightingPlan((), ())


def local(text: str) -> datetime:
    """An instant written as Jinan's local time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def lamp(
    device_id: str = "l1", *, district: str = "370102", state: AssetState = AssetState.IN_SERVICE, **changes: Value
) -> Device:
    attributes: dict[str, Value] = {
        "road": "经十路",
        "road_class": "arterial",
        "supply_point": "sp-1",
        "lighting_use": "functional",
        "rated_power": 100.0,
    }
    return Device(
        id=device_id,
        kind="streetlight",
        name=device_id,
        district=district,
        management_area=district,
        responsible_unit="市城市照明服务中心",
        state=state,
        attributes={**attributes, **changes},
    )


def section(device_id: str = "s1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    attributes: dict[str, Value] = {
        "river": "小清河",
        "body_type": "river",
        "target_class": 3,
        "section_set": "assessed-2025",
    }
    return Device(
        id=device_id,
        kind="river_section",
        name=f"断面{device_id}",
        district="370102",
        management_area="370102",
        responsible_unit="市生态环境局",
        state=state,
        attributes={**attributes, **changes},
    )


def version(device: Device, start: datetime = BEGINNING, end: datetime | None = None) -> DeviceVersion:
    return DeviceVersion(device, start, end, BEGINNING)


def register(*devices: Device | DeviceVersion, number: int = 1) -> Register:
    return Register.of([d if isinstance(d, DeviceVersion) else version(d) for d in devices], number)


def power(device_id: str, at: datetime, watts: float | None = 100.0, **more: Value) -> Reading:
    values: dict[str, Value] = {} if watts is None else {"power": watts}
    return Reading(device_id, "streetlight", at, at + timedelta(seconds=1), {**values, **more})


CLEAN = {"ph": 8.0, "do": 8.0, "codmn": 3.0, "nh3n": 0.2, "tp": 0.05}
"""Class Ⅱ."""
FOUL = {"ph": 8.0, "do": 4.0, "codmn": 9.0, "nh3n": 1.8, "tp": 0.35}
"""Class Ⅴ by ammonia and phosphorus."""


def water(
    device_id: str, at: datetime, values: dict[str, float] | None = None, faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    said: dict[str, Value] = dict(CLEAN if values is None else values)
    return Reading(
        device_id, "river_section", at, at + timedelta(seconds=1), said, faults=tuple(faults), revision=revision
    )


def fixed_nights(*evenings: str, on: str = "17:00", off: str = "07:00") -> Timetable:
    """A timetable of rows for these evening dates; without its rows the sun decides."""
    rows = (NightTimes(date.fromisoformat(e), time.fromisoformat(on), time.fromisoformat(off)) for e in evenings)
    return Timetable("city", "全市", nights=tuple(rows))


def override(
    scope: str,
    action: OverrideAction,
    start: datetime,
    end: datetime,
    *,
    name: str = "o1",
    recorded: datetime = BEGINNING,
    withdrawn: datetime | None = None,
) -> Override:
    return Override(name, scope, action, start, end, "值班员", "测试", recorded, withdrawn)


def laboratory(device_id: str = "lab1", *, of: str = "s1", state: AssetState = AssetState.IN_SERVICE) -> Device:
    """The laboratory series of a section."""
    return Device(
        id=device_id,
        kind="section_sample",
        name=device_id,
        district="370102",
        management_area="370102",
        responsible_unit="市生态环境局",
        state=state,
        attributes={"section": of},
    )


def sampled(
    at: datetime, values: dict[str, float], device_id: str = "lab1", faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    said: dict[str, Value] = dict(values)
    return Reading(
        device_id, "section_sample", at, at + timedelta(days=3), said, faults=tuple(faults), revision=revision
    )
