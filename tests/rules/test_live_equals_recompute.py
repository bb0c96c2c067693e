"""Live ≡ recompute: any order of arrival, duplicates, gaps, restarts and changed worlds end in the same measures."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import AssetState, DeviceVersion
from domain.lighting import HalfNight, LightingPlan, OverrideAction, Timetable
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY
from rules.indicators import INDICATORS
from rules.indicators.aqi import HourlyAqi
from rules.indicators.light_on_rate import LightOnRate
from rules.live import City
from tests.support.air import air, station
from tests.support.recompute import assert_live_equals_recompute, assert_recomputed
from tests.support.rules import (
    CLEAN,
    FOUL,
    fixed_nights,
    lamp,
    local,
    override,
    power,
    register,
    section,
    version,
    water,
)

MINUTE = timedelta(minutes=1)
NIGHT = local("2026-11-23T21:00")
EVENINGS = ("2026-11-22", "2026-11-23", "2026-11-24")
TABLES = (Timetable("city", "全市", half_night=HalfNight(), nights=fixed_nights(*EVENINGS).nights),)

LAMPS = [f"l{n}" for n in range(4)]
LAMP_VERSIONS = st.lists(
    st.builds(
        lambda name, start, road, state, use, half, underpass: version(
            lamp(name, road=road, state=state, lighting_use=use, half_night=half, underpass=underpass),
            NIGHT + start * MINUTE,
        ),
        st.sampled_from(LAMPS),
        st.sampled_from([-300, -60, 0, 45, 110, 700]),
        st.sampled_from(["经十路", "历山路"]),
        st.sampled_from([AssetState.IN_SERVICE, AssetState.IN_SERVICE, AssetState.MAINTENANCE]),
        st.sampled_from(["functional", "functional", "landscape"]),
        st.sampled_from(["none", "alternate"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda v: (v.device.id, v.valid_from),
)


def _ended(versions: list[DeviceVersion]) -> Register:
    """End each version where the next one of its device begins."""
    ordered = sorted(versions, key=lambda v: (v.device.id, v.valid_from))
    following = [*ordered[1:], None]
    ended = [
        replace(v, valid_to=f.valid_from if f is not None and f.device.id == v.device.id else None)
        for v, f in zip(ordered, following, strict=True)
    ]
    return Register.of(ended, 1)


LAMP_WORLDS = st.tuples(
    LAMP_VERSIONS.map(_ended),
    st.lists(
        st.builds(
            lambda scope, action, start, length, name: override(
                scope, action, NIGHT + start * MINUTE, NIGHT + (start + length) * MINUTE, name=str(name)
            ),
            st.sampled_from(["city", "road:历山路", "device:l1"]),
            st.sampled_from(OverrideAction),
            st.integers(-120, 120),
            st.integers(1, 120),
            st.integers(0, 5),
        ),
        max_size=2,
        unique_by=lambda o: o.id,
    ).map(lambda overrides: LightingPlan(TABLES, tuple(overrides))),
)
LAMP_READINGS = st.lists(
    st.builds(
        lambda name, minute, watts, revision: replace(power(name, NIGHT + minute * MINUTE, watts), revision=revision),
        st.sampled_from(LAMPS),
        st.integers(-60, 150),
        st.sampled_from([None, 0.0, 100.0]),
        st.integers(0, 2),
    ),
    max_size=25,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@settings(deadline=None)
@given(LAMP_READINGS, LAMP_WORLDS, LAMP_WORLDS, st.randoms(use_true_random=False))
def test_lamps_end_equal_in_any_order_with_restarts_and_changed_worlds(
    readings: list[Reading],
    first: tuple[Register, LightingPlan],
    second: tuple[Register, LightingPlan],
    random: Random,
) -> None:
    strides, last = [n * MINUTE for n in (1, 15, 41)], [timedelta(0), 60 * MINUTE]
    start = NIGHT - 60 * MINUTE
    assert_live_equals_recompute(readings, (first, second), random, INDICATORS, start=start, strides=strides, last=last)


SECTIONS = {
    "s1": section("s1"),
    "s2": section("s2", target_class=2, districts="370102 370103"),
    "s3": section("s3", body_type="lake", river="大明湖"),
}
START = local("2026-10-01T00:00")


def _month_of_readings(random: Random) -> list[Reading]:
    """October and some days of November, 4-hourly, with gaps, faults, and corrections."""
    found = []
    for name in SECTIONS:
        lost = random.choice([0.0, 0.1, 0.5])
        for n in range(6 * 36):
            at = START + timedelta(hours=4 * n)
            if random.random() < lost:
                continue
            values = {**random.choice([CLEAN, CLEAN, FOUL]), "nh3n": round(random.uniform(0.1, 1.6), 3)}
            faults = ["maintenance"] if random.random() < 0.02 else []
            found.append(water(name, at, values, faults))
            if random.random() < 0.05:
                found.append(water(name, at, CLEAN, revision=1))
    return found


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_sections_end_equal_in_any_order_with_restarts_and_a_register_changed_in_retrospect(
    seed: int, restarts: int
) -> None:
    random = Random(seed)
    readings = _month_of_readings(random)
    arriving = readings + random.sample(readings, 60)
    random.shuffle(arriving)
    arriving.sort(key=lambda r: r.at + random.choice([0, 0, 1, 300]) * timedelta(hours=1))
    half = local("2026-10-16T00:00")
    idle = replace(SECTIONS["s1"], state=AssetState.MAINTENANCE)
    before = register(*SECTIONS.values())
    after = register(version(idle, end=half), version(SECTIONS["s1"], start=half), SECTIONS["s2"], number=2)
    world = (before, LightingPlan((), ()))
    city = City(*world, JINAN)
    restart_at = {random.randrange(len(arriving)) for _ in range(restarts)}
    for n, reading in enumerate(arriving):
        if n % 40 == 0:
            city.advance(reading.at)
        if n in restart_at:
            city = City.load(json.loads(json.dumps(city.dump())), *world, JINAN)
        if n == len(arriving) // 2:
            world = (after, LightingPlan((), ()))
            city.set_world(*world, reading.at)
        city.apply(reading)
    city.advance(START + timedelta(days=random.choice([30, 31, 33, 36]), hours=1))
    assert_recomputed(city, readings, world, INDICATORS)


@settings(deadline=None)
@given(LAMP_READINGS, LAMP_WORLDS, st.randoms(use_true_random=False))
def test_tallies_of_disjoint_lamps_merge_to_that_of_the_whole_in_any_grouping(
    readings: list[Reading], world: tuple[Register, LightingPlan], random: Random
) -> None:
    whole, plan = world
    parts: list[list[DeviceVersion]] = [[], [], []]
    for timeline in whole.timelines():
        parts[random.randrange(3)].extend(timeline)
    tallies = [_state(Register.of(part), plan, readings).tally(CITY) for part in parts]
    left = reduce(lambda a, b: a.merged(b), tallies)
    right = tallies[2].merged(tallies[1]).merged(tallies[0])
    nested = tallies[0].merged(tallies[1].merged(tallies[2]))
    assert left == right == nested == _state(whole, plan, readings).tally(CITY)


def _state(of: Register, plan: LightingPlan, readings: list[Reading]) -> LightOnRate:
    city = City(of, plan, JINAN)
    city.advance(NIGHT)
    for reading in readings:
        city.apply(reading)
    state = city._states["light_on_rate"]
    assert isinstance(state, LightOnRate)
    return state


STATIONS = {
    "a1": station("a1"),
    "a2": station("a2"),
    "a3": station("a3"),
    "a4": station("a4", background=True),
}
MIDNIGHT = local("2026-03-01T00:00")
AIR_READINGS = st.lists(
    st.builds(
        lambda name, hour, off, pm25, fault, revision: air(
            name,
            MIDNIGHT + timedelta(hours=hour, seconds=off),
            {"pm25": pm25, "pm10": 60.5, "so2": 5, "no2": 40, "co": 0.75, "o3": 20},
            fault,
            revision,
        ),
        st.sampled_from(list(STATIONS)),
        st.integers(-4, 4),
        st.sampled_from([0, 0, 0, 40, -119, 900]),
        st.sampled_from([35.0, 60.0, 75.5, 0.1]),
        st.sampled_from([(), (), ("calibration",)]),
        st.integers(0, 2),
    ),
    max_size=30,
    unique_by=lambda r: (r.device, r.at, r.revision),
)


@settings(deadline=None, max_examples=30)
@given(AIR_READINGS, st.sets(st.sampled_from(list(STATIONS))), st.randoms(use_true_random=False))
def test_stations_end_equal_over_the_change_of_edition_with_restarts_and_a_register_changed_in_retrospect(
    readings: list[Reading], idle: set[str], random: Random
) -> None:
    plan = LightingPlan((), ())
    versions = [
        version(replace(s, state=AssetState.MAINTENANCE) if s.id in idle else s, end=random.choice([None, MIDNIGHT]))
        for s in STATIONS.values()
    ]
    worlds = [(register(*STATIONS.values()), plan), (register(*versions, number=2), plan)]
    strides, last = [n * MINUTE for n in (1, 30, 62)], [n * MINUTE for n in (0, 60, 240)]
    start = MIDNIGHT - 120 * MINUTE
    assert_live_equals_recompute(readings, worlds, random, INDICATORS, start=start, strides=strides, last=last)


@settings(deadline=None)
@given(AIR_READINGS, st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_tallies_of_disjoint_stations_merge_to_that_of_the_whole_in_any_grouping(
    readings: list[Reading], groups: list[int]
) -> None:
    def board(*names: str) -> HourlyAqi:
        city = City(register(*(STATIONS[n] for n in names)), LightingPlan((), ()), JINAN)
        city.advance(MIDNIGHT)
        for reading in readings:
            city.apply(reading)
        state = city._states["aqi"]
        assert isinstance(state, HourlyAqi)
        return state

    parts = [board(*(n for n, g in zip(STATIONS, groups, strict=True) if g == part)).tally(CITY) for part in range(3)]
    whole = board(*STATIONS).tally(CITY)
    assert parts[0].merged(parts[1]).merged(parts[2]) == whole
    assert parts[2].merged(parts[0].merged(parts[1])) == whole
