"""The daily index and its primary pollutants: which day, who takes part, what it says, and why."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.citytime import JINAN, Place
from domain.device import AssetState, Device
from domain.measure import Measure
from domain.reading import Reading
from domain.register import Register
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City, recompute
from rules.standards.hj633 import Pollutant, hourly
from rules.standards.hj633_editions import Edition
from tests.support.air import CLEAN_AIR, air, day_of_air, published, station
from tests.support.rules import NO_PLAN, local, register, version

DAY = local("2026-02-20T00:00")
NEXT = local("2026-02-21T00:00")
NOON = local("2026-02-21T12:00")
FOUR = tuple(station(f"a{n}") for n in range(1, 5))
A1 = Scope(ScopeKind.STATION, "a1")


def _city(stations: Register, readings: list[Reading], place: Place = JINAN) -> City:
    city = City(stations, NO_PLAN, place)
    city.advance(NOON)
    for reading in readings:
        city.apply(reading)
    return city


def _measure(
    stations: tuple[Device, ...], readings: list[Reading], scope: Scope = CITY, name: str = "aqi_daily"
) -> Measure:
    return _city(register(*stations), readings).measure(name, scope, NOON)


def test_a_station_says_everything_about_its_last_closed_day() -> None:
    said = CLEAN_AIR | {"pm25": 75.5, "co": 2.25}
    found = _measure(FOUR, [*day_of_air("a1", DAY, said), *day_of_air("a1", NEXT, hours=range(1, 13))], A1)
    assert (found.value, found.unit, found.numerator, found.denominator, found.unknown) == (102, "1", 1, 1, 0)
    assert (found.coverage, found.official, found.verdict_allowed, found.span) == (1, True, False, None)
    assert found.reason == "an index is no share of the stations that took part; targets count days"
    assert found.covers is not None
    assert (found.covers.first, found.covers.last) == (DAY, NEXT)
    assert (found.detail["day"], found.detail["edition"]) == ("2026-02-20", "HJ 633-2012")
    assert found.detail["iaqi"] == {"so2": 5, "no2": 25, "co": 55, "o3": 30, "pm10": 40, "pm25": 102}
    assert found.detail["primary_pollutants"] == ["PM2.5"]
    assert found.detail["grade"]["category"] == "轻度污染"
    assert found.detail["concentrations"]["pm25_24h"] == {"value": 76.0, "unit": "ug/m3", "stations": 1}
    assert found.detail["concentrations"]["co_24h"] == {"value": 2.2, "unit": "mg/m3", "stations": 1}
    running = found.detail["day_running"]
    assert (running["day"], running["provisional"], running["aqi"]) == ("2026-02-21", True, None)
    assert running["reason"] == "no station has a valid daily value"


def test_the_hour_that_ends_at_midnight_belongs_to_the_day_before() -> None:
    only = {"pm10": 40.0}
    few = day_of_air("a1", DAY, only, hours=range(5, 24))
    assert _measure(FOUR, few, A1).value is None
    assert _measure(FOUR, [*few, air("a1", DAY, only)], A1).value is None
    assert _measure(FOUR, [*few, air("a1", NEXT, only)], A1).value == 40


def test_the_running_day_is_provisional_and_closes_at_midnight() -> None:
    city = _city(register(FOUR[0]), [])
    late = local("2026-02-21T23:59")
    for reading in day_of_air("a1", NEXT, CLEAN_AIR | {"pm10": 100.0}):
        city.apply(reading)
    before = city.measure("aqi_daily", A1, late)
    assert (before.value, before.detail["day_running"]["aqi"]) == (None, 75)
    city.take_dirty()
    after = city.measure("aqi_daily", A1, NEXT + timedelta(days=1))
    assert (after.value, after.detail["day"], after.detail["day_running"]["aqi"]) == (75, "2026-02-21", None)
    assert {("aqi_daily", A1), ("aqi_daily", CITY), ("good_air_days", CITY)} <= city.take_dirty()


def test_the_city_is_the_mean_of_its_stations_daily_values_without_the_background() -> None:
    remote = station("a9", background=True)
    readings = [r for n in range(1, 5) for r in day_of_air(f"a{n}", DAY, CLEAN_AIR | {"pm25": 35.0 + n})]
    found = _measure((*FOUR, remote), [*readings, *day_of_air("a9", DAY, CLEAN_AIR | {"pm25": 400.0})])
    assert (found.value, found.numerator, found.denominator) == (54, 4, 4)  # 37.5 is rounded to 38
    assert found.detail["not_counted"] == [{"station": "a9", "reason": "background"}]
    own = _measure((remote,), day_of_air("a9", DAY), Scope(ScopeKind.STATION, "a9"))
    assert own.value == 40


def test_three_quarters_of_the_stations_make_a_city() -> None:
    readings = [r for n in range(1, 4) for r in day_of_air(f"a{n}", DAY)]
    found = _measure(FOUR, readings)
    assert (found.value, found.numerator, found.unknown, found.coverage) == (40, 3, 1, 0.75)
    assert found.detail["not_counted"] == [{"station": "a4", "reason": "silent"}]
    found = _measure(FOUR, readings[:48])
    assert (found.value, found.numerator, found.unknown, found.official) == (None, 2, 2, False)
    assert found.reason == "fewer than 75 % of the stations have valid daily values"


def test_a_day_with_too_few_valid_hours_says_how_many() -> None:
    few = [*day_of_air("a1", DAY, {"pm25": 20.0}, range(1, 13)), air("a1", NEXT, faults=["calibration"])]
    city = _city(register(FOUR[0]), few)
    found = city.explain("aqi_daily", CITY, NOON)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("a1", False, "no_valid_daily_value: 12 valid hours at most")
    ]
    assert found.inputs[0].says["valid_hours"]["pm25"] == 12
    assert found.inputs[0].says["invalid_hours"] == {"calibration": 1}
    assert found.steps[-1].result == "no station has a valid daily value"


def test_the_steps_lead_from_the_stations_to_the_index() -> None:
    readings = [r for n in range(1, 5) for r in day_of_air(f"a{n}", DAY, CLEAN_AIR | {"pm25": 75.5})]
    found = _city(register(*FOUR), readings).explain("aqi_daily", CITY, NOON)
    assert [(i.used, i.says["daily_values"]["pm25_24h"]) for i in found.inputs] == [(True, 75.5)] * 4
    results = {step.text: step.result for step in found.steps}
    assert results["daily value pm25_24h: mean over the 4 of 4 stations with enough hours"] == "76 ug/m3"
    assert results["individual index (IAQI) of PM2.5, rounded up"] == "102"
    assert results["index = the greatest IAQI"] == "102"
    assert results["primary pollutants"] == "PM2.5"
    assert found.steps[0].clause == "GB 3095 table 4; HJ 663"


def test_a_day_that_fewer_stations_know_says_so_in_the_steps() -> None:
    found = _city(register(*FOUR), day_of_air("a1", DAY)).explain("aqi_daily", CITY, NOON)
    results = {step.text: step.result for step in found.steps}
    text = "daily value pm10_24h: mean over the 1 of 4 stations with enough hours"
    assert results[text] == "fewer than 75 % of the stations"
    assert results["index"] == "fewer than 75 % of the stations have valid daily values"


def test_the_edition_follows_the_day() -> None:
    at = local("2026-03-01T00:00")
    city = City(register(FOUR[0]), NO_PLAN, JINAN)
    city.advance(at)
    for reading in (*day_of_air("a1", at - timedelta(days=1), CLEAN_AIR | {"pm25": 60.0}), *day_of_air("a1", at)):
        city.apply(reading)
    before = city.measure("aqi_daily", A1, at)
    assert (before.value, before.detail["edition"]) == (82, "HJ 633-2012")
    for reading in day_of_air("a1", at, CLEAN_AIR | {"pm25": 60.0}, range(1, 25)):
        city.apply(replace(reading, revision=1))
    after = city.measure("aqi_daily", A1, at + timedelta(days=1))
    assert (after.value, after.detail["edition"]) == (100, "HJ 633-2026")


def test_in_2026_an_incomplete_day_is_shown_only_above_100() -> None:
    without = {k: v for k, v in CLEAN_AIR.items() if k != "pm10"}
    now = local("2026-04-02T00:00")
    for pm25, value, reason in (
        (20.0, None, "HJ 633-2026: no AQI up to 100 while PM10 missing"),
        (61.0, 101, "an index is no share of the stations that took part; targets count days"),
    ):
        city = City(register(FOUR[0]), NO_PLAN, JINAN)
        city.advance(now)
        for reading in day_of_air("a1", local("2026-04-01T00:00"), without | {"pm25": pm25}):
            city.apply(reading)
        found = city.measure("aqi_daily", A1, now)
        assert (found.value, found.reason, found.detail["missing"]) == (value, reason, ["PM10"])


def test_the_daily_report_of_2012_also_knows_the_largest_hour_of_ozone() -> None:
    peak = [air("a1", DAY + timedelta(hours=n), CLEAN_AIR | {"o3": 250.0 if n == 15 else 60.0}) for n in range(1, 25)]
    found = _measure(FOUR, peak, A1)
    assert (found.value, found.detail["primary_pollutants"]) == (125, ["O3"])
    assert found.detail["concentrations"]["o3_1h"]["value"] == 250
    assert found.detail["concentrations"]["o3_8h"]["value"] == 84


def test_a_station_counts_as_the_register_knew_it_at_the_end_of_the_day() -> None:
    idle = replace(FOUR[0], state=AssetState.MAINTENANCE)
    noon = DAY + timedelta(hours=12)
    ends = _city(register(version(idle, end=noon), version(FOUR[0], start=noon)), day_of_air("a1", DAY))
    found = ends.measure("aqi_daily", A1, NOON)
    assert (found.value, found.denominator, found.numerator) == (None, 1, 0)  # twelve of its hours count
    goes = _city(register(version(FOUR[0], end=noon), version(idle, start=noon)), day_of_air("a1", DAY))
    found = goes.measure("aqi_daily", A1, NOON)
    assert (found.denominator, found.reason) == (0, "no station took part")
    assert found.detail["not_counted"] == [{"station": "a1", "reason": "maintenance"}]


def test_a_day_with_a_made_up_station_is_not_official() -> None:
    guessed = replace(FOUR[0], synthetic=True)
    found = _measure((guessed,), day_of_air("a1", DAY))
    assert (found.value, found.official, found.reason) == (40, False, "1 of the stations are made up")


def test_before_the_first_edition_there_is_no_index_and_that_is_said() -> None:
    now = local("2011-06-02T00:00")
    city = City(register(version(FOUR[0], start=now - timedelta(days=9))), NO_PLAN, JINAN)
    city.advance(now)
    for reading in day_of_air("a1", now - timedelta(days=1)):
        city.apply(reading)
    found = city.measure("aqi_daily", A1, now)
    assert (found.value, found.reason) == (None, "no edition of HJ 633 covers 2011-06-01")
    assert city.explain("aqi_daily", A1, now).steps[0].result == found.reason
    assert city.measure("good_air_days", A1, now).value == 0
    index = city.explain("air_composite_index", A1, now)
    assert (index.measure.value, len(index.steps)) == (None, 7)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29T00:00+01:00", 23), ("2026-10-25T00:00+02:00", 25), ("2026-06-01T00:00+02:00", 24)]
)
def test_a_day_of_23_or_25_hours_is_one_day(day: str, hours: int) -> None:
    start = local("2000-01-01T00:00").fromisoformat(day)
    city = City(register(FOUR[0]), NO_PLAN, Place("Europe/Berlin", 52.5, 13.4))
    end = start + timedelta(hours=hours)
    city.advance(end)
    for reading in day_of_air("a1", start, hours=range(1, hours + 1)):
        city.apply(reading)
    found = city.measure("aqi_daily", A1, end)
    assert (found.value, found.detail["day"]) == (40, day[:10])
    assert found.covers is not None
    assert found.covers.last - found.covers.first == timedelta(hours=hours)
    assert city.explain("aqi_daily", A1, end).inputs[0].says["valid_hours"]["pm25"] == hours
    assert (
        recompute(
            "aqi_daily",
            A1,
            end,
            day_of_air("a1", start, hours=range(1, hours + 1)),
            register(FOUR[0]),
            NO_PLAN,
            Place("Europe/Berlin", 52.5, 13.4),
        )
        == found
    )


def test_primary_pollutants_of_a_day_are_counted_and_named() -> None:
    tie = CLEAN_AIR | {"pm25": 75.0, "pm10": 150.0}
    found = _measure(FOUR, day_of_air("a1", DAY, tie), A1, "primary_pollutant")
    assert (found.value, found.detail["primary_pollutants"]) == (2, ["PM10", "PM2.5"])
    assert _measure(FOUR, day_of_air("a1", DAY), A1, "primary_pollutant").value == 0
    none = _measure(FOUR, [], A1, "primary_pollutant")
    assert (none.value, none.official) == (None, False)


def test_primary_pollutants_are_counted_by_the_days_of_the_month() -> None:
    city = _city(register(FOUR[0]), [])
    january = local("2026-01-01T00:00")
    for n in range(31):
        day = january + timedelta(days=n)
        said = CLEAN_AIR | ({"pm25": 75.0} if n < 5 else {"o3": 170.0} if n < 7 else {})
        for reading in day_of_air("a1", day, said) if n < 20 else ():
            city.apply(reading)
    found = city.measure("primary_pollutant", A1, NOON)
    expected = {"month": "2026-01", "by_pollutant": {"O3": 2, "PM2.5": 5}, "none": 13, "unknown": 11}
    assert found.detail["days_month_closed"] == expected
    to_date = {"month": "2026-02", "by_pollutant": {}, "none": 0, "unknown": 20}
    assert found.detail["days_month_to_date"] == to_date
    last = city.explain("primary_pollutant", A1, NOON).steps[-1]
    assert (last.text, last.result) == ("days of 2026-01 by primary pollutant", "O3 2, PM2.5 5")


@pytest.mark.shared
def test_published_station_hours_held_for_a_whole_day_give_the_index_of_their_means(shared_data: Path) -> None:
    rows = [r for r in published(shared_data, "national_20180220T07.csv") if r.cells["city"].startswith("济南")]
    day = local("2018-02-20T00:00")
    city = City(register(*(version(station(r.cells["station_code"]), start=day) for r in rows)), NO_PLAN, JINAN)
    end = day + timedelta(days=1)
    city.advance(end)
    for row in rows:
        said = {p.value: float(v) for p, v in row.values.items()}
        for reading in day_of_air(row.cells["station_code"], day, said):
            city.apply(reading)
    for row in rows:
        found = city.measure("aqi_daily", Scope(ScopeKind.STATION, row.cells["station_code"]), end)
        # with particles on top, the hourly and the daily index of the same values are the same
        assert found.value == row.aqi == hourly(row.values, Edition.Y2012).value
        assert set(found.detail["primary_pollutants"]) == row.primary
        assert found.detail["iaqi"]["pm25"] == hourly(row.values, Edition.Y2012).iaqi[Pollutant.PM25]
