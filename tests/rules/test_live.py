"""The live state: time, order of arrival, snapshots, and what it answers when asked wrongly."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.errors import NotFound
from domain.lighting import LightingPlan, OverrideAction
from domain.scope import CITY, Scope
from rules.indicators import INDICATORS
from rules.live import City, lookback, recompute
from tests.support.air import air, station
from tests.support.rules import fixed_nights, lamp, local, override, power, register, section, version, water

NOW = local("2026-11-23T21:00")
MINUTE = timedelta(minutes=1)
PLAN = LightingPlan((fixed_nights("2026-11-23"),), ())
WORLD = register(lamp("l1"), lamp("l2"), section("s1"), station("a1"))


def _city() -> City:
    city = City(WORLD, PLAN, JINAN)
    city.advance(NOW)
    return city


def test_the_catalogue_names_every_indicator_with_its_scopes_and_source() -> None:
    catalogue = {i.name: i for i in _city().catalogue()}
    assert list(catalogue) == sorted(INDICATORS)
    index, lights, sections = (catalogue[name] for name in ("aqi", "light_on_rate", "section_compliance"))
    assert (index.title, index.unit, index.scopes) == ("空气质量指数", "1", ("city", "station"))
    assert (lights.title, lights.title_en, lights.unit) == ("亮灯率", "Light-on rate", "%")
    assert lights.scopes == (
        *("city", "district", "management_area", "road_class", "road", "supply_point", "underpass"),
    )
    assert sections.scopes == ("city", "river", "basin", "section_set", "section", "district")
    assert "GB 3838-2002" in sections.source


def test_before_time_begins_there_is_nothing_to_see() -> None:
    city = City(WORLD, PLAN, JINAN)
    city.apply(power("l1", NOW))
    assert (city.now, city.latest("l1"), list(city.scopes("light_on_rate")), city.take_dirty()) == (
        None,
        None,
        [],
        set(),
    )
    assert city.measure("light_on_rate", CITY, NOW).numerator == 1
    assert city.now == NOW


def test_a_reading_from_the_future_waits_until_its_instant() -> None:
    city = _city()
    city.apply(power("l1", NOW))
    city.apply(power("l1", NOW + MINUTE, 0.0))
    assert city.measure("light_on_rate", CITY, NOW).numerator == 1
    city.advance(NOW + MINUTE - timedelta.resolution)
    assert city.latest("l1") == power("l1", NOW)
    city.advance(NOW + MINUTE)
    assert city.latest("l1") == power("l1", NOW + MINUTE, 0.0)
    assert city.measure("light_on_rate", CITY, NOW + MINUTE).detail["dark"] == 1


def test_time_never_goes_back() -> None:
    city = _city()
    city.advance(NOW - MINUTE)
    assert city.now == NOW
    with pytest.raises(ValueError, match="has passed"):
        city.measure("light_on_rate", CITY, NOW - MINUTE)


def test_measuring_later_moves_time() -> None:
    city = _city()
    city.apply(power("l1", NOW))
    assert city.measure("light_on_rate", CITY, NOW + timedelta(hours=1)).unknown == 2
    assert city.now == NOW + timedelta(hours=1)


def test_a_higher_revision_replaces_and_an_equal_or_lower_one_does_not() -> None:
    city = _city()
    first = power("l1", NOW, 100.0)
    city.apply(first)
    city.apply(replace(first, values={"power": 0.0}))
    assert city.latest("l1") == first
    second = replace(first, values={"power": 0.0}, revision=1)
    city.apply(second)
    city.apply(first)
    assert city.latest("l1") == second
    assert city.measure("light_on_rate", CITY, NOW).detail["dark"] == 1


def test_readings_of_kinds_without_an_indicator_are_kept_as_latest() -> None:
    city = _city()
    bay = replace(power("b1", NOW), kind="parking_bay")
    city.apply(bay)
    assert city.latest("b1") == bay
    assert city.latest("b2") is None


def test_unknown_indicators_scopes_and_kinds_of_scope_are_errors() -> None:
    city = _city()
    with pytest.raises(NotFound, match=f"no indicator 'noise'; there are {', '.join(INDICATORS)}"):
        city.measure("noise", CITY, NOW)
    with pytest.raises(NotFound, match="no indicator"):
        city.scopes("noise")
    with pytest.raises(ValueError, match="light_on_rate is not defined for a section"):
        city.measure("light_on_rate", Scope.parse("section:s1"), NOW)
    with pytest.raises(NotFound, match="road:历山路 has no streetlight"):
        city.measure("light_on_rate", Scope.parse("road:历山路"), NOW)


def test_lookback_says_how_far_readings_matter() -> None:
    assert lookback("light_on_rate", CITY, "instant") == timedelta(minutes=40)
    assert lookback("section_compliance", CITY, "month") >= timedelta(days=62)
    assert lookback("section_compliance", CITY, "instant") >= timedelta(days=62)
    with pytest.raises(ValueError, match="period 'month'"):
        lookback("light_on_rate", CITY, "month")
    with pytest.raises(ValueError, match="not defined for a road"):
        lookback("section_compliance", Scope.parse("road:x"), "month")
    with pytest.raises(NotFound):
        lookback("noise", CITY, "instant")


def test_recompute_takes_only_readings_up_to_the_instant() -> None:
    readings = [power("l1", NOW), power("l2", NOW + timedelta.resolution)]
    found = recompute("light_on_rate", CITY, NOW, readings, WORLD, PLAN, JINAN)
    assert (found.numerator, found.unknown, found.at) == (1, 1, NOW)


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    city = _city()
    city.apply(power("l1", NOW))
    city.apply(power("l2", NOW + MINUTE))
    city.apply(water("s1", NOW))
    city.apply(air("a1", NOW))
    again = City.load(json.loads(json.dumps(city.dump())), WORLD, PLAN, JINAN)
    assert again.now == NOW
    assert again.latest("l1") == city.latest("l1")
    assert ("light_on_rate", CITY) in again.take_dirty()
    for state in (city, again):
        state.advance(NOW + MINUTE)
    for name in INDICATORS:
        assert again.scopes(name) == city.scopes(name)
        for scope in city.scopes(name):
            assert again.measure(name, scope, NOW + MINUTE) == city.measure(name, scope, NOW + MINUTE)
        state_after = City.load(again.dump(), WORLD, PLAN, JINAN)
        state_after.advance(NOW + timedelta(hours=9))
        city_after = City.load(city.dump(), WORLD, PLAN, JINAN)
        assert state_after.scopes(name) == city_after.scopes(name)
        for scope in city_after.scopes(name):
            later = NOW + timedelta(hours=9)
            assert state_after.measure(name, scope, later) == city_after.measure(name, scope, later)


def test_a_restored_section_becomes_dirty_when_it_falls_silent() -> None:
    city = _city()
    city.apply(water("s1", NOW))
    again = City.load(city.dump(), WORLD, PLAN, JINAN)
    again.take_dirty()
    again.advance(NOW + timedelta(hours=2))  # the night goes on, nothing falls silent
    assert not {s for name, s in again.take_dirty() if name == "section_compliance"}
    again.advance(NOW + timedelta(hours=8, microseconds=1))
    assert ("section_compliance", CITY) in again.take_dirty()


def test_a_snapshot_of_a_city_before_its_time_keeps_what_waits() -> None:
    city = City(WORLD, PLAN, JINAN)
    city.apply(power("l1", NOW))
    again = City.load(city.dump(), WORLD, PLAN, JINAN)
    assert again.now is None
    assert again.measure("light_on_rate", CITY, NOW).numerator == 1


def test_a_snapshot_is_loaded_into_the_world_of_today() -> None:
    city = _city()
    city.apply(power("l1", NOW))
    off = LightingPlan(PLAN.timetables, (override("device:l2", OverrideAction.OFF, NOW, NOW + MINUTE),))
    again = City.load(city.dump(), register(lamp("l1"), lamp("l2"), number=9), off, JINAN)
    found = again.measure("light_on_rate", CITY, NOW)
    assert (found.denominator, found.numerator, found.register_version) == (1, 1, 9)


def test_versions_of_the_future_come_true_in_time() -> None:
    world = register(
        version(lamp("l1"), end=NOW + MINUTE),
        version(lamp("l1", road="历山路"), start=NOW + MINUTE, end=NOW + 2 * MINUTE),
        version(lamp("l2"), start=NOW + 2 * MINUTE),
    )
    city = City(world, PLAN, JINAN)
    city.advance(NOW)
    roads = []
    for n in range(4):
        city.advance(NOW + n * MINUTE)
        roads.append([s.id for s in city.scopes("light_on_rate") if s.kind.value == "road"])
    assert roads == [["经十路"], ["历山路"], ["经十路"], ["经十路"]]


def test_a_world_that_is_set_before_time_begins_lets_it_begin() -> None:
    city = City(register(), PLAN, JINAN)
    city.set_world(WORLD, PLAN, NOW)
    assert city.now == NOW
    assert city.measure("light_on_rate", CITY, NOW).denominator == 2
