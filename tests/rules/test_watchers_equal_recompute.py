"""Springs, small waters and streets: live ≡ recompute in any order of arrival, and tallies merge."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope
from rules.live import City, at_instant
from tests.support.rules import NO_PLAN, local, register, version
from tests.support.watch import (
    CLEAR,
    HEAVY,
    LIGHT,
    baotu,
    depth,
    gauge,
    level,
    point,
    rain,
    road_station,
    sample,
    surface,
    water_sensor,
)

BEGIN = local("2026-03-01T00:00")
MINUTE = timedelta(minutes=1)
OURS = (
    "black_odorous_clear",
    "black_odorous_grade",
    "rain_intensity",
    "road_dry",
    "road_icing",
    "spring_flow",
    "spring_flow_days",
    "spring_level",
    "underpass_water",
)
DEVICES = (
    baotu("g1", flowing_since="2003-09-06"),
    baotu("g2", spring="五龙潭"),
    baotu("g3", spring="五龙潭"),
    *(point(f"p{n}", body=f"b{n % 2}", position=n) for n in range(1, 7)),
    point("p7", body="b1", position=7, district="370103"),
    *(water_sensor(f"w{n}", underpass=f"up-{n % 2}") for n in range(4)),
    *(road_station(f"r{n}") for n in range(3)),
    gauge("q1"),
    gauge("q2", district="370103"),
    gauge("q3"),
)


def _span(device: Device) -> tuple[timedelta, timedelta]:
    """Return how far a device's readings spread, and the step that they lie on."""
    match device.kind:
        case "spring_gauge":
            return timedelta(days=8), 60 * MINUTE
        case "black_odorous_point":
            return timedelta(days=27), 480 * MINUTE
        case "rain_gauge":
            return timedelta(hours=27), 5 * MINUTE
        case _:
            return timedelta(minutes=50), 5 * MINUTE


_MOODS = ((CLEAR,), (CLEAR, CLEAR, CLEAR, CLEAR, LIGHT), (LIGHT, HEAVY), (HEAVY,))
"""What the samples of a body are drawn from."""


def _says(device: Device, at: datetime, faults: list[str], revision: int, mood: int, random: Random) -> Reading:
    match device.kind:
        case "spring_gauge":
            flow = random.choice([{}, {}, {"flow": 0.0}, {"flow": 1.5}])
            metres = random.choice([None, 28.3, 28.1, 27.9, 27.5, 26.8, 26.9, 26.0])
            return level(device.id, at, metres, faults, revision, **flow)
        case "black_odorous_point":
            values = {**random.choice(_MOODS[mood]), "depth": random.choice([15.0, 80.0])}
            if random.random() < 0.2:
                del values[random.choice(["do", "orp", "depth"])]
            return sample(device.id, at, values, faults, revision)
        case "rain_gauge":
            return rain(device.id, at, random.choice([None, 0.0, 0.1, 2.3, 7.75]), faults, revision)
        case "water_level":
            return depth(device.id, at, random.choice([None, 0.0, 1.9, 2.0, 15.0, 60.5]), faults, revision)
        case _:
            full = {"surface_temp": random.choice([-3.0, 0.0, 0.1]), "water_film": random.choice([0.0, 0.4])}
            return surface(
                device.id, at, random.choice([full, full, {"ice": True}, {"air_temp": 1.0}]), faults, revision
            )


