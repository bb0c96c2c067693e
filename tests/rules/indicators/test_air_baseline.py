"""Two plain forecasts and how they turned out."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.scope import CITY
from rules.air.baseline import FEWEST, WINDOW, Climatology, HourSums, Profile, Skill, index_of, skill, sums_of
from rules.air.day_hours import Hour
from rules.live import City
from tests.support.air import CLEAN_AIR, air, station
from tests.support.rules import NO_PLAN, local, register

TODAY = local("2026-12-10T00:00")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = TODAY + 12 * HOUR


def test_skill_counts_pairs_that_have_both() -> None:
    assert skill([(100, 90), (None, 50), (60, None), (120, 150), (40, 60)]) == Skill(3, 20, 0.6667)
    assert skill([(50, 51)]) == Skill(1, 1, 0)
    assert skill([(None, 1)]) == Skill(0, None, None)


def test_a_profile_is_the_mean_of_three_quarters_of_the_stations() -> None:
    one, two = Hour((1.0, None, None, None, None, 20.0), ""), Hour((2.0, 4.0, None, None, None, 21.0), "")
    stations = [{1: one, 2: one}, {1: two}, {1: one, 2: two}, {25: one}]
    assert sums_of(stations).profile(len(stations)) == {1: (1.333, None, None, None, None, 20.333)}
    assert sums_of([]).profile(0) == {}


ROW = st.tuples(*[st.none() | st.integers(0, 90_000).map(lambda n: n / 1000)] * 6)


@given(st.lists(st.dictionaries(st.integers(1, 24), ROW), max_size=WINDOW + 12))
def test_a_climatology_is_the_mean_of_the_last_days(days: list[Profile]) -> None:
    climate = Climatology()
    for day in days:
        climate.put(day)
    window = days[-WINDOW:]
    for number, hour in climate.hours().items():
        for n in range(6):
            values = [v for day in window if number in day and (v := day[number][n]) is not None]
            expected = sum(values) / len(values) if len(values) >= FEWEST else None
            assert hour.values[n] == (None if expected is None else pytest.approx(expected, abs=0.00051))


@given(st.lists(st.dictionaries(st.integers(1, 24), ROW.map(lambda row: Hour(row, ""))), max_size=6), st.integers(0, 6))
def test_sums_of_hours_merge_over_stations_and_travel_as_json(stations: list[dict[int, Hour]], cut: int) -> None:
    whole, one, other = sums_of(stations), sums_of(stations[:cut]), sums_of(stations[cut:])
    assert one.merged(other) == other.merged(one) == whole
    assert HourSums.load(json.loads(json.dumps(whole.dump()))) == whole
    assert whole.profile(len(stations)) == one.merged(other).profile(len(stations))


def test_the_index_of_mean_hours_is_that_of_a_day() -> None:
    hours = {n: Hour((5.0, 20.0, 0.4, 60.0, 40.0, 60.0), "") for n in range(1, 25)}
    assert index_of(hours, local("2026-02-01T12:00").date()) == 82
    assert index_of(hours, local("2026-12-01T12:00").date()) == 100
    assert index_of(hours, local("2011-12-01T12:00").date()) is None
    assert index_of({}, local("2026-12-01T12:00").date()) is None


def _city(days: int) -> City:
    """Even days are clean (40), odd ones foul (PM2.5 of 80: 121), counted back from yesterday (1)."""
    city = City(register(station("a1")), NO_PLAN, JINAN)
    city.advance(NOON)
    for n in range(1, days + 1):
        for hour in range(1, 25):
            values = CLEAN_AIR | ({"pm25": 80.0} if n % 2 else {})
            city.apply(air("a1", TODAY - n * DAY + hour * HOUR, values))
    return city


def test_persistence_says_yesterday_and_the_climatology_the_mean_of_its_hours() -> None:
    found = _city(95).measure("air_baseline", CITY, NOON)
    assert (found.value, found.official, found.verdict_allowed) == (119, False, False)
    assert found.reason == "a baseline, no forecast: it shows what a forecast must beat and never proposes a warning"
    assert (found.numerator, found.denominator, found.unknown) == (60, 60, 0)
    persistence, climate = found.detail["persistence"], found.detail["climatology"]
    assert found.detail["baseline"] is True
    assert [day["day"] for day in persistence["days"]] == ["2026-12-10", "2026-12-11", "2026-12-12", "2026-12-13"]
    assert {day["aqi"] for day in persistence["days"]} == {119}
    assert persistence["skill"] == {"days": 60, "mean_absolute_error": 79, "level_hit_rate": 0}
    assert climate["days"][0] == {"day": "2026-12-10", "aqi": 80, "level": "良"}
    assert climate["hours"]["pm25"] == [50.0] * 24
    assert climate["skill"]["mean_absolute_error"] == pytest.approx((39 + 40) / 2)
    assert found.covers is not None
    assert (found.covers.first, found.covers.last) == (TODAY, TODAY + 4 * DAY)


def test_with_little_or_nothing_known_little_or_nothing_is_said() -> None:
    nothing = _city(0).measure("air_baseline", CITY, NOON)
    assert (nothing.value, nothing.numerator, nothing.unknown, nothing.coverage) == (None, 0, 60, 0)
    assert nothing.detail["climatology"]["skill"]["mean_absolute_error"] is None
    few = _city(FEWEST - 1)
    assert few.measure("air_baseline", CITY, NOON).detail["climatology"]["days"][0]["aqi"] is None
    assert few.measure("air_baseline", CITY, NOON).value == 119
    enough = _city(FEWEST).measure("air_baseline", CITY, NOON)
    assert enough.detail["climatology"]["days"][0]["aqi"] == 80
    assert enough.detail["persistence"]["skill"]["days"] == FEWEST - 1


def test_the_skill_is_explained_with_its_days() -> None:
    found = _city(3).explain("air_baseline", CITY, NOON)
    assert len(found.inputs) == 60
    assert [(i.device, i.used, i.why) for i in found.inputs[-4:]] == [
        ("2026-12-06", False, "no index"),
        ("2026-12-07", True, ""),
        ("2026-12-08", True, ""),
        ("2026-12-09", True, ""),
    ]
    results = {step.text: step.result for step in found.steps}
    assert results["persistence: mean of |said - observed| over 2 days"] == "79.0"
    assert results["climatology: share of days whose level was right"] == "None"
