"""Lamps that burn while they are scheduled to be off, and who is no case of it."""

from datetime import timedelta

from domain.device import AssetState
from domain.lighting import LightingPlan, OverrideAction
from tests.support.lighting import PLAN, TABLE, city_at, explain, measure
from tests.support.rules import lamp, local, override, power

NOON = "2026-11-24T12:00"
AT = local(NOON)
MINUTE = timedelta(minutes=1)


def test_lit_and_dark_and_silent_lamps_are_told_apart() -> None:
    lamps = [lamp("l1"), lamp("l2"), lamp("l3"), lamp("l4", state=AssetState.MAINTENANCE)]
    city = city_at(*lamps, at=NOON, readings=[power("l1", AT), power("l2", AT, 0.0), power("l4", AT)])
    found = measure(city, "day_burning")
    assert (found.value, found.numerator, found.denominator, found.unknown) == (1.0, 1, 3, 1)
    assert (found.unit, found.coverage, found.verdict_allowed, found.reason) == ("{lamp}", 2 / 3, True, "")
    assert (found.indicator, found.scope, found.at, found.register_version) == ("day_burning", "city", AT, 1)
    assert found.detail == {"dark": 1, "share_of_known": 50.0, "scheduled_off": 3, "no_judgement": 0}
    assert found.official


def test_underpasses_landscape_and_circuits_under_test_are_no_case() -> None:
    test = override("road:历山路", OverrideAction.NO_JUDGEMENT, AT - MINUTE, AT + MINUTE)
    lamps = [lamp("u", underpass=True), lamp("x", lighting_use="landscape"), lamp("t", road="历山路"), lamp("l1")]
    readings = [power(name, AT) for name in ("u", "x", "t", "l1")]
    city = city_at(*lamps, at=NOON, readings=readings, plan=LightingPlan((TABLE,), (test,)))
    found = measure(city, "day_burning")
    assert (found.numerator, found.denominator, found.detail["no_judgement"]) == (1, 1, 1)
    assert [(i.device, i.used, i.why) for i in explain(city, "day_burning").inputs] == [
        ("l1", True, ""),
        ("t", False, "scheduled_no_judgement"),
        ("u", False, "scheduled_on"),
        ("x", False, "landscape"),
    ]


def test_a_lamp_counts_from_40_minutes_after_off_until_30_minutes_before_on() -> None:
    city = city_at(lamp(), at="2026-11-24T06:59")
    judged = []
    for at in ("06:59:59", "07:00", "07:39:59", "07:40", "16:30", "16:30:01", "17:00"):
        city.advance(local(f"2026-11-24T{at}"))
        judged.append(measure(city, "day_burning").denominator)
    assert judged == [0, 0, 0, 1, 1, 0, 0]
    found = measure(city, "day_burning")
    assert (found.value, found.coverage, found.verdict_allowed) == (None, None, False)
    assert found.reason == "no lamp has been scheduled to be off for 40 minutes"


def test_a_report_of_before_the_switch_off_is_no_burning() -> None:
    off = local("2026-11-24T07:00")
    city = city_at(lamp(), at="2026-11-24T07:00", readings=[power("l1", off - timedelta.resolution)])
    city.advance(off + 40 * MINUTE)
    assert measure(city, "day_burning").unknown == 1
    city.apply(power("l1", off))
    assert (measure(city, "day_burning").numerator, measure(city, "day_burning").unknown) == (1, 0)
    inputs = explain(city, "day_burning").inputs
    assert [(i.used, i.at, i.says) for i in inputs] == [(True, off, {"shows": "lit"})]


def test_just_switched_and_silent_lamps_say_so_and_the_steps_add_up() -> None:
    city = city_at(lamp("l1"), lamp("l2"), at="2026-11-24T07:10", readings=[power("l1", local("2026-11-24T07:05"))])
    assert [i.why for i in explain(city, "day_burning").inputs] == ["just_switched"] * 2
    city.advance(local("2026-11-24T07:40"))
    found = explain(city, "day_burning")
    assert [i.why for i in found.inputs] == ["", "no_fresh_report"]
    assert [step.result for step in found.steps] == ["2", "1", "1"]
    assert found.source == "plan of 2019, item 10; TALQ lampUnexpectedOn: lit while scheduled to be off"


def test_half_night_lamps_that_burn_in_their_pause_count() -> None:
    half = LightingPlan((PLAN.timetables[0],), ())
    off = override("device:l1", OverrideAction.OFF, local("2026-11-23T22:00"), local("2026-11-24T06:00"))
    at = local("2026-11-24T01:00")
    city = city_at(
        lamp(),
        lamp("l2"),
        at="2026-11-24T01:00",
        readings=[power("l1", at), power("l2", at)],
        plan=LightingPlan(half.timetables, (off,)),
    )
    assert (measure(city, "day_burning").numerator, measure(city, "day_burning").denominator) == (1, 1)
