"""Targets against measures (invariant 5): met and missed only whatever the unknown turns out to be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.measure import Direction, Measure, Target, TargetVerdict
from rules.targets import assess
from tests.support.rules import local

NOW = local("2026-11-23T21:00")
TICK = timedelta.resolution
TARGET = Target(
    id="10-arterial",
    document="plan",
    item="10",
    wording="亮灯率达到98以上",
    bureau=("市城管局",),
    indicator="light_on_rate",
    scope="road_class:arterial",
    limit=98.0,
    direction=Direction.AT_LEAST,
)


def _measure(numerator: int, unknown: int, denominator: int = 1000, **changes: Any) -> Measure:
    found = Measure(
        indicator="light_on_rate",
        scope="road_class:arterial",
        at=NOW,
        unit="%",
        value=None,
        numerator=numerator,
        denominator=denominator,
        unknown=unknown,
        coverage=None,
    )
    return replace(found, **changes)


def _verdict(measure: Measure | None, **changes: Any) -> tuple[TargetVerdict, str]:
    found = assess(replace(TARGET, **changes), measure, NOW)
    return found.verdict, found.reason


@pytest.mark.parametrize(
    ("numerator", "unknown", "verdict"),
    [
        (980, 0, TargetVerdict.MET),
        (979, 0, TargetVerdict.MISSED),
        (980, 20, TargetVerdict.MET),
        (979, 1, TargetVerdict.UNKNOWN),
        (900, 79, TargetVerdict.MISSED),
        (900, 80, TargetVerdict.UNKNOWN),
        (0, 1000, TargetVerdict.UNKNOWN),
    ],
)
def test_at_least_is_met_with_every_unknown_against_and_missed_with_every_unknown_for(
    numerator: int, unknown: int, verdict: TargetVerdict
) -> None:
    assert _verdict(_measure(numerator, unknown))[0] is verdict


@pytest.mark.parametrize(
    ("numerator", "unknown", "verdict"),
    [
        (20, 0, TargetVerdict.MET),
        (21, 0, TargetVerdict.MISSED),
        (10, 10, TargetVerdict.MET),
        (10, 11, TargetVerdict.UNKNOWN),
        (21, 5, TargetVerdict.MISSED),
        (20, 1, TargetVerdict.UNKNOWN),
    ],
)
def test_at_most_counts_the_unknown_the_other_way(numerator: int, unknown: int, verdict: TargetVerdict) -> None:
    found = _verdict(_measure(numerator, unknown), limit=2.0, direction=Direction.AT_MOST)
    assert found[0] is verdict


@given(st.integers(1, 400), st.data())
def test_a_verdict_holds_for_every_way_the_unknown_can_turn_out(denominator: int, data: st.DataObject) -> None:
    unknown = data.draw(st.integers(0, denominator))
    numerator = data.draw(st.integers(0, denominator - unknown))
    limit = data.draw(st.sampled_from([96.0, 98.0, 97.5, 33.3, 100.0, 0.0]))
    direction = data.draw(st.sampled_from(Direction))
    verdict, _ = _verdict(_measure(numerator, unknown, denominator), limit=limit, direction=direction)
    outcomes = set()
    for lit in range(numerator, numerator + unknown + 1):
        over, asked = round(lit * 1000), round(limit * 10) * denominator
        outcomes.add(over >= asked if direction is Direction.AT_LEAST else over <= asked)
    wanted = {frozenset({True}): TargetVerdict.MET, frozenset({False}): TargetVerdict.MISSED}
    assert verdict is wanted.get(frozenset(outcomes), TargetVerdict.UNKNOWN)


def test_the_comparison_is_exact_where_floats_are_not() -> None:
    assert _verdict(_measure(333, 0), limit=33.3)[0] is TargetVerdict.MET
    assert _verdict(_measure(7, 0, 1000), limit=0.7, direction=Direction.AT_MOST)[0] is TargetVerdict.MET


def test_a_measure_that_is_no_percentage_is_compared_as_it_is() -> None:
    assert _verdict(_measure(25, 0, 1, unit="1"), limit=25.0)[0] is TargetVerdict.MET
    assert _verdict(_measure(24, 0, 1, unit="1"), limit=25.0)[0] is TargetVerdict.MISSED


def test_the_reason_of_unknown_says_how_much_is_unknown() -> None:
    assert _verdict(_measure(979, 21))[1] == "depends on 21 of 1000 that are unknown"
    assert _verdict(_measure(980, 0))[1] == ""


def test_without_a_verdict_window_a_denominator_or_a_measure_it_is_unknown() -> None:
    forbidden = _measure(1000, 0, verdict_allowed=False, reason="30 lamps are switching")
    assert _verdict(forbidden) == (TargetVerdict.UNKNOWN, "30 lamps are switching")
    assert _verdict(_measure(0, 0, 0)) == (TargetVerdict.UNKNOWN, "nothing takes part in the rate")
    assert _verdict(None) == (TargetVerdict.UNKNOWN, "nothing was measured for road_class:arterial")


def test_what_no_indicator_measures_is_not_measured_and_says_why() -> None:
    found = assess(replace(TARGET, indicator=None, not_measured_because="no feed"), _measure(1, 0), NOW)
    assert (found.verdict, found.reason, found.measure) == (TargetVerdict.NOT_MEASURED, "no feed", None)


def test_without_a_figure_there_is_no_limit() -> None:
    assert _verdict(_measure(1, 0), limit=None, direction=None) == (TargetVerdict.NO_LIMIT, "the plan sets no figure")
    assert _verdict(_measure(1, 0), direction=None)[0] is TargetVerdict.NO_LIMIT


def test_a_target_expires_at_its_end_and_begins_at_its_start() -> None:
    met = _measure(1000, 0)
    assert _verdict(met, valid_to=NOW + TICK)[0] is TargetVerdict.MET
    assert _verdict(met, valid_to=NOW)[0] is TargetVerdict.EXPIRED
    assert _verdict(None, valid_to=NOW, limit=None) == (TargetVerdict.EXPIRED, f"ended {NOW.isoformat()}")
    assert _verdict(met, valid_from=NOW)[0] is TargetVerdict.MET
    assert _verdict(met, valid_from=NOW + TICK)[0] is TargetVerdict.UNKNOWN


def test_what_was_assumed_and_what_is_not_official_is_said_with_the_verdict() -> None:
    made_up = _measure(1000, 0, official=False, reason="3 of the lamps are made up")
    assert _verdict(made_up, assumed="the % sign") == (
        TargetVerdict.MET,
        "assumed: the % sign; not official: 3 of the lamps are made up",
    )
    assert _verdict(_measure(1000, 0, official=False))[1] == "not official"


MONTH = {
    "until": "2026-10-31T16:00:00+00:00",
    "value": 100.0,
    "numerator": 1,
    "denominator": 1,
    "unknown": 0,
    "coverage": 1.0,
    "official": True,
    "reason": "",
}


def test_a_monthly_target_is_held_against_the_closed_month() -> None:
    now = _measure(
        0, 0, 1, verdict_allowed=False, official=False, reason="instantaneous", detail={"month_closed": MONTH}
    )
    found = assess(replace(TARGET, limit=100.0, period="month"), now, NOW)
    assert (found.verdict, found.reason, found.at) == (TargetVerdict.MET, "", NOW)
    assert found.measure is not None
    assert (found.measure.at, found.measure.value) == (local("2026-11-01T00:00"), 100.0)
    assert found.measure.detail == MONTH
    assert (found.measure.coverage, found.measure.official, found.measure.verdict_allowed) == (1.0, True, True)


def test_a_closed_month_with_unknowns_or_made_up_sections_says_so() -> None:
    month = {**MONTH, "numerator": 0, "unknown": 1, "official": False, "reason": "1 of the sections are made up"}
    found = assess(replace(TARGET, limit=100.0, period="month"), _measure(1, 0, 1, detail={"month_closed": month}), NOW)
    assert found.verdict is TargetVerdict.UNKNOWN
    assert found.reason == "depends on 1 of 1 that are unknown; not official: 1 of the sections are made up"


def test_a_monthly_target_of_an_indicator_without_months_is_unknown() -> None:
    assert _verdict(_measure(1000, 0), period="month")[0] is TargetVerdict.UNKNOWN


def test_the_assessment_carries_the_target_and_the_measure() -> None:
    measure = _measure(980, 0)
    found = assess(TARGET, measure, NOW)
    assert (found.target, found.measure, found.at) == (TARGET, measure, NOW)
