"""Underpasses that are lit: at least half of the lamps in service, unless silent ones leave it open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.device import AssetState, Device
from domain.lighting import LightingPlan, OverrideAction
from domain.measure import Direction, Target, TargetVerdict
from rules.lighting.underpass import Underpass, UnderpassCount
from rules.targets import assess
from tests.support.lighting import DAY, NIGHT, TABLE, city_at, explain, measure
from tests.support.rules import lamp, override, power

AT = "2026-11-23T13:00"


def _under(device_id: str, name: str = "up-1", state: AssetState = AssetState.IN_SERVICE) -> Device:
    return lamp(device_id, underpass=True, underpass_name=name, state=state)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (UnderpassCount(6, 3, 3), Underpass.LIT),
        (UnderpassCount(6, 2, 4), Underpass.DARK),
        (UnderpassCount(6, 2, 3), Underpass.UNKNOWN),
        (UnderpassCount(5, 2, 2), Underpass.UNKNOWN),
        (UnderpassCount(5, 2, 3), Underpass.DARK),
        (UnderpassCount(1, 1, 0), Underpass.LIT),
        (UnderpassCount(0, 0, 0, out_of_service=4), Underpass.DARK),
        (UnderpassCount(0, 0, 0, unjudged=1), Underpass.UNKNOWN),
    ],
)
def test_half_of_the_lamps_decide(count: UnderpassCount, verdict: Underpass) -> None:
    assert count.verdict is verdict


@given(st.lists(st.builds(UnderpassCount, *[st.integers(0, 9)] * 6), min_size=3, max_size=3))
def test_counts_of_disjoint_lamps_merge_in_any_grouping(counts: list[UnderpassCount]) -> None:
    a, b, c = counts
    assert a.merged(b).merged(c) == c.merged(a.merged(b)) == a.merged(c.merged(b))
    assert a.merged(UnderpassCount()) == a == UnderpassCount.load(a.dump())


def test_each_named_underpass_is_lit_dark_or_unknown_by_day_as_by_night() -> None:
    lamps = [
        _under("a1"),
        _under("a2"),
        _under("b1", "up-2"),
        _under("c1", "up-3"),
        lamp("x"),
        lamp("y", underpass=True),
    ]
    lamps.append(_under("d1", "up-4", state=AssetState.BUILT_NOT_HANDED_OVER))
    city = city_at(*lamps, at=AT, readings=[power("a1", DAY), power("a2", DAY, 0.0), power("b1", DAY, 0.0)])
    found = measure(city, "underpass_lighting")
    assert (found.value, found.numerator, found.denominator, found.unknown, found.coverage) == (1.0, 1, 4, 1, 0.75)
    assert (found.detail["dark"], found.detail["unknown"]) == (["up-2", "up-4"], ["up-3"])
    assert found.detail["underpasses"]["up-1"]["state"] == "lit"
    assert (found.indicator, found.unit, found.at) == ("underpass_lighting", "{underpass}", DAY)
    assert (found.official, found.verdict_allowed, found.reason, found.register_version) == (True, True, "", 1)
    one = measure(city, "underpass_lighting", "underpass:up-1")
    assert (one.value, one.denominator) == (1.0, 1)
    assert (measure(city, "light_on_rate", "underpass:up-1").numerator) == 1
    because = explain(city, "underpass_lighting")
    assert [(i.device, i.why) for i in because.inputs] == [
        *(("a1", ""), ("a2", ""), ("b1", ""), ("c1", "no_fresh_report"), ("d1", "built_not_handed_over")),
    ]
    assert [s.result for s in because.steps] == ["1 of 2: lit", "0 of 1: dark", "0 of 1: unknown", "0 of 0: dark", "1"]


def test_without_a_named_underpass_there_is_no_figure() -> None:
    found = measure(city_at(lamp(), at=AT), "underpass_lighting")
    assert (found.value, found.coverage, found.verdict_allowed, found.reason) == (
        None,
        None,
        False,
        "no lamp names an underpass",
    )


def test_a_circuit_under_test_leaves_its_underpass_unknown_and_made_up_lamps_are_not_official() -> None:
    test = override("device:a1", OverrideAction.NO_JUDGEMENT, DAY, NIGHT)
    city = city_at(
        replace(_under("a1"), synthetic=True), at=AT, readings=[power("a1", DAY)], plan=LightingPlan((TABLE,), (test,))
    )
    found = measure(city, "underpass_lighting")
    assert (found.unknown, found.official, found.reason) == (1, False, "1 of the lamps are made up")


def test_a_target_in_counts_is_held_against_the_count_itself() -> None:
    lamps = [_under(f"l{n}", f"up-{n}") for n in range(26)]
    target = Target(
        "t", "d", "10", "w", ("b",), "underpass_lighting", "city", "{underpass}", 25, Direction.AT_LEAST,
    )  # fmt: skip

    def verdict(lit: int, dark: int) -> TargetVerdict:
        readings = [power(f"l{n}", DAY, 100.0 if n < lit else 0.0) for n in range(lit + dark)]
        return assess(target, measure(city_at(*lamps, at=AT, readings=readings), "underpass_lighting"), DAY).verdict

    assert [verdict(25, 1), verdict(24, 1), verdict(24, 2)] == [
        TargetVerdict.MET,
        TargetVerdict.UNKNOWN,
        TargetVerdict.MISSED,
    ]
