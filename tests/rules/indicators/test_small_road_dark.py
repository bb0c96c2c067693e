"""Dark lamps of a road, by count where there are few lamps (city_operations 2.1)."""

import pytest

from rules.indicators.small_road_dark import allowed
from tests.support.lighting import NIGHT, city_at, explain, measure
from tests.support.rules import lamp, power

AT = "2026-11-23T21:00"
ROAD = "road:经十路"


@pytest.mark.parametrize(
    ("lamps", "limit"), [(1, 2), (99, 2), (100, 3), (149, 3), (150, 4), (199, 4), (200, None), (5000, None)]
)
def test_how_many_may_be_dark_depends_on_how_many_there_are(lamps: int, limit: int | None) -> None:
    assert allowed(lamps) == limit


@pytest.mark.parametrize(
    ("dark", "lit", "state"),
    [(0, 12, "within"), (2, 10, "within"), (3, 0, "over"), (2, 9, "unknown"), (0, 10, "within")],
)
def test_a_small_road_is_judged_by_its_count_with_the_silent_lamps_in_mind(dark: int, lit: int, state: str) -> None:
    readings = [power(f"l{n}", NIGHT, 0.0 if n < dark else 100.0) for n in range(dark + lit)]
    found = measure(city_at(*(lamp(f"l{n}") for n in range(12)), at=AT, readings=readings), "small_road_dark", ROAD)
    assert (found.value, found.numerator, found.denominator) == (dark, dark, 12)
    assert found.unknown == 12 - dark - lit
    assert found.detail == {"judged_by": "count", "allowed": 2, "state": state, "lit": lit, "unsettled": 0}
    assert (found.coverage, found.verdict_allowed, found.official, found.reason) == ((dark + lit) / 12, True, True, "")
    assert (found.indicator, found.scope, found.unit, found.at) == ("small_road_dark", ROAD, "{lamp}", NIGHT)
    assert (found.span is None, found.register_version) == (dark + lit == 0, 1)


def test_a_large_road_is_judged_by_its_share() -> None:
    city = city_at(*(lamp(f"l{n}") for n in range(200)), at=AT, readings=[power("l0", NIGHT, 0.0)])
    found = measure(city, "small_road_dark", ROAD)
    assert (found.detail["judged_by"], found.detail["allowed"], found.detail["state"]) == ("share", None, None)
    assert [s.result for s in explain(city, "small_road_dark", ROAD).steps] == ["200", "1", "199", "the share counts"]


def test_by_day_and_just_after_on_there_is_no_verdict() -> None:
    by_day = measure(city_at(lamp(), at="2026-11-23T13:00"), "small_road_dark", ROAD)
    assert (by_day.value, by_day.verdict_allowed, by_day.reason) == (None, False, "no lamp is scheduled to be on")
    assert (by_day.coverage, by_day.detail["state"]) == (None, None)
    early = measure(city_at(lamp(), at="2026-11-23T17:10"), "small_road_dark", ROAD)
    assert (early.value, early.verdict_allowed, early.detail["unsettled"]) == (0.0, False, 1)


def test_it_names_each_lamp_in_order_and_the_limit() -> None:
    city = city_at(lamp("l2"), lamp("l1"), at=AT, readings=[power("l2", NIGHT, 0.0)])
    found = explain(city, "small_road_dark", ROAD)
    assert [(i.device, i.why) for i in found.inputs] == [("l1", "no_fresh_report"), ("l2", "")]
    assert [(s.result, s.clause) for s in found.steps] == [("2", ""), ("1", ""), ("1", ""), ("2", "2.1")]
    assert [str(scope) for scope in city.scopes("small_road_dark")] == [ROAD]
