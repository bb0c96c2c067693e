"""Good days, and the concentrations and the composite index of months, quarters and years."""

from datetime import date, datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.measure import Target
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from rules.targets import assess
from tests.support.air import CLEAN_AIR, day_of_air, station
from tests.support.rules import NO_PLAN, local, register

A1 = Scope(ScopeKind.STATION, "a1")
FOUL = CLEAN_AIR | {"pm25": 80.0}
FAIR = CLEAN_AIR | {"pm25": 50.0}
DAY = timedelta(days=1)


def _city(now: str) -> City:
    city = City(register(station("a1")), NO_PLAN, JINAN)
    city.advance(local(now))
    return city


def _fill(city: City, first: str, days: int, values: dict[str, float]) -> None:
    for n in range(days):
        for reading in day_of_air("a1", local(f"{first}T00:00") + n * DAY, values):
            city.apply(reading)


def _at(city: City) -> datetime:
    assert city.now is not None
    return city.now


def test_days_are_good_polluted_or_unknown() -> None:
    city = _city("2026-05-02T12:00")
    _fill(city, "2026-04-01", 20, CLEAN_AIR)
    _fill(city, "2026-04-21", 4, FAIR)
    _fill(city, "2026-04-25", 3, FOUL)
    _fill(city, "2026-04-28", 1, {k: v for k, v in CLEAN_AIR.items() if k != "pm10"})
    found = city.measure("good_air_days", CITY, _at(city))
    assert (found.numerator, found.denominator, found.unknown) == (24, 30, 3)
    assert (found.value, found.coverage, found.official, found.verdict_allowed) == (80, 0.9, True, True)
    assert found.covers is not None
    assert (found.covers.first, found.covers.last) == (local("2026-04-01T00:00"), local("2026-05-01T00:00"))
    month = found.detail["month_closed"]
    assert (month["month"], month["days_by_level"]) == ("2026-04", {"优": 20, "良": 4, "轻度污染": 3})
    assert month["observed_rate"] == pytest.approx(100 * 24 / 27)
    year = found.detail["year_to_date"]
    assert (year["year"], year["numerator"], year["denominator"], year["unknown"]) == ("2026", 24, 121, 94)
    assert (year["official"], year["reason"]) == (False, "the period is still running")
    running = found.detail["month_to_date"]
    assert (running["month"], running["denominator"], running["unknown"]) == ("2026-05", 1, 1)


def test_a_day_of_2012_s_edition_up_to_100_with_a_pollutant_missing_is_unknown() -> None:
    city = _city("2026-02-01T00:00")
    _fill(city, "2026-01-01", 31, {"so2": 5.0})
    found = city.measure("good_air_days", A1, _at(city))
    assert (found.numerator, found.unknown, found.value) == (0, 31, 0)
    assert city.measure("aqi_daily", A1, _at(city)).value == 5
    why = city.explain("good_air_days", A1, _at(city)).inputs[0].why
    assert why == "up to 100 while NO2, CO, O3, PM10, PM2.5 missing"


def test_every_day_of_the_month_is_explained() -> None:
    city = _city("2026-05-01T00:00")
    _fill(city, "2026-04-01", 29, FOUL)
    found = city.explain("good_air_days", A1, _at(city))
    assert len(found.inputs) == 30
    first, last = found.inputs[0], found.inputs[-1]
    assert (first.device, first.used, first.says["aqi"], first.says["level"]) == ("2026-04-01", True, 119, "轻度污染")
    assert (last.device, last.used, last.why) == ("2026-04-30", False, "no station has a valid daily value")
    assert [step.result for step in found.steps] == ["30", "0", "29", "1", "0.0 %"]


def test_the_new_year_counts_from_nothing_and_the_old_one_is_closed() -> None:
    city = _city("2026-01-01T00:00")
    _fill(city, "2025-12-01", 31, CLEAN_AIR)
    found = city.measure("good_air_days", A1, _at(city))
    assert (found.value, found.detail["year_to_date"]["value"]) == (100, None)
    closed = found.detail["year_closed"]
    assert (closed["year"], closed["numerator"], closed["denominator"], closed["unknown"]) == ("2025", 31, 365, 334)
    later = city.measure("good_air_days", A1, local("2027-01-01T00:00"))
    assert (later.detail["year_closed"]["year"], later.detail["year_closed"]["numerator"]) == ("2026", 0)
    dumps = city.dump()["states"]
    assert (dumps["air_baseline"], dumps["good_air_days"]) == ({"a1": {}}, None)


