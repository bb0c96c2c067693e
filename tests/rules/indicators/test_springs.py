"""Springs: levels against their lines, whether they flow, and for how many days."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.device import AssetState, Device
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.live import City
from tests.support.rules import NO_PLAN, local, register
from tests.support.watch import baotu, level

NOW = local("2026-03-20T12:00")
SPRING = Scope(ScopeKind.SPRING, "趵突泉")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def _city(devices: list[Device], readings: list[Reading]) -> City:
    city = City(register(*devices), NO_PLAN, JINAN)
    city.advance(NOW)
    for reading in readings:
        city.apply(reading)
    return city


@pytest.mark.parametrize(
    ("metres", "below", "clears_at"),
    [
        (28.16, None, None),
        (28.15, None, None),
        (28.14, "yellow", 28.2),
        (28.00, "yellow", 28.2),
        (27.99, "orange", 28.05),
        (27.60, "orange", 28.05),
        (27.59, "red", 27.65),
    ],
)
def test_a_level_is_told_with_the_lowest_line_it_is_below(
    metres: float, below: str | None, clears_at: float | None
) -> None:
    found = _city([baotu()], [level("g1", NOW - MINUTE, metres)]).measure("spring_level", SPRING, NOW)
    assert (found.value, found.unit, found.verdict_allowed) == (metres, "m", False)
    (point,) = found.detail["points"]
    assert (point["below"], point["clears_at"]) == (below, clears_at)


def test_a_spring_without_lines_is_below_none() -> None:
    bare = Device("g9", "spring_gauge", "黑虎泉", "370102", "370102", "市水务局", attributes={"spring": "黑虎泉"})
    found = _city([bare], [level("g9", NOW, 20.0)]).measure("spring_level", CITY, NOW)
    assert (found.detail["points"][0]["below"], found.detail["points"][0]["lines"]) == (None, {})


def test_the_city_shows_its_lowest_spring_and_who_is_silent() -> None:
    devices = [baotu("g1"), baotu("g2", spring="五龙潭"), baotu("g3", spring="珍珠泉")]
    readings = [level("g1", NOW, 28.4), level("g2", NOW - 61 * MINUTE, 20.0), level("g3", NOW - MINUTE, 28.1)]
    found = _city(devices, readings).measure("spring_level", CITY, NOW)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (28.1, 2, 3, 1)
    assert found.detail["unknown_devices"] == [{"device": "g2", "reason": "silent"}]


@pytest.mark.parametrize(
    ("reading", "value", "unknown"),
    [
        (level("g1", NOW, 26.81), 100.0, 0),
        (level("g1", NOW, 26.80), 0.0, 0),  # at the sill nothing runs out
        (level("g1", NOW, 28.0, flow=0.0), 0.0, 0),  # a measured flow decides
        (level("g1", NOW, 26.0, flow=0.2), 100.0, 0),
        (level("g1", NOW, None), 0.0, 1),
        (level("g1", NOW, 28.0, ["sensorFault"]), 0.0, 1),
        (level("g1", NOW, 28.0, ["lowBattery"]), 100.0, 0),
    ],
)
def test_a_spring_flows_above_its_sill_or_by_its_measured_flow(reading: Reading, value: float, unknown: int) -> None:
    found = _city([baotu()], [reading]).measure("spring_flow", CITY, NOW)
    assert (found.value, found.unknown, found.verdict_allowed) == (value, unknown, True)


def test_without_a_sill_it_is_unknown_whether_a_spring_flows() -> None:
    bare = Device("g9", "spring_gauge", "黑虎泉", "370102", "370102", "市水务局", attributes={"spring": "黑虎泉"})
    found = _city([bare], [level("g9", NOW, 28.0)]).measure("spring_flow", CITY, NOW)
    assert (found.value, found.unknown) == (0.0, 1)
    assert found.detail["unknown_devices"] == [{"device": "g9", "reason": "no_sill"}]


def test_a_made_up_spring_is_not_official_and_one_in_maintenance_takes_no_part() -> None:
    devices = [replace(baotu("g1"), synthetic=True), baotu("g2", state=AssetState.MAINTENANCE)]
    found = _city(devices, [level("g1", NOW, 28.3)]).measure("spring_flow", CITY, NOW)
    assert (found.denominator, found.official, found.reason) == (1, False, "1 of the springs with a gauge are made up")
    assert found.detail["excluded"] == [{"device": "g2", "reason": "maintenance"}]


def _mornings(first: str, count: int, metres: float = 28.3) -> list[Reading]:
    return [level("g1", local(f"{first}T07:00") + n * DAY, metres) for n in range(count)]


def test_days_are_counted_by_the_official_reading_of_seven_in_the_morning() -> None:
    noise = [level("g1", local("2026-03-18T15:00"), 20.0)]  # not at 07:00: says nothing about the day
    city = _city([baotu()], [*_mornings("2026-03-11", 10), *noise])
    found = city.measure("spring_flow_days", SPRING, NOW)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (10, 10, 10, 0)
    assert (found.unit, found.verdict_allowed) == ("d", False)
    (spring,) = found.detail["springs"]
    assert (spring["first"], spring["last"], spring["official_level"]) == ("2026-03-11", "2026-03-20", 28.3)


def test_the_registers_word_stands_for_the_days_before_the_first_reading() -> None:
    city = _city([baotu(flowing_since="2003-09-06")], _mornings("2026-03-18", 3))
    found = city.measure("spring_flow_days", SPRING, NOW)
    assert found.value == 8_232  # 2003-09-06 to 2026-03-20, both included
    assert found.detail["springs"][0]["days_by_register"] == 8_229


def test_without_the_registers_word_the_days_are_those_of_the_window_at_least() -> None:
    (spring,) = (
        _city([baotu()], _mornings("2025-11-01", 140)).measure("spring_flow_days", SPRING, NOW).detail["springs"]
    )
    assert (spring["days"], spring["first"], spring["at_least"]) == (92, "2025-12-19", True)
    (spring,) = _city([baotu()], _mornings("2026-03-11", 10)).measure("spring_flow_days", SPRING, NOW).detail["springs"]
    assert (spring["days"], spring["at_least"]) == (10, False)


def test_a_date_that_is_none_is_not_believed() -> None:
    city = _city([baotu(flowing_since="since ever")], _mornings("2026-03-18", 3))
    assert city.measure("spring_flow_days", SPRING, NOW).value == 3


def test_a_stop_begins_the_days_anew_and_an_unknown_day_does_not() -> None:
    readings = [*_mornings("2026-03-10", 4), level("g1", local("2026-03-14T07:00"), 26.5)]
    readings += _mornings("2026-03-15", 2) + _mornings("2026-03-18", 3)  # the 17th is missing
    found = _city([baotu(flowing_since="2003-09-06")], readings).measure("spring_flow_days", SPRING, NOW)
    assert (found.value, found.unknown, found.denominator) == (5, 1, 6)
    assert found.detail["springs"][0]["stopped"] == "2026-03-14"
    assert found.covers is not None
    assert found.covers.first == local("2026-03-15T00:00")


def test_a_spring_that_stands_still_today_has_zero_days() -> None:
    readings = [*_mornings("2026-03-10", 10), level("g1", local("2026-03-20T07:00"), 26.5)]
    found = _city([baotu()], readings).measure("spring_flow_days", SPRING, NOW)
    assert (found.value, found.denominator, found.covers) == (0, 0, None)


def test_the_reading_nearest_to_seven_counts_and_a_correction_replaces_it() -> None:
    near = level("g1", local("2026-03-20T06:56"), 28.3)
    readings = [level("g1", local("2026-03-20T07:10"), 26.0), near, level("g1", local("2026-03-20T06:31"), 26.0)]
    assert _city([baotu()], readings).measure("spring_flow_days", SPRING, NOW).value == 1
    corrected = level("g1", near.at, 26.0, revision=1)
    assert _city([baotu()], [corrected, *readings]).measure("spring_flow_days", SPRING, NOW).value == 0


def test_today_counts_only_when_its_official_reading_is_due() -> None:
    city = City(register(baotu()), NO_PLAN, JINAN)
    city.advance(local("2026-03-19T12:00"))
    for reading in _mornings("2026-03-18", 2):
        city.apply(reading)
    early, late = local("2026-03-20T07:29"), local("2026-03-20T07:30")
    assert city.measure("spring_flow_days", SPRING, early).denominator == 2
    city.take_dirty()
    found = city.measure("spring_flow_days", SPRING, late)
    assert (found.value, found.unknown, found.denominator) == (2, 1, 3)
    assert ("spring_flow_days", CITY) in city.take_dirty()


def test_nothing_known_is_no_number() -> None:
    found = _city([baotu()], []).measure("spring_flow_days", SPRING, NOW)
    assert (found.value, found.official, found.reason) == (None, False, "nothing is known of a spring")
    word = _city([baotu(flowing_since="2026-03-01")], []).measure("spring_flow_days", SPRING, NOW)
    assert (word.numerator, word.unknown, word.denominator) == (0, 20, 20)


def test_the_city_has_the_fewest_days_of_its_springs() -> None:
    devices = [baotu("g1"), baotu("g2", spring="五龙潭")]
    readings = [*_mornings("2026-03-11", 10), level("g2", local("2026-03-20T07:05"), 28.0)]
    assert _city(devices, readings).measure("spring_flow_days", CITY, NOW).value == 1


def test_explanations_name_each_spring_with_what_it_rests_on() -> None:
    devices = [baotu("g1"), baotu("g2", state=AssetState.MAINTENANCE)]
    city = _city(devices, [*_mornings("2026-03-19", 2), level("g1", NOW, 28.1)])
    for indicator in ("spring_level", "spring_flow", "spring_flow_days"):
        found = city.explain(indicator, CITY, NOW)
        assert [(i.device, i.used, i.why) for i in found.inputs] == [("g1", True, ""), ("g2", False, "maintenance")]
        assert found.steps
    assert city.explain("spring_level", CITY, NOW).inputs[0].says["below"] == "yellow"
    assert city.explain("spring_level", CITY, NOW).steps[-1].result == "28.1 m"
    assert city.explain("spring_flow", CITY, NOW).steps[-1].result == "100.00 %"
    assert city.explain("spring_flow_days", CITY, NOW).steps[-1].result == "2"
