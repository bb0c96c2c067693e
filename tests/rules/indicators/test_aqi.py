"""The hourly index of stations and of the city: which hour, who takes part, what it says."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.measure import Measure
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from tests.support.air import CLEAN_AIR, air, published, station
from tests.support.rules import NO_PLAN, local, register, version

LABEL = local("2026-02-20T10:00")
NOW = LABEL + timedelta(minutes=10)
HOUR = timedelta(hours=1)
FOUR = tuple(station(f"a{n}") for n in range(1, 5))
A1 = Scope(ScopeKind.STATION, "a1")


def _city(stations: tuple[Device, ...], readings: list[Reading], now: datetime = NOW) -> City:
    city = City(register(*stations), NO_PLAN, JINAN)
    city.advance(now)
    for reading in readings:
        city.apply(reading)
    return city


def _measure(
    stations: tuple[Device, ...], readings: list[Reading], scope: Scope = CITY, now: datetime = NOW
) -> Measure:
    return _city(stations, readings, now).measure("aqi", scope, now)


def test_a_station_says_everything_about_its_hour() -> None:
    found = _measure(FOUR, [air("a1", LABEL, CLEAN_AIR | {"pm25": 75.5, "co": 2.25})], A1)
    assert (found.value, found.unit, found.numerator, found.denominator, found.unknown) == (102, "1", 1, 1, 0)
    assert (found.coverage, found.official) == (1, True)
    assert found.span is not None
    assert found.span.first == found.span.last == LABEL
    assert found.detail["hour_ending"] == "2026-02-20T02:00:00+00:00"
    assert found.detail["edition"] == "HJ 633-2012"
    assert found.detail["iaqi"] == {"so2": 2, "no2": 10, "co": 22, "o3": 19, "pm10": 40, "pm25": 102}
    assert found.detail["primary_pollutants"] == ["PM2.5"]
    assert found.detail["grade"] == {
        "level": "三级",
        "category": "轻度污染",
        "category_en": "lightly polluted",
        "colour": "橙",
        "colour_en": "orange",
        "rgb": [255, 126, 0],
    }
    assert found.detail["concentrations"]["pm25"] == {"value": 76.0, "unit": "ug/m3", "stations": 1}
    assert found.detail["concentrations"]["co"] == {"value": 2.2, "unit": "mg/m3", "stations": 1}


def test_the_city_is_judged_by_the_means_of_its_stations_without_the_background() -> None:
    remote = station("a9", background=True)
    readings = [air(f"a{n}", LABEL, CLEAN_AIR | {"pm25": 35.0 + n}) for n in range(1, 5)]
    found = _measure((*FOUR, remote), [*readings, air("a9", LABEL, CLEAN_AIR | {"pm25": 400.0})])
    assert (found.value, found.numerator, found.denominator, found.unknown) == (54, 4, 4, 0)  # 37.5 is rounded to 38
    assert found.detail["concentrations"]["pm25"] == {"value": 38.0, "unit": "ug/m3", "stations": 4}
    assert found.detail["excluded"] == [{"station": "a9", "reason": "background"}]


def test_a_background_station_has_an_index_of_its_own() -> None:
    remote = station("a9", background=True)
    assert _measure((remote,), [air("a9", LABEL)], Scope(ScopeKind.STATION, "a9")).value == 40
    of_city = _measure((remote,), [air("a9", LABEL)])
    assert (of_city.value, of_city.denominator, of_city.coverage) == (None, 0, None)
    assert of_city.reason == "no station takes part"


def test_the_newest_hour_that_three_quarters_of_the_stations_have_is_shown() -> None:
    before = [air(f"a{n}", LABEL - HOUR, CLEAN_AIR | {"pm10": 100.0}) for n in range(1, 5)]
    found = _measure(FOUR, [*before, air("a1", LABEL), air("a2", LABEL)])
    assert (found.value, found.detail["hour_ending"]) == (75, "2026-02-20T01:00:00+00:00")
    found = _measure(FOUR, [*before, air("a1", LABEL), air("a2", LABEL), air("a3", LABEL)])
    assert (found.value, found.detail["hour_ending"]) == (40, "2026-02-20T02:00:00+00:00")
    assert (found.numerator, found.unknown, found.coverage) == (3, 1, 0.75)
    assert found.detail["silent_stations"] == [{"station": "a4", "reason": "silent"}]


def test_with_fewer_stations_there_is_no_value_but_the_newest_hour_is_told() -> None:
    found = _measure(FOUR, [air("a1", LABEL), air("a2", LABEL - HOUR), air("a3", LABEL, faults=["maintenance"])])
    assert (found.value, found.numerator, found.unknown, found.official) == (None, 1, 3, False)
    assert found.reason == "fewer than 75 % of the stations have valid values"
    assert found.detail["silent_stations"] == [
        {"station": "a2", "reason": "silent"},
        {"station": "a3", "reason": "maintenance"},
        {"station": "a4", "reason": "silent"},
    ]
    assert found.detail["concentrations"]["pm25"] == {"value": None, "unit": "ug/m3", "stations": 1}


def test_silence_is_unknown() -> None:
    found = _measure(FOUR, [])
    assert (found.value, found.numerator, found.denominator, found.unknown, found.coverage) == (None, 0, 4, 4, 0)
    assert (found.reason, found.span) == ("no station has a fresh valid hour", None)
    assert found.detail["hour_ending"] is None


def test_an_hour_is_fresh_for_two_hours_and_a_half() -> None:
    city = _city(FOUR, [air("a1", LABEL)])
    city.take_dirty()
    last = LABEL + timedelta(hours=2, minutes=30)
    assert city.measure("aqi", A1, last).value == 40
    assert not [name for name, _ in city.take_dirty() if name == "aqi"]
    assert city.measure("aqi", A1, last + timedelta.resolution).value is None
    assert city.take_dirty() == {("aqi", A1), ("aqi", CITY)}


def test_a_pollutant_needs_three_quarters_of_the_stations_for_itself() -> None:
    without = {k: v for k, v in CLEAN_AIR.items() if k != "pm10"}
    readings = [air(f"a{n}", LABEL, CLEAN_AIR if n < 3 else without) for n in range(1, 5)]
    found = _measure(FOUR, readings)
    assert (found.value, found.detail["missing"], found.detail["iaqi"]["pm25"]) == (29, ["PM10"], 29)


def test_in_2026_an_incomplete_index_is_shown_only_above_100() -> None:
    label = local("2026-03-01T01:00")
    without = {k: v for k, v in CLEAN_AIR.items() if k != "pm10"}
    found = _measure((FOUR[0],), [air("a1", label, without)], now=label)
    assert (found.value, found.detail["edition"], found.detail["grade"]) == (None, "HJ 633-2026", None)
    assert found.reason == "HJ 633-2026: no AQI up to 100 while PM10 missing"
    assert found.detail["iaqi"]["pm25"] == 29
    assert _measure((FOUR[0],), [air("a1", label, without | {"pm25": 61.0})], now=label).value == 101


@pytest.mark.parametrize(("label", "value"), [("2026-03-01T00:00", 82), ("2026-03-01T01:00", 100)])
def test_the_edition_follows_the_label_of_the_hour(label: str, value: int) -> None:
    at = local(label)
    assert _measure((FOUR[0],), [air("a1", at, CLEAN_AIR | {"pm25": 60.0})], now=at).value == value


def test_a_fault_or_no_value_leaves_the_station_unknown() -> None:
    for reading, why in (
        (air("a1", LABEL, faults=["calibration"]), "calibration"),
        (air("a1", LABEL, {"temperature": 3.0}), "no_valid_value"),
    ):
        found = _measure(FOUR, [reading], A1)
        assert (found.value, found.numerator, found.unknown) == (None, 0, 1)
        assert found.detail["silent_stations"] == [{"station": "a1", "reason": why}]


def test_a_revision_replaces_the_hour_and_an_older_one_does_not() -> None:
    first, second = air("a1", LABEL), air("a1", LABEL, CLEAN_AIR | {"pm10": 100.0}, revision=2)
    assert _measure(FOUR, [first, second], A1).value == 75
    assert _measure(FOUR, [second, first, air("a1", LABEL, revision=1)], A1).value == 75


@pytest.mark.parametrize("seconds", [-120, 0, 120])
def test_a_clock_that_is_off_by_up_to_two_minutes_still_means_the_full_hour(seconds: int) -> None:
    found = _measure((FOUR[0],), [air("a1", LABEL + timedelta(seconds=seconds))])
    assert found.detail["hour_ending"] == LABEL.isoformat()


@pytest.mark.parametrize("seconds", [-121, 121])
def test_a_reading_further_off_stands_for_its_own_instant(seconds: int) -> None:
    found = _measure((FOUR[0],), [air("a1", LABEL + timedelta(seconds=seconds))])
    assert found.detail["hour_ending"] == (LABEL + timedelta(seconds=seconds)).isoformat()


def test_stations_out_of_service_take_no_part() -> None:
    idle = station("a2", state=AssetState.MAINTENANCE)
    found = _measure((FOUR[0], idle), [air("a1", LABEL), air("a2", LABEL, CLEAN_AIR | {"pm10": 500.0})])
    assert (found.value, found.denominator) == (40, 1)
    assert found.detail["excluded"] == [{"station": "a2", "reason": "maintenance"}]
    own = _measure((idle,), [air("a2", LABEL)], Scope(ScopeKind.STATION, "a2"))
    assert (own.value, own.denominator, own.reason) == (None, 0, "no station takes part")


def test_a_value_with_a_made_up_station_is_not_official() -> None:
    guessed = replace(FOUR[1], synthetic=True)
    found = _measure((FOUR[0], guessed), [air("a1", LABEL), air("a2", LABEL)])
    assert (found.value, found.official, found.reason) == (40, False, "1 of the stations are made up")


def test_no_target_is_judged_by_an_hour() -> None:
    found = _measure(FOUR, [air(f"a{n}", LABEL) for n in range(1, 5)])
    assert (found.official, found.verdict_allowed) == (True, False)
    assert found.reason == "an index is no share of the stations that took part; targets count days"


def test_a_station_that_the_register_ends_leaves_the_city() -> None:
    ended = LABEL + timedelta(minutes=30)
    city = City(register(FOUR[0], version(FOUR[1], end=ended)), NO_PLAN, JINAN)
    city.advance(NOW)
    assert city.measure("aqi", CITY, NOW).denominator == 2
    city.take_dirty()
    assert city.measure("aqi", CITY, ended).denominator == 1
    assert ("aqi", Scope(ScopeKind.STATION, "a2")) in city.take_dirty()
    assert city.scopes("aqi") == [CITY, A1]


def test_a_snapshot_from_before_the_indicator_shows_the_latest_readings() -> None:
    city = _city(FOUR, [air("a1", LABEL)])
    dump = city.dump()
    del dump["states"]["aqi"]
    again = City.load(dump, register(*FOUR), NO_PLAN, JINAN)
    assert again.measure("aqi", A1, NOW) == city.measure("aqi", A1, NOW)


@pytest.mark.shared
def test_jinan_s_stations_have_their_published_index_as_live_indicators(shared_data: Path) -> None:
    rows = [r for r in published(shared_data, "national_20180220T07.csv") if r.cells["city"].startswith("济南")]
    assert len(rows) >= 8
    stations = tuple(station(r.cells["station_code"]) for r in rows)
    readings = [
        air(r.cells["station_code"], r.hour_ending, {p.value: float(v) for p, v in r.values.items()}) for r in rows
    ]
    now = rows[0].hour_ending + timedelta(minutes=20)
    city = City(register(*(version(s, start=now - HOUR) for s in stations)), NO_PLAN, JINAN)
    city.advance(now)
    for reading in readings:
        city.apply(reading)
    for row in rows:
        found = city.measure("aqi", Scope(ScopeKind.STATION, row.cells["station_code"]), now)
        assert (found.value, set(found.detail["primary_pollutants"])) == (row.aqi, row.primary)