def test_the_plan_s_target_is_held_against_the_closed_month() -> None:
    city = _city("2026-05-01T00:00")
    _fill(city, "2026-04-01", 30, CLEAN_AIR)
    measure = city.measure("good_air_days", CITY, _at(city))
    target = Target("t", "d", "21", "w", ("b",), "good_air_days", "city", period="month")
    found = assess(target, measure, _at(city))
    assert (found.verdict.value, found.reason) == ("no_limit", "the plan sets no figure")
    assert found.measure is not None
    assert (found.measure.value, found.measure.at) == (100, local("2026-05-01T00:00"))


def _year(city: City) -> None:
    for month in range(1, 13):
        day = date(2025, month, 1)
        while day.month == month:
            _fill(city, day.isoformat(), 1, CLEAN_AIR | {"pm25": 10.0 * month, "o3": 50.0 + day.day})
            day += DAY


def test_periods_have_means_percentiles_and_limits() -> None:
    city = _city("2026-01-01T00:00")
    _year(city)
    found = city.measure("air_period_mean", CITY, _at(city))
    assert (found.value, found.unit, found.numerator, found.denominator, found.unknown) == (120, "ug/m3", 31, 31, 0)
    month, quarter, year = (found.detail[f"{name}_closed"] for name in ("month", "quarter", "year"))
    assert (month["period"], quarter["period"], year["period"]) == ("2025-12", "2025-Q4", "2025")
    assert quarter["pollutants"]["pm25"]["value"] == 110  # 310 * 100 + 300 * 110 + 310 * 120 over 92 days
    pm25 = year["pollutants"]["pm25"]
    assert (pm25["value"], pm25["statistic"], pm25["days"], pm25["limit"]) == (65, "mean", 365, 35)
    assert (pm25["over_limit"], pm25["percentile_95"]) == (True, 120)
    ozone = month["pollutants"]["o3"]
    assert (ozone["statistic"], ozone["value"], ozone["limit"], ozone["over_limit"]) == (
        "percentile_90",
        78,
        160,
        False,
    )
    assert found.detail["year_to_date"]["days"] == 0
    assert found.detail["year_to_date"]["pollutants"]["pm25"]["value"] is None
    steps = {s.text: s.result for s in city.explain("air_period_mean", CITY, _at(city)).steps}
    assert steps["O3, 2025-12: percentile 90 of 31 valid largest 8 h means"] == "78 ug/m3"
    assert steps["PM2.5, 2025-12: mean of 31 valid daily means"] == "120 ug/m3"


def test_the_composite_index_holds_each_value_against_its_limit() -> None:
    city = _city("2026-01-01T00:00")
    _year(city)
    found = city.measure("air_composite_index", CITY, _at(city))
    # 5/60 + 20/40 + 0.4/4 + 78/160 + 40/70 + 120/35
    assert (found.value, found.unit, found.official) == (5.17, "1", True)
    assert (found.numerator, found.denominator, found.unknown) == (31, 31, 0)
    month = found.detail["month_closed"]
    assert month["parts"]["pm25"] == 3.43
    assert (month["primary_pollutants"], month["limits"]) == (["PM2.5"], "GB 3095-2012")
    steps = city.explain("air_composite_index", CITY, _at(city)).steps
    assert ("part of PM2.5: 120 ÷ 35", "3.43") in [(s.text, s.result) for s in steps]
    assert steps[-1].result == "5.17"


def test_with_too_few_days_there_is_no_value_and_no_index() -> None:
    city = _city("2026-05-01T00:00")
    _fill(city, "2026-04-01", 26, CLEAN_AIR)
    mean = city.measure("air_period_mean", A1, _at(city))
    assert (mean.value, mean.numerator, mean.unknown) == (None, 26, 4)
    assert (mean.official, mean.reason) == (False, "26 of 27 days needed in month 4")
    index = city.measure("air_composite_index", A1, _at(city))
    assert (index.value, index.official) == (None, False)
    assert index.reason == "too few valid days of SO2, NO2, CO, O3, PM10, PM2.5"
    assert index.detail["month_closed"]["limits"] == "GB 3095-2026, transitional"


def test_a_late_hour_changes_the_closed_month() -> None:
    city = _city("2026-05-01T00:00")
    _fill(city, "2026-04-01", 27, CLEAN_AIR)
    for reading in day_of_air("a1", local("2026-04-30T00:00"), hours=range(1, 20)):
        city.apply(reading)
    before = city.measure("good_air_days", A1, _at(city))
    city.take_dirty()
    city.apply(day_of_air("a1", local("2026-04-30T00:00"), hours=[20])[0])
    assert ("good_air_days", A1) in city.take_dirty()
    after = city.measure("good_air_days", A1, _at(city))
    assert (before.numerator, after.numerator) == (27, 28)
