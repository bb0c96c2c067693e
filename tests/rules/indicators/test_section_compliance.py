"""断面达标率: sections against their own targets, now, over the closed month and to date."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device, DeviceVersion
from domain.errors import NotFound
from domain.measure import Measure, Span
from domain.reading import Reading
from domain.scope import Scope
from rules.live import City
from tests.support.rules import CLEAN, FOUL, NO_PLAN, lamp, local, register, section, version, water

NOW = local("2026-11-23T12:30")
FRESH = timedelta(hours=8)
TICK = timedelta.resolution
HOUR = timedelta(hours=1)


def _city(*devices: Device | DeviceVersion, now: datetime = NOW) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(now)
    return city


def _rate(city: City, scope: str = "city") -> Measure:
    assert city.now is not None
    return city.measure("section_compliance", Scope.parse(scope), city.now)


def _days(device: str, first: str, days: int, values: dict[str, float] | None = None) -> Iterable[Reading]:
    start = local(f"{first}T00:00")
    return (water(device, start + timedelta(days=d, hours=4 * n), values) for d in range(days) for n in range(6))


def test_a_section_complies_when_its_class_is_the_target_or_better() -> None:
    city = _city(*(section(f"s{target}", target_class=target) for target in (1, 2, 3)))
    for target in (1, 2, 3):
        city.apply(water(f"s{target}", NOW - HOUR, CLEAN))  # class Ⅱ
    found = _rate(city)
    assert (found.numerator, found.denominator, found.unknown) == (2, 3, 0)
    assert found.value == pytest.approx(200 / 3)
    assert found.coverage == 1.0
    assert found.span == Span(NOW - HOUR, NOW - HOUR)
    assert found.detail["failing_sections"] == [
        {"section": "s1", "name": "断面s1", "class": "Ⅱ", "target": "Ⅰ", "main_pollutants": []}
    ]
    assert found.detail["classes"] == {"Ⅰ": 0, "Ⅱ": 3, "Ⅲ": 0, "Ⅳ": 0, "Ⅴ": 0, "劣Ⅴ": 0}


def test_the_instantaneous_state_is_information_and_never_a_verdict() -> None:
    found = _rate(_city(section()))
    assert (found.official, found.verdict_allowed) == (False, False)
    assert "closed months" in found.reason


def test_silent_sections_are_unknown_and_listed_apart() -> None:
    city = _city(section("s1"), section("s2"), section("s3"))
    city.apply(water("s1", NOW - FRESH))
    city.apply(water("s2", NOW - FRESH - TICK))
    found = _rate(city)
    assert (found.numerator, found.denominator, found.unknown, found.coverage) == (1, 3, 2, 1 / 3)
    assert found.detail["observed_rate"] == 100.0
    assert found.detail["silent"] == ["s2", "s3"]
    city.take_dirty()
    city.advance(NOW + TICK)
    assert _rate(city).detail["silent"] == ["s1", "s2", "s3"]
    assert _rate(city).span is None
    assert _rate(city).detail["observed_rate"] is None
    assert ("section_compliance", Scope.parse("section:s1")) in city.take_dirty()


@pytest.mark.parametrize("fault", ["maintenance", "stopped", "instrumentFault"])
def test_a_station_that_is_not_working_has_no_class(fault: str) -> None:
    city = _city(section())
    city.apply(water("s1", NOW, faults=[fault]))
    found = _rate(city)
    assert (found.unknown, found.detail["silent"]) == (1, [])
    assert found.detail["unknown_sections"] == [{"section": "s1", "name": "断面s1", "reason": fault}]


def test_without_a_required_item_there_is_no_class_and_the_item_is_named() -> None:
    city = _city(section())
    city.apply(water("s1", NOW, {k: v for k, v in CLEAN.items() if k != "nh3n"}))
    assert _rate(city).detail["unknown_sections"][0]["reason"] == "not_measured: nh3n"


def test_sections_without_a_real_target_or_out_of_service_are_excluded_and_listed() -> None:
    untargeted = section("s3")
    untargeted = replace(untargeted, attributes={k: v for k, v in untargeted.attributes.items() if k != "target_class"})
    city = _city(
        section("s1"), section("s2", target_synthetic=True), untargeted, section("s4", state=AssetState.MAINTENANCE)
    )
    for name in ("s1", "s2", "s3", "s4"):
        city.apply(water(name, NOW))
    found = _rate(city)
    assert (found.numerator, found.denominator) == (1, 1)
    assert found.detail["excluded"] == [
        {"section": "s2", "reason": "synthetic_target"},
        {"section": "s3", "reason": "no_target"},
        {"section": "s4", "reason": "maintenance"},
    ]
    assert _rate(city, "section:s2").value is None


def test_sections_that_are_not_valid_at_the_instant_are_out() -> None:
    old = version(section("s1", section_set="plan-2019-10"), end=NOW)
    city = _city(old, version(section("s1"), start=NOW), version(section("s2"), start=NOW + HOUR), now=NOW - TICK)
    assert _rate(city).denominator == 1
    assert _rate(city, "section_set:plan-2019-10").denominator == 1
    city.take_dirty()
    city.advance(NOW)
    with pytest.raises(NotFound, match="section_set:plan-2019-10 has no river_section"):
        _rate(city, "section_set:plan-2019-10")
    assert {str(s) for _, s in city.take_dirty()} >= {"section_set:plan-2019-10", "section_set:assessed-2025"}
    city.advance(NOW + HOUR)
    assert _rate(city, "section_set:assessed-2025").denominator == 2


def test_a_section_stands_in_all_its_districts_its_river_and_its_set() -> None:
    city = _city(section("s1", districts="370102 370103、gaoxin"), section("s2", river="", section_set=""))
    city.apply(water("s1", NOW))
    assert [str(s) for s in city.scopes("section_compliance")] == [
        *("city", "district:370102", "district:370103", "district:gaoxin", "river:小清河", "section:s1", "section:s2"),
        "section_set:assessed-2025",
    ]
    assert _rate(city, "district:370102").denominator == 2
    assert _rate(city, "district:gaoxin").denominator == 1


def test_a_section_shows_its_class_items_multiples_and_main_pollutants() -> None:
    city = _city(section("s1", target_class=4))
    city.apply(water("s1", NOW, FOUL))
    shown = _rate(city, "section:s1").detail["section"]
    assert shown == {
        "section": "s1",
        "name": "断面s1",
        "target": 4,
        "target_name": "Ⅳ",
        "compliant": False,
        "reason": "",
        "class": 5,
        "class_name": "Ⅴ",
        "wording": "中度污染",
        "colour": "orange",
        "items": {"ph": 1, "do": 4, "codmn": 4, "nh3n": 5, "tp": 5},
        "values": FOUL,
        "over_class_3": {"codmn": 0.5, "nh3n": 0.8, "tp": 0.75},
        "over_target": {"nh3n": 0.2, "tp": pytest.approx(1 / 6)},
        "main_pollutants": ["氨氮(0.8)", "总磷(0.8)", "高锰酸盐指数(0.5)"],
    }
    assert "section" not in _rate(city).detail


def test_a_section_without_class_or_target_says_why() -> None:
    plain = section("s2")
    city = _city(section("s1"), replace(plain, attributes={**plain.attributes, "target_class": "Ⅲ"}))
    city.apply(water("s2", NOW))
    silent, untargeted = (_rate(city, f"section:s{n}").detail["section"] for n in (1, 2))
    assert silent == {
        "section": "s1",
        "name": "断面s1",
        "target": 3,
        "target_name": "Ⅲ",
        "compliant": None,
        "reason": "silent",
    }
    assert (untargeted["target_name"], untargeted["over_target"], untargeted["compliant"]) == (None, {}, None)


def test_a_river_is_worded_by_its_sections() -> None:
    city = _city(section("s1"), section("s2"))
    assert _rate(city, "river:小清河").detail["river"] is None
    city.apply(water("s1", NOW, FOUL))
    assert _rate(city, "river:小清河").detail["river"] == {
        "wording": "中度污染",
        "sections": 1,
        "class": "Ⅴ",
        "main_pollutants": ["氨氮(0.8)", "总磷(0.8)", "高锰酸盐指数(0.5)"],
    }
    assert "river" not in _rate(city).detail
    many = _city(*(section(f"s{n}") for n in range(5)))
    for n in range(5):
        many.apply(water(f"s{n}", NOW))
    assert _rate(many, "river:小清河").detail["river"]["class"] is None


def _month(city: City, which: str = "month_closed", scope: str = "city") -> dict[str, Any]:
    found: dict[str, Any] = _rate(city, scope).detail[which]
    return found


def test_the_closed_month_is_judged_by_its_own_means() -> None:
    city = _city(section("s1"), section("s2"), section("s3"))
    for reading in (*_days("s1", "2026-10-01", 31), *_days("s2", "2026-10-01", 31, FOUL)):
        city.apply(reading)
    found = _month(city)
    assert (found["month"], found["until"]) == ("2026-10", "2026-10-31T16:00:00+00:00")
    assert (found["numerator"], found["denominator"], found["unknown"]) == (1, 3, 1)
    assert (found["value"], found["observed_rate"]) == (pytest.approx(100 / 3), 50.0)
    assert found["coverage"] == pytest.approx(2 / 3)
    assert (found["official"], found["reason"]) == (True, "")
    assert [s["section"] for s in found["failing_sections"]] == ["s2"]
    view = _month(city, scope="section:s1")["section"]
    assert (view["class_name"], view["days"]["ph"]) == ("Ⅱ", 1.0)


def test_the_month_to_date_is_provisional_and_has_complete_days_only() -> None:
    city = _city(section("s1"))
    for reading in (*_days("s1", "2026-11-01", 22), *_days("s1", "2026-11-23", 1, FOUL)):
        city.apply(reading)
    found = _month(city, "month_to_date")
    assert (found["month"], found["until"]) == ("2026-11", "2026-11-22T16:00:00+00:00")
    assert (found["numerator"], found["denominator"]) == (1, 1)
    assert (found["official"], found["reason"]) == (False, "the month is still running")
    city.advance(local("2026-11-24T00:00"))
    assert _month(city, "month_to_date", "section:s1")["section"]["values"]["nh3n"] == pytest.approx(0.27)


def test_a_month_closes_at_local_midnight() -> None:
    city = _city(section("s1"), now=local("2026-11-30T23:59:59"))
    for reading in _days("s1", "2026-11-01", 30):
        city.apply(reading)
    assert _month(city)["numerator"] == 0
    city.take_dirty()
    city.advance(local("2026-12-01T00:00"))
    assert (_month(city)["month"], _month(city)["numerator"]) == ("2026-11", 1)
    assert ("section_compliance", Scope.parse("city")) in city.take_dirty()


def test_a_late_sample_and_a_revision_move_a_closed_month_and_make_it_dirty() -> None:
    city = _city(section("s1"))
    readings = list(_days("s1", "2026-10-01", 31, FOUL))
    for reading in readings:
        city.apply(reading)
    assert _month(city)["numerator"] == 0
    city.take_dirty()
    for reading in readings:
        city.apply(replace(reading, values=CLEAN))
    assert (_month(city)["numerator"], city.take_dirty()) == (0, set())
    for reading in readings:
        city.apply(replace(reading, values=CLEAN, revision=1))
    assert _month(city)["numerator"] == 1
    assert ("section_compliance", Scope.parse("section:s1")) in city.take_dirty()


def test_one_late_sample_of_a_closed_month_is_dirty_and_one_from_before_is_not() -> None:
    city = _city(section("s1"))
    city.apply(water("s1", NOW))
    city.take_dirty()
    city.apply(water("s1", local("2026-10-01T00:00")))
    assert ("section_compliance", Scope.parse("section:s1")) in city.take_dirty()
    city.apply(water("s1", local("2024-12-31T23:59:59")))
    assert city.take_dirty() == set()


def test_samples_count_only_while_the_section_was_in_service() -> None:
    idle = section("s1", state=AssetState.MAINTENANCE)
    resumed = local("2026-10-15T00:00")
    city = _city(version(idle, end=resumed), version(section("s1"), start=resumed))
    for reading in _days("s1", "2026-10-01", 31):
        city.apply(reading)
    assert _month(city)["unknown_sections"][0]["reason"].startswith("too_few_days")
    city.set_world(register(section("s1")), NO_PLAN, NOW)
    assert _month(city)["numerator"] == 1


def test_the_closed_month_takes_the_register_as_it_was_at_its_end() -> None:
    end = local("2026-11-01T00:00")
    city = _city(
        version(section("s1", target_class=1), end=end),
        version(section("s1", target_class=3), start=end),
        version(section("s2"), end=end),
    )
    for name in ("s1", "s2"):
        for reading in _days(name, "2026-10-01", 31):
            city.apply(reading)
    found = _month(city)
    assert (found["numerator"], found["denominator"]) == (1, 2)
    assert found["failing_sections"][0]["target"] == "Ⅰ"


def test_a_closed_month_with_made_up_sections_is_not_official() -> None:
    city = _city(replace(section("s1"), synthetic=True))
    found = _month(city)
    assert (found["official"], found["reason"]) == (False, "1 of the sections are made up")
    assert _rate(city).detail["synthetic"] == 1


def test_a_sample_from_before_last_year_comes_too_late() -> None:
    city = _city(section("s1"))
    for reading in _days("s1", "2024-12-01", 31):
        city.apply(reading)
    assert [s for s in city.dump()["states"].values() if s and "s1" in s] == []
    city.apply(water("s1", local("2025-01-01T00:00")))
    assert [list(s["s1"]) for s in city.dump()["states"].values() if s and "s1" in s] == [["2025-01"]]


def test_a_snapshot_of_the_first_release_is_taken_over() -> None:
    city = _city(section("s1"))
    readings = list(_days("s1", "2026-10-01", 31))
    dump = city.dump()
    old = [[r.at.isoformat(), 0, dict(r.values)] for r in readings]
    dump["states"] = {"section_compliance": {"s1": old}}
    again = City.load(json.loads(json.dumps(dump)), register(section("s1")), NO_PLAN, JINAN)
    assert _month(again)["numerator"] == 1


def test_samples_survive_a_dump() -> None:
    city = _city(section("s1"))
    for reading in _days("s1", "2026-10-01", 31):
        city.apply(reading)
    again = City.load(json.loads(json.dumps(city.dump())), register(section("s1")), NO_PLAN, JINAN)
    assert _rate(again) == _rate(city)
    assert ("section_compliance", Scope.parse("city")) in again.take_dirty()


def test_other_changes_of_the_world_leave_sections_alone() -> None:
    world = register(section("s1"), version(lamp("l1"), start=NOW + HOUR))
    city = City(world, NO_PLAN, JINAN)
    city.advance(NOW)
    city.take_dirty()
    city.advance(NOW + HOUR)
    assert "section_compliance" not in {name for name, _ in city.take_dirty()}
    city.set_world(world, NO_PLAN, NOW + HOUR)
    assert "section_compliance" not in {name for name, _ in city.take_dirty()}
