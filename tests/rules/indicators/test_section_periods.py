"""Sections over months, quarters and years: class, compliance, rows of months, and where the figures come from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.targets import load_targets
from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.measure import Measure, Span
from domain.reading import Reading
from domain.scope import Scope
from rules.live import City
from rules.targets import assess
from tests.support.rules import CLEAN, FOUL, NO_PLAN, laboratory, local, register, sampled, section, version, water

NOW = local("2026-11-23T12:30")
HOUR = timedelta(hours=1)
MONTHS = [f"2025-{n:02}" for n in range(1, 13)] + [f"2026-{n:02}" for n in range(1, 11)]


def _city(*devices: Device | DeviceVersion) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    return city


def _found(city: City, name: str, scope: str = "section:s1") -> Measure:
    assert city.now is not None
    return city.measure(name, Scope.parse(scope), city.now)


def _month(device: str, month: str, values: dict[str, float]) -> Iterable[Reading]:
    first = local(f"{month}-01T00:00")
    days = 31 if month[-2:] in {"01", "03", "05", "07", "08", "10", "12"} else 28
    return (water(device, first + timedelta(days=d, hours=4 * n), values) for d in range(days) for n in range(6))


def _sampled_months(device: str, months: Iterable[str], values: dict[str, float]) -> Iterable[Reading]:
    return (sampled(local(f"{month}-10T10:00"), values, device) for month in months)


def test_a_month_quarter_and_year_stand_beside_each_other_with_their_periods() -> None:
    city = _city(section("s1"), laboratory())
    for reading in (
        *_sampled_months("lab1", MONTHS, {**CLEAN, "cod": 12.0}),
        *_month("s1", "2026-10", FOUL),
    ):
        city.apply(reading)
    found = _found(city, "section_period_class")
    assert (found.value, found.numerator, found.denominator, found.unknown, found.coverage) == (5, 1, 1, 0, 1)
    assert found.covers == Span(local("2026-10-01T00:00"), local("2026-11-01T00:00"))
    assert (found.official, found.verdict_allowed) == (True, False)
    views = found.detail
    assert [views[name]["period"] for name in views] == ["2026-10", "2026-Q3", "2025", "2026"]
    assert [views[name]["closed"] for name in views] == [True, True, True, False]
    assert [views[name]["class"] for name in views] == [5, 2, 2, 2]
    month = views["class_month_closed"]
    assert month["origins"] == dict.fromkeys(FOUL, "automatic") | {"cod": "laboratory"}
    assert (month["wording"], month["main_pollutants"]) == ("中度污染", ["氨氮(0.8)", "总磷(0.8)", "高锰酸盐指数(0.5)"])
    assert month["over_target"] == month["over_class_3"] == {"codmn": 0.5, "nh3n": 0.8, "tp": 0.75}
    assert views["class_year_to_date"]["until"] == "2026-11-22T16:00:00+00:00"
    assert views["class_year_to_date"]["origins"]["nh3n"] == "automatic and laboratory"


def test_the_running_year_is_the_mean_of_its_closed_months() -> None:
    city = _city(section("s1"), laboratory())
    for n, month in enumerate(MONTHS[12:]):
        city.apply(sampled(local(f"{month}-10T10:00"), {**CLEAN, "nh3n": n / 10}))
    view = _found(city, "section_period_class").detail["class_year_to_date"]
    assert view["values"]["nh3n"] == 0.45


def test_a_class_names_its_origin_and_what_took_no_part_in_explain() -> None:
    city = _city(section("s1"), laboratory())
    for reading in (*_month("s1", "2026-10", CLEAN), *_sampled_months("lab1", ["2026-10"], {"nh3n": 9.0, "cod": 25.0})):
        city.apply(reading)
    city.apply(sampled(local("2026-10-20T10:00"), {"nh3n": 9.0}))
    found = city.explain("section_period_class", Scope.parse("section:s1"), NOW)
    assert [(i.device, i.used, i.why) for i in found.inputs] == [
        ("s1", True, ""),
        ("lab1", True, ""),
        ("lab1", False, "automatic values take precedence"),
    ]
    assert found.inputs[1].says["items_used"] == ["cod"]
    texts = {step.text: step.result for step in found.steps}
    assert texts["mean of 氨氮"] == "automatic"
    assert texts["mean of 化学需氧量"] == "laboratory"
    assert texts["化学需氧量 (laboratory): 25.0 mg/L, at most 15 15 20 30 40"] == "Ⅳ"
    assert texts["溶解氧 (automatic): 8.0 mg/L, at least 7.5 6 5 3 2"] == "Ⅰ"
    assert texts["pH值 (automatic): 8 1, between 6 9"] == "Ⅰ"
    assert texts["class of the section = the worst of its items"] == "Ⅳ"
    assert texts["condition of the water"] == "轻度污染"


def test_a_late_laboratory_sample_moves_the_month_that_it_belongs_to_and_makes_it_dirty() -> None:
    city = _city(section("s1"), laboratory())
    for reading in _month("s1", "2026-10", CLEAN):
        city.apply(reading)
    assert _found(city, "section_period_class").value == 2
    city.take_dirty()
    city.apply(sampled(local("2026-10-31T23:59"), {"cod": 25.0}))
    assert _found(city, "section_period_class").value == 4
    assert {name for name, scope in city.take_dirty() if str(scope) == "section:s1"} == {
        *("section_class", "section_compliance", "section_period_class", "section_stable_compliance"),
    }
    city.apply(sampled(local("2026-11-01T00:00"), {"cod": 99.0}))
    assert _found(city, "section_period_class").value == 4
    assert _found(city, "section_compliance").detail["month_closed"]["numerator"] == 0


@pytest.mark.parametrize(
    "lab",
    [
        laboratory(state=AssetState.MAINTENANCE),
        laboratory(of="s2"),
        version(laboratory(), end=local("2026-10-10T10:00")),
    ],
)
def test_a_sample_counts_only_for_the_section_that_its_series_named_while_in_service(
    lab: Device | DeviceVersion,
) -> None:
    city = _city(section("s1"), section("s2"), lab)
    for reading in (*_month("s1", "2026-10", CLEAN), *_sampled_months("lab1", ["2026-10"], {"cod": 25.0})):
        city.apply(reading)
    assert _found(city, "section_period_class").value == 2


def test_an_invalid_sample_says_nothing() -> None:
    city = _city(section("s1"), laboratory())
    city.apply(sampled(local("2026-10-10T10:00"), CLEAN, faults=("invalid",)))
    found = _found(city, "section_period_class")
    assert (found.value, found.unknown, found.official) == (None, 1, False)
    assert found.reason == "too_few_days: ph, do, codmn, nh3n"


def test_a_section_that_was_not_registered_at_the_months_end_says_so() -> None:
    city = _city(version(section("s1"), start=local("2026-11-01T00:00")))
    found = _found(city, "section_period_class")
    assert (found.value, found.reason, found.unknown) == (None, "not_registered", 1)
    assert found.detail["class_month_closed"]["reason"] == "not_registered"
    assert city.explain("section_period_class", Scope.parse("section:s1"), NOW).inputs == []


def test_the_class_now_stands_beside_the_closed_day_and_the_laboratory() -> None:
    city = _city(section("s1"), laboratory())
    for n in range(6):
        city.apply(water("s1", local("2026-11-22T00:00") + 4 * n * HOUR, {**CLEAN, "nh3n": 1.2}))
    city.apply(sampled(local("2026-11-22T09:00"), {"cod": 45.0}))
    city.apply(water("s1", NOW - HOUR, FOUL))
    found = _found(city, "section_class")
    assert (found.value, found.numerator, found.unknown, found.span) == (5, 1, 0, Span(NOW - HOUR, NOW - HOUR))
    assert (found.official, found.verdict_allowed) == (False, False)
    assert found.detail["section"]["main_pollutants"] == ["氨氮(0.8)", "总磷(0.8)", "高锰酸盐指数(0.5)"]
    day = found.detail["day_closed"]
    assert (day["period"], day["class"], day["items"]["nh3n"], day["origins"]["cod"]) == (
        "2026-11-22",
        6,
        4,
        "laboratory",
    )
    assert found.detail["laboratory"] == [
        {"series": "lab1", "at": "2026-11-22T01:00:00+00:00", "origin": "laboratory", "values": {"cod": 45.0}}
    ]
    assert found.detail["class_month_to_date"]["reason"].startswith("too_few_days")
    assert found.detail["class_month_closed"]["period"] == "2026-10"
    told = city.explain("section_class", Scope.parse("section:s1"), NOW)
    assert [(i.device, i.used) for i in told.inputs] == [("s1", True), ("lab1", False)]
    assert told.steps[-1].result == "中度污染"
    city.advance(NOW + 8 * HOUR)
    silent = _found(city, "section_class")
    assert (silent.value, silent.unknown, silent.reason) == (None, 1, "silent")
    assert city.explain("section_class", Scope.parse("section:s1"), NOW + 8 * HOUR).steps[0].result == "none: silent"


def test_a_day_with_too_few_values_says_so() -> None:
    city = _city(section("s1"))
    for n in range(3):
        city.apply(water("s1", local("2026-11-22T00:00") + 4 * n * HOUR))
    day = _found(city, "section_class").detail["day_closed"]
    assert day["reason"] == "too_few_values: ph, do, codmn, nh3n, tp"


def test_the_rate_of_a_month_a_quarter_and_a_year() -> None:
    labs = [laboratory(f"lab{n}", of=f"s{n}") for n in (1, 2, 3)]
    city = _city(section("s1"), section("s2"), section("s3"), section("s4", target_synthetic=True), *labs)
    for reading in (
        *_sampled_months("lab1", MONTHS, CLEAN),
        *_sampled_months("lab2", MONTHS, FOUL),
        *_sampled_months("lab3", MONTHS[12:20], CLEAN),
    ):
        city.apply(reading)
    found = _found(city, "section_period_compliance", "section_set:assessed-2025")
    assert (found.numerator, found.denominator, found.unknown) == (1, 3, 1)
    assert found.value == pytest.approx(100 / 3)
    assert found.coverage == pytest.approx(2 / 3)
    assert (found.official, found.reason, found.verdict_allowed) == (True, "", True)
    views = {name: (v["period"], v["numerator"], v["unknown"], v["official"]) for name, v in found.detail.items()}
    assert views == {
        "month_closed": ("2026-10", 1, 1, True),
        "quarter_closed": ("2026-Q3", 2, 0, True),
        "year_closed": ("2025", 1, 1, True),
        "month_to_date": ("2026-11", 0, 3, False),
        "year_to_date": ("2026", 2, 0, False),
    }
    assert found.detail["year_to_date"]["reason"] == "the year is still running"
    assert found.detail["month_to_date"]["reason"] == "the month is still running"
    assert found.detail["month_closed"]["excluded"] == [{"section": "s4", "reason": "synthetic_target"}]
    assert found.detail["quarter_closed"]["observed_rate"] == pytest.approx(200 / 3)
    told = city.explain("section_period_compliance", Scope.parse("city"), NOW)
    assert [step.result for step in told.steps] == ["3", "1", "1", "33.3 %"]
    assert [(i.device, i.used) for i in told.inputs] == [("s1", True), ("s2", True), ("s3", False), ("s4", False)]


def test_made_up_sections_leave_a_rate_unofficial() -> None:
    found = _found(_city(replace(section("s1"), synthetic=True)), "section_period_compliance", "city")
    assert (found.official, found.reason) == (False, "1 of the sections are made up")
    assert found.detail["month_closed"]["official"] is False


def test_the_57_of_the_plan_are_judged_in_their_own_time_only() -> None:
    end = local("2026-11-01T00:00")
    city = _city(version(section("s1", section_set="plan"), end=end), version(section("s1"), start=end), section("s2"))
    found = _found(city, "section_period_compliance", "section_set:assessed-2025")
    assert found.denominator == 1
    assert found.detail["month_to_date"]["denominator"] == 2


def _stable(*values: dict[str, float] | None) -> Measure:
    city = _city(section("s1"), laboratory())
    for month, said in zip(MONTHS[-len(values) :], values, strict=True):
        if said is not None:
            city.apply(sampled(local(f"{month}-10T10:00"), said))
    return _found(city, "section_stable_compliance")


@pytest.mark.parametrize(
    ("values", "met", "unknown", "row", "stable"),
    [
        ([CLEAN] * 12, 12, 0, 12, True),
        ([FOUL, *[CLEAN] * 12], 12, 0, 12, True),
        ([FOUL, *[CLEAN] * 11], 11, 0, 11, False),
        ([*[CLEAN] * 11, FOUL], 11, 0, 0, False),
        ([*[CLEAN] * 8, None, *[CLEAN] * 3], 11, 1, 3, False),
        ([CLEAN], 1, 11, 1, False),
    ],
)
def test_stable_is_twelve_closed_months_in_a_row(
    values: list[dict[str, float] | None], met: int, unknown: int, row: int, *, stable: bool
) -> None:
    found = _stable(*values)
    assert (found.numerator, found.denominator, found.unknown) == (met, 12, unknown)
    assert found.value == pytest.approx(100 * met / 12)
    assert found.coverage == pytest.approx((12 - unknown) / 12)
    assert (found.detail["consecutive_months"], found.detail["stable"]) == (row, stable)
    assert found.covers == Span(local("2025-11-01T00:00"), local("2026-11-01T00:00"))
    assert [m["month"] for m in found.detail["months"]] == MONTHS[-12:]


def test_a_section_without_a_target_has_no_row_of_months() -> None:
    device = section("s1", target_synthetic=True)
    found = _found(_city(device), "section_stable_compliance")
    assert (found.value, found.denominator, found.coverage, found.detail["stable"]) == (None, 0, None, False)
    made_up = _found(_city(replace(section("s1"), synthetic=True)), "section_stable_compliance")
    assert (made_up.official, made_up.reason) == (False, "the section is made up")


def test_the_row_of_months_is_explained_month_by_month() -> None:
    city = _city(version(section("s1"), start=local("2026-09-15T00:00")), version(laboratory()))
    city.apply(sampled(local("2026-10-10T10:00"), CLEAN))
    found = city.explain("section_stable_compliance", Scope.parse("section:s1"), NOW)
    whys = [i.why for i in found.inputs]
    assert whys == ["not_registered"] * 10 + ["too_few_days: ph, do, codmn, nh3n", ""]
    assert found.inputs[-1].says["class_name"] == "Ⅱ"
    assert [step.result for step in found.steps] == ["12", "1", "11", "1"]


def _status(city: City, scope: str) -> dict[str, Any]:
    found: dict[str, Any] = _found(city, "river_status", scope).detail["status_month_closed"]
    return found


def test_a_basin_is_worded_by_its_sections_over_the_closed_month() -> None:
    devices = [section(f"s{n}", river=f"河{n % 2}", basin="黄河流域") for n in range(6)]
    city = _city(*devices, section("s9"), *(laboratory(f"lab{n}", of=f"s{n}") for n in range(6)))
    for n in range(6):
        city.apply(sampled(local("2026-10-10T10:00"), FOUL if n < 2 else CLEAN, f"lab{n}"))
    found = _found(city, "river_status", "basin:黄河流域")
    assert (found.numerator, found.denominator, found.unknown, found.coverage) == (4, 6, 0, 1)
    assert found.value == pytest.approx(400 / 6)
    assert (found.official, found.verdict_allowed) == (True, False)
    status = _status(city, "basin:黄河流域")
    assert (status["wording"], status["method"], status["sections"], status["class"]) == ("轻度污染", "shares", 6, None)
    assert status["shares"]["Ⅴ"] == pytest.approx(100 / 3)
    assert status["main_pollutants"] == ["溶解氧", "高锰酸盐指数", "氨氮"]
    small = _status(city, "river:河0")
    assert (small["wording"], small["method"], small["sections"], small["class"]) == ("良好", "mean", 3, "Ⅲ")
    whole = _found(city, "river_status", "city")
    assert (whole.denominator, whole.unknown, _status(city, "city")["unknown"]) == (7, 1, ["s9"])
    told = city.explain("river_status", Scope.parse("basin:黄河流域"), NOW)
    assert [s.result for s in told.steps] == ["6", "6", "shares", "轻度污染"]
    assert "at least 5 sections" in told.steps[2].text
    assert "fewer than 5 sections" in city.explain("river_status", Scope.parse("river:河0"), NOW).steps[2].text


def test_a_river_without_a_class_has_no_wording_and_one_out_of_service_takes_no_part() -> None:
    city = _city(section("s1"), section("s2", river="北沙河", state=AssetState.MAINTENANCE))
    status = _status(city, "river:小清河")
    assert (status["wording"], status["sections"], status["method"], status["unknown"]) == (None, 0, "none", ["s1"])
    assert city.explain("river_status", Scope.parse("river:小清河"), NOW).steps[-1].result.startswith("none")
    idle = _found(city, "river_status", "river:北沙河")
    assert (idle.value, idle.denominator, idle.coverage) == (None, 0, None)
    made_up = _found(_city(replace(section("s1"), synthetic=True)), "river_status", "city")
    assert (made_up.official, made_up.reason) == (False, "1 of the sections are made up")


TABLE_2 = {"sulfate": 250.0, "chloride": 250.0, "nitrate_n": 10.0, "iron": 0.3, "manganese": 0.1}


def _source(values: dict[str, float], protection_zone: str = "second") -> Measure:
    city = _city(section("s1", water_source="玉清湖", protection_zone=protection_zone), section("s2"), laboratory())
    city.apply(sampled(local("2026-10-10T10:00"), values))
    assert [str(s) for s in city.scopes("water_source_compliance")] == ["city", "water_source:玉清湖"]
    assert city.explain("water_source_compliance", Scope.parse("city"), NOW).inputs[0].device == "s1"
    return _found(city, "water_source_compliance", "water_source:玉清湖")


@pytest.mark.parametrize(
    ("values", "zone", "compliant"),
    [
        ({**CLEAN, **TABLE_2}, "first", True),
        ({**CLEAN, **TABLE_2, "nh3n": 0.6}, "second", True),
        ({**CLEAN, **TABLE_2, "nh3n": 0.6}, "first", False),
        ({**CLEAN, **TABLE_2, "nh3n": 1.01}, "second", False),
        ({**CLEAN, **TABLE_2, "manganese": 0.101}, "second", False),
        ({**CLEAN}, "second", None),
        ({**FOUL}, "second", False),
        ({"iron": 0.31}, "second", False),
        ({**TABLE_2}, "second", None),
    ],
)
def test_a_source_complies_with_the_class_of_its_zone_and_with_table_2(
    values: dict[str, float], zone: str, *, compliant: bool | None
) -> None:
    found = _source(values, protection_zone=zone)
    assert (found.numerator, found.denominator, found.unknown) == (compliant is True, 1, compliant is None)
    assert found.detail["sources_month_closed"]["sections"][0]["compliant"] is compliant


def test_a_source_tells_what_is_asked_what_is_over_and_what_was_not_measured() -> None:
    said = _source({**CLEAN, **TABLE_2, "iron": 0.4, "sulfate": 251.0}).detail["sources_month_closed"]["sections"][0]
    assert (said["asked"], said["class_name"], said["over_table_2"], said["reason"]) == ("Ⅲ", "Ⅱ", ["硫酸盐", "铁"], "")
    less = _source({**CLEAN, "iron": 0.3}).detail["sources_month_closed"]["sections"][0]
    assert less["reason"] == "not_measured: sulfate, chloride, nitrate_n, manganese"


def test_a_source_out_of_service_is_excluded() -> None:
    city = _city(section("s1", water_source="玉清湖", state=AssetState.MAINTENANCE))
    found = _found(city, "water_source_compliance", "city")
    assert (found.value, found.denominator) == (None, 0)
    assert city.explain("water_source_compliance", Scope.parse("city"), NOW).inputs[0].why == "maintenance"


@pytest.mark.parametrize(
    ("values", "verdict"), [([CLEAN] * 12, "met"), ([CLEAN] * 11, "unknown"), ([FOUL, *[CLEAN] * 3], "missed")]
)
def test_the_plans_row_is_met_only_with_twelve_known_months(values: list[dict[str, float]], verdict: str) -> None:
    target = next(t for t in load_targets(None, JINAN) if t.id == "22-xinfengzhuang")
    assert (target.indicator, target.limit) == ("section_stable_compliance", 100)
    assert assess(target, _stable(*values), NOW).verdict.value == verdict