def _readings(devices: tuple[Device, ...], end: datetime, random: Random) -> list[Reading]:
    """Readings of every device until `end`, with gaps, faults, clocks that are off, and corrections."""
    found: dict[tuple[str, datetime, int], Reading] = {}
    moods = {body: random.randrange(4) for body in ("b0", "b1")}
    for device in devices:
        spread, step = _span(device)
        lost = random.choice([0.02, 0.1, 0.9])
        for n in range(spread // step):
            at = end - n * step - random.choice([0, 0, 0, 61, 149, 151, 300]) * timedelta(seconds=1)
            if random.random() < lost:
                continue
            for revision in range(random.choice([1, 1, 1, 1, 2])):
                faults = ["maintenance"] if random.random() < 0.05 else []
                said = _says(device, at, faults, revision, moods.get(device.text("body"), 0), random)
                found.setdefault((said.device, said.at, said.revision), said)
    return list(found.values())


def _worlds(random: Random, around: datetime) -> tuple[Register, Register]:
    """Return what is believed first, and what the register says later, also of the past."""
    later: list[DeviceVersion] = []
    for device in DEVICES:
        start = around - random.choice([0, 60, 60 * 24 * 5]) * MINUTE
        match random.randrange(5):
            case 0:
                idle = replace(device, state=random.choice(list(AssetState)))
                later += [version(device, end=start), version(idle, start=start)]
            case 1:
                moved = replace(device, district="370104", attributes={**device.attributes, **_other(device)})
                later.append(version(moved))
            case 2:
                later.append(version(device, end=around + 30 * MINUTE))
            case _:
                later.append(version(device))
    return register(*DEVICES), register(*later, number=2)


def _other(device: Device) -> dict[str, Any]:
    """Return other lines, places and words of the register."""
    others: dict[str, dict[str, Any]] = {
        "spring_gauge": {"sill": 27.0, "line_yellow": 28.5, "flowing_since": "2020-01-01"},
        "black_odorous_point": {"body": "b9", "position": 1},
        "water_level": {"standing_depth": 1.0, "underpass": "up-9"},
        "road_weather": {"road": "经十路"},
    }
    return others.get(device.kind, {})


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(0, 3))
def test_watchers_end_equal_in_any_order_with_restarts_and_a_register_changed_in_retrospect(
    seed: int, restarts: int
) -> None:
    random = Random(seed)
    end = BEGIN + timedelta(minutes=random.randrange(60 * 24 * 3))
    readings = _readings(DEVICES, end, random)
    arriving = readings + random.sample(readings, len(readings) // 3)
    random.shuffle(arriving)
    arriving.sort(key=lambda r: r.at + random.choice([0, 0, 0, 5, 70, 4000]) * MINUTE)
    first, second = _worlds(random, end)
    world = first
    city = City(world, NO_PLAN, JINAN)
    restart_at = {random.randrange(len(arriving)) for _ in range(restarts)}
    change_at = random.randrange(len(arriving))
    for n, reading in enumerate(arriving):
        if n % 50 == 0:
            city.advance(min(reading.at, end))
        if n in restart_at:
            city = City.load(json.loads(json.dumps(city.dump())), world, NO_PLAN, JINAN)
        if n == change_at:
            world = second
            city.set_world(world, NO_PLAN, city.now or end - timedelta(days=30))
        city.apply(reading)
    now = end + random.choice([0, 1, 10, 17, 45, 60 * 25]) * MINUTE
    city.advance(now)
    for indicator in OURS:
        again = at_instant(indicator, now, readings, world, NO_PLAN, JINAN)
        assert city.scopes(indicator) == again.scopes(indicator)
        for scope in city.scopes(indicator):
            assert city.explain(indicator, scope, now) == again.explain(indicator, scope, now)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_what_changes_is_said_to_have_changed(seed: int) -> None:
    random = Random(seed)
    end = BEGIN + timedelta(minutes=random.randrange(60 * 24 * 3))
    readings = sorted(_readings(DEVICES, end, random), key=lambda r: r.at)[-200:]
    city = City(register(*DEVICES), NO_PLAN, JINAN)
    city.advance(end - timedelta(hours=2))
    shown = {(i, s): _said(city, i, s) for i in OURS for s in city.scopes(i)}
    city.take_dirty()
    for n, reading in enumerate(readings):
        city.apply(reading)
        if n % 20 == 0:
            city.advance(max(reading.at, city.now or end) + random.choice([0, 20]) * MINUTE)
            dirty = city.take_dirty()
            now = {(i, s): _said(city, i, s) for i in OURS for s in city.scopes(i)}
            assert {key for key in now if now[key] != shown[key]} <= dirty
            shown = now


def _said(city: City, indicator: str, scope: Scope) -> tuple[Any, ...]:
    assert city.now is not None
    found = city.measure(indicator, scope, city.now)
    return found.value, found.numerator, found.denominator, found.unknown, found.detail


def test_the_readings_of_these_tests_reach_every_state() -> None:
    cities = [_full(seed) for seed in range(8)]

    def values(name: str) -> set[Any]:
        return {_said(city, name, scope)[0] for city in cities for scope in city.scopes(name)}

    assert values("black_odorous_grade") >= {0.0, 1.0, 2.0}
    assert len(values("rain_intensity")) > 3
    assert len(values("spring_flow_days")) > 3


def _full(seed: int) -> City:
    city = City(register(*DEVICES), NO_PLAN, JINAN)
    city.advance(BEGIN)
    for reading in _readings(DEVICES, BEGIN, Random(seed)):
        city.apply(reading)
    return city
