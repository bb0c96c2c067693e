"""Sections, live ≡ sorted replay: delay, any order, duplicates, gaps, restarts, a register changed in retrospect."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.citytime import JINAN, Place
from domain.device import AssetState
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY
from rules.indicators.river_status import RiverStatusBoard
from rules.indicators.section_compliance import SectionCompliance
from rules.indicators.section_period_compliance import SectionPeriodCompliance
from rules.indicators.water_source_compliance import WaterSourceCompliance
from rules.live import City, at_instant
from rules.water.tally import SectionTally
from tests.support.rules import CLEAN, FOUL, NO_PLAN, laboratory, local, register, sampled, section, version, water

NAMES = (
    *("section_class", "section_compliance", "section_period_class", "section_period_compliance"),
    *("section_stable_compliance", "river_status", "water_source_compliance"),
)
SECTIONS = {
    "s1": section("s1", basin="黄河流域"),
    "s2": section("s2", target_class=2, districts="370102 370103", water_source="玉清湖", protection_zone="first"),
    "s3": section("s3", body_type="lake", river="大明湖", basin="黄河流域", water_source="锦绣川"),
}
LABS = {"lab1": laboratory("lab1"), "lab3": laboratory("lab3", of="s3")}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = Place("Europe/Berlin", 52.5, 13.4)
TABLE_2 = {"sulfate": 200.0, "chloride": 90.0, "nitrate_n": 3.0, "iron": 0.1, "manganese": 0.05}


def _readings(random: Random, first: str, days: int) -> list[Reading]:
    """Four-hourly readings and laboratory samples with gaps, faults and corrections."""
    start, found = local(f"{first}T00:00"), []
    for name in SECTIONS:
        lost = random.choice([0.0, 0.1, 0.5])
        for n in range(6 * days):
            if random.random() < lost:
                continue
            at = start + 4 * n * HOUR
            values = {**random.choice([CLEAN, CLEAN, FOUL]), "nh3n": round(random.uniform(0.1, 1.6), 3)}
            faults = ["maintenance"] if random.random() < 0.02 else []
            found.append(water(name, at, values, faults))
            if random.random() < 0.03:
                found.append(water(name, at, CLEAN, revision=1))
    for name in LABS:
        for n in range(0, days, 13):
            at = start + n * DAY + 10 * HOUR
            values = {**CLEAN, **TABLE_2, "cod": random.choice([12.0, 35.0]), "sulfate": random.choice([100.0, 260.0])}
            found.append(sampled(at, values, name, random.choice([(), (), ("invalid",)])))
            if random.random() < 0.3:
                found.append(sampled(at, {**values, "cod": 18.0}, name, revision=1))
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


@settings(deadline=None, max_examples=8)
@given(
    st.integers(0, 2**32),
    st.integers(0, 3),
    # a quarter's end; the turn of the year; both changes of clocks in Berlin
    st.sampled_from([("2026-09-20", JINAN), ("2025-12-10", JINAN), ("2026-03-20", BERLIN), ("2026-10-10", BERLIN)]),
)
def test_sections_end_equal_however_the_samples_came(seed: int, restarts: int, when: tuple[str, Place]) -> None:
    first, place = when
    random = Random(seed)
    start = local(f"{first}T00:00")
    readings = _readings(random, first, 40)
    arriving = readings + random.sample(readings, 60)
    arriving.sort(key=lambda r: r.at + random.choice([0, 0, 0, 1, 30, 700]) * HOUR)
    half = start + 7 * DAY + 5 * HOUR
    idle = replace(SECTIONS["s1"], state=AssetState.MAINTENANCE)
    elsewhere = replace(LABS["lab3"], attributes={"section": "s2"})
    before = register(*SECTIONS.values(), *LABS.values())
    after = register(
        *(version(idle, end=half), version(SECTIONS["s1"], start=half)),
        *(SECTIONS["s2"], version(SECTIONS["s3"], end=start + 36 * DAY), LABS["lab1"]),
        *(version(elsewhere, end=half), version(LABS["lab3"], start=half)),
        number=2,
    )
    world, city = before, City(before, NO_PLAN, place)
    restart_at = {random.randrange(len(arriving)) for _ in range(restarts)}
    for n, reading in enumerate(arriving):
        if n % 40 == 0:
            city.advance(reading.at)
        if n in restart_at:
            city = City.load(json.loads(json.dumps(city.dump())), world, NO_PLAN, place)
        if n == len(arriving) // 2:
            world = after
            city.set_world(world, NO_PLAN, reading.at)
        if n % 100 == 0 and city.now is not None:  # what was asked on the way leaves no trace
            city.measure("section_period_compliance", CITY, city.now)
        city.apply(reading)
    city.advance(start + random.choice([40 * DAY, 40 * DAY + HOUR, 52 * DAY]))
    _assert_as_replayed(city, readings, world, place)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_tallies_of_disjoint_sections_merge_to_that_of_the_whole_in_any_grouping(seed: int, groups: list[int]) -> None:
    readings = _readings(Random(seed), "2026-09-01", 31)

    def tallies(*names: str) -> list[SectionTally]:
        city = City(register(*(SECTIONS[n] for n in names), *LABS.values()), NO_PLAN, JINAN)
        city.advance(local("2026-10-02T00:00"))
        for reading in readings:
            city.apply(reading)
        boards = SectionCompliance | SectionPeriodCompliance | RiverStatusBoard | WaterSourceCompliance
        return [state.tally(CITY) for state in city._states.values() if isinstance(state, boards)]

    parts = [tallies(*(n for n, g in zip(SECTIONS, groups, strict=True) if g == part)) for part in range(3)]
    whole = tallies(*SECTIONS)
    assert len(whole) == 4
    for n, expected in enumerate(whole):
        assert len(expected.rows) == (2 if n == 3 else 3)
        assert reduce(SectionTally.merged, [part[n] for part in parts]) == expected
        assert parts[2][n].merged(parts[0][n].merged(parts[1][n])) == expected
        assert SectionTally.load(json.loads(json.dumps(expected.dump()))) == expected


@pytest.mark.parametrize("name", NAMES)
def test_silence_of_every_section_is_unknown_and_never_a_value(name: str) -> None:
    city = City(register(*SECTIONS.values()), NO_PLAN, JINAN)
    now = local("2026-04-02T00:00")
    city.advance(now)
    assert city.scopes(name)
    for scope in city.scopes(name):
        found = city.measure(name, scope, now)
        assert found.unknown == found.denominator > 0
        assert (found.numerator, found.coverage) == (0, 0)
        assert not found.value
        assert city.explain(name, scope, now).measure == found


@pytest.mark.parametrize(("days", "hours"), [(("2026-10-25", "2026-10-26"), 25), (("2026-03-29", "2026-03-30"), 23)])
def test_a_day_of_25_or_23_hours_is_one_day_of_its_zone(days: tuple[str, str], hours: int) -> None:
    device = section("s1")
    city = City(register(device), NO_PLAN, BERLIN)
    tz = BERLIN.tz
    begin, end = (local(f"{day}T12:00").astimezone(tz).replace(hour=0) for day in days)
    start = begin.astimezone(JINAN.tz)
    city.advance(end)
    for n in range(hours):
        at = start + n * HOUR
        city.apply(water("s1", at, {**CLEAN, "nh3n": 1.9 if n >= hours - 4 else 0.1}))
    city.apply(water("s1", start - timedelta.resolution, FOUL))
    now = city.now
    assert now is not None
    found = city.measure("section_class", city.scopes("section_class")[0], now).detail["day_closed"]
    assert found["values"]["nh3n"] == pytest.approx((4 * 1.9 + (hours - 4) * 0.1) / hours, abs=0.005)
    assert found["closed"] is True
