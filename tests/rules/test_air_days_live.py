"""Days of air, live ≡ sorted replay: delay, any order, duplicates, gaps, restarts, a register changed in retrospect."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN, Place
from domain.device import AssetState, Device
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope, ScopeKind
from rules.air.day_board import DayBoard
from rules.air.day_tally import DayTally
from rules.live import City, at_instant
from tests.support.air import air, forecast, forecaster, notice, notice_board, station
from tests.support.rules import NO_PLAN, local, register, version

PARTED = ("aqi_daily", "primary_pollutant", "good_air_days", "air_period_mean", "air_composite_index")
NAMES = (*PARTED, "air_warning", "air_baseline")
STATIONS: Mapping[str, Device] = {
    "a1": station("a1"),
    "a2": station("a2"),
    "a3": station("a3"),
    "a4": station("a4", background=True),
}
OTHERS = (forecaster("f1"), forecaster("f2", official=False), notice_board("n1"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = Place("Europe/Berlin", 52.5, 13.4)


def _readings(random: Random, first: str, days: int) -> list[Reading]:
    """Hourly readings with gaps, faults, clocks that are off, corrections and stray instants."""
    start, found = local(f"{first}T00:00"), []
    for name in STATIONS:
        lost = random.choice([0.0, 0.05, 0.3])
        for n in range(24 * days):
            if random.random() < lost:
                continue
            off = random.choice([0] * 20 + [40, -119, 121])
            values = {
                "pm25": float(random.randrange(20, 90)),
                "pm10": 60.5,
                "so2": 5.0,
                "no2": 40.0,
                "co": 0.75,
                "o3": random.choice([90.0, 170.25]),
            }
            faults = ("calibration",) if random.random() < 0.02 else ()
            at = start + n * HOUR + timedelta(seconds=off)
            found.append(air(name, at, values, faults))
            if random.random() < 0.03:
                found.append(air(name, at, values | {"pm25": 200.0}, revision=random.choice([1, 2])))
    for n in range(0, 24 * days, 6):
        at = start + n * HOUR + timedelta(minutes=random.randrange(60))
        said = [random.choice([None, 60, 160, 210, 310]) for _ in range(random.choice([2, 4, 8]))]
        found.append(forecast(random.choice(["f1", "f1", "f2"]), at, said, random.choice([None, "PM2.5", "O3"])))
        if random.random() < 0.2:
            found.append(forecast("f1", at, [310] * 3, revision=1))
        if random.random() < 0.2:
            found.append(notice("n1", at, random.randrange(4)))
    return found


def _assert_as_replayed(city: City, readings: list[Reading], world: Register, place: Place) -> None:
    now = city.now
    assert now is not None
    in_order = sorted(readings, key=lambda r: (r.at, r.revision))
    for name in NAMES:
        fresh = at_instant(name, now, in_order, world, NO_PLAN, place)
        assert list(fresh.scopes(name)) == list(city.scopes(name))
        for scope in city.scopes(name):
            assert city.measure(name, scope, now) == fresh.measure(name, scope, now)
            assert city.explain(name, scope, now) == fresh.explain(name, scope, now)


@settings(deadline=None, max_examples=12)
@given(
    st.integers(0, 2**32),
    st.integers(0, 3),
    # the change of edition; the turn of the year; both changes of clocks in Berlin
    st.sampled_from([("2026-02-26", JINAN), ("2025-12-29", JINAN), ("2026-03-27", BERLIN), ("2026-10-23", BERLIN)]),
)
def test_days_end_equal_however_the_hours_came(seed: int, restarts: int, when: tuple[str, Place]) -> None:
    first, place = when
    random = Random(seed)
    readings = _readings(random, first, 5)
    arriving = readings + random.sample(readings, 40)
    arriving.sort(key=lambda r: r.at + random.choice([0, 0, 0, 1, 30, 60]) * HOUR)
    half = local(f"{first}T00:00") + 2 * DAY + 7 * HOUR
    idle = replace(STATIONS["a1"], state=AssetState.MAINTENANCE)
    moved = replace(STATIONS["a2"], attributes={**STATIONS["a2"].attributes, "background": True})
    others = OTHERS if random.random() < 0.5 else OTHERS[:2]
    before = register(*STATIONS.values(), *others)
    after = register(
        *(version(idle, end=half), version(STATIONS["a1"], start=half)),
        *(version(STATIONS["a2"], end=half), version(moved, start=half)),
        *(STATIONS["a3"], version(STATIONS["a4"], end=half + DAY)),
        *(OTHERS[0], forecaster("f2"), *others[2:]),
        number=2,
    )
    world, city = before, City(before, NO_PLAN, place)
    restart_at = {random.randrange(len(arriving)) for _ in range(restarts)}
    for n, reading in enumerate(arriving):
        if n % 15 == 0:
            city.advance(reading.at)
        if n in restart_at:
            city = City.load(json.loads(json.dumps(city.dump())), world, NO_PLAN, place)
        if n == len(arriving) // 2:
            world = after
            city.set_world(world, NO_PLAN, reading.at)
        if n % 50 == 0 and city.now is not None:  # what was asked on the way leaves no trace
            city.measure("good_air_days", CITY, city.now)
        city.apply(reading)
    city.advance(local(f"{first}T00:00") + random.choice([5 * DAY, 5 * DAY + HOUR, 7 * DAY]))
    _assert_as_replayed(city, readings, world, place)


def test_what_is_older_than_last_year_is_let_go_and_comes_too_late() -> None:
    city = City(register(STATIONS["a1"]), NO_PLAN, JINAN)
    city.advance(local("2026-12-31T12:00"))
    old, kept = local("2025-06-01T01:00"), local("2026-06-01T01:00")
    for at in (old, kept):
        city.apply(air("a1", at))
    assert len(city.dump()["states"]["air_baseline"]["a1"]) == 2
    city.advance(local("2027-01-01T00:00"))
    city.apply(air("a1", old + HOUR))
    assert list(city.dump()["states"]["air_baseline"]["a1"]) == ["2026-06-01"]
    assert list(City.load(city.dump(), register(STATIONS["a1"]), NO_PLAN, JINAN).dump()["states"]) == list(
        city.dump()["states"]
    )


def test_a_snapshot_of_a_program_in_which_another_indicator_kept_the_days_is_taken_over() -> None:
    now = local("2026-04-02T00:00")
    city = City(register(STATIONS["a1"]), NO_PLAN, JINAN)
    city.advance(now)
    for n in range(1, 25):
        city.apply(air("a1", local("2026-04-01T00:00") + n * HOUR))
    dump = city.dump()
    dump["states"]["aqi_daily"] = dump["states"].pop("air_baseline")
    again = City.load(dump, register(STATIONS["a1"]), NO_PLAN, JINAN)
    assert again.measure("aqi_daily", CITY, now) == city.measure("aqi_daily", CITY, now)
    assert again.measure("aqi_daily", CITY, now).value == 40


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_day_tallies_of_disjoint_stations_merge_to_that_of_the_whole_in_any_grouping(
    seed: int, groups: list[int]
) -> None:
    readings = _readings(Random(seed), "2026-02-27", 2)
    day = local("2026-02-27T12:00").date()

    def tally(*names: str) -> DayTally:
        city = City(register(*(STATIONS[n] for n in names)), NO_PLAN, JINAN)
        city.advance(local("2026-03-01T00:00"))
        for reading in readings:
            city.apply(reading)
        state = city._states["aqi_daily"]
        assert isinstance(state, DayBoard)
        return state.years.tally(CITY, day)

    parts = [tally(*(n for n, g in zip(STATIONS, groups, strict=True) if g == part)) for part in range(3)]
    whole = tally(*STATIONS)
    assert reduce(DayTally.merged, parts) == whole
    assert parts[2].merged(parts[0].merged(parts[1])) == whole
    assert DayTally.load(json.loads(json.dumps(whole.dump()))) == whole


@pytest.mark.parametrize("name", PARTED)
def test_silence_of_every_station_is_unknown_and_never_a_value(name: str) -> None:
    city = City(register(*STATIONS.values()), NO_PLAN, JINAN)
    now = local("2026-04-02T00:00")
    found = city.measure(name, CITY, now)
    assert found.unknown == found.denominator > 0
    assert found.numerator == 0
    assert not found.value
    assert found.covers is not None
    own = city.measure(name, Scope(ScopeKind.STATION, "a4"), now)
    assert (own.unknown, own.coverage) == (own.denominator, 0)
