"""What a rule finds at a scope: at its levels, with too little known, and with what the unknown could still change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

import pytest

from domain.alert import Verdict
from domain.citytime import JINAN
from domain.device import Device
from domain.kind import Value
from domain.measure import Assessment, Direction, Measure, Span, Target, TargetVerdict
from domain.reading import Reading
from domain.scope import ScopeKind
from domain.severity import Severity
from rules.alerts.condition import (
    Condition,
    IndicatorThreshold,
    Levels,
    Part,
    Parts,
    PlanTarget,
    ShareOfDevices,
    ShareOfIndicator,
    ShareOfRule,
    Silence,
    TargetMissed,
    Threshold,
)
from rules.alerts.course import Finding, Rung, Timing
from rules.alerts.gate import Gate
from rules.alerts.rule import AlertRule, Hours
from rules.alerts.scope_judges import NO_MEASURE, NOBODY, ScopeCase, judge_scope
from rules.indicator import World
from tests.support.rules import NO_PLAN, lamp, local, power, register

NOW = local("2026-11-23T12:00")
LAST = NOW - timedelta(minutes=5)
ROAD = ScopeKind.ROAD
GATE = Gate(World(register(), NO_PLAN, JINAN))
TWO = Timing((Rung(Severity.MINOR), Rung(Severity.MAJOR)))
TARGET = Target("t", "", "", "", (), "light_on_rate", "city", limit=98.0, direction=Direction.AT_LEAST)


@dataclass
class Told:
    """A city that says what it was told."""

    found: Measure | None = None
    assessed: Assessment | None = None
    lamps: Sequence[Device] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    below: Collection[str] = ()

    def measure(self, indicator: str, scope: str) -> Measure | None:
        return self.found if (indicator, scope) == ("light_on_rate", "road:r") else None

    def assess(self, target: str) -> Assessment | None:
        return self.assessed if target == "t" else None

    def latest(self, device: str) -> Reading | None:
        return self.readings.get(device)

    def members(self, rule: AlertRule, scope: str) -> Sequence[Device]:
        return self.lamps if (rule.name, scope) == ("x", "road:r") else ()

    def attribute(self, scope: str, name: str) -> str:
        return "arterial" if (scope, name) == ("road:r", "road_class") else "?"

    def open_below(self, rule: str, scope: str) -> Collection[str]:
        return self.below if (rule, scope) == ("dark", "road:r") else ()

    def subjects_of(self, rule: str, scope: str) -> int:
        return 10 if (rule, scope) == ("dark", "road:r") else 0


def rate(value: float | None, unknown: float = 0, **more: Value) -> Measure:
    return Measure(
        *("light_on_rate", "road:r", NOW, "%", value, value or 0, 100, unknown, 1 - unknown / 100),
        span=Span(LAST, LAST),
        detail={"lit": {"rate": 7, "text": "much"}, **more},
    )


def found(condition: Condition, city: Told, subject: str = "road:r", on: int = -1) -> Finding:
    return judge_scope(
        ScopeCase(AlertRule("x", "x", "streetlight", condition, TWO, "road"), subject, NOW, on), city, GATE
    )


def unknown(why: str) -> Finding:
    return Finding(Verdict.UNKNOWN, NOW, why=why)


def says(verdict: Verdict, level: int, value: float, limit: float, report: datetime | None = LAST) -> Finding:
    return Finding(verdict, NOW, level, report, value, limit)


BELOW = IndicatorThreshold("light_on_rate", ROAD, Levels((98.0, 90.0), (99.0, 95.0), above=False), 0.8)


@pytest.mark.parametrize(
    ("condition", "measure", "on", "finding"),
    [
        (BELOW, rate(98.1), -1, says(Verdict.CLEAR, -1, 98.1, 98.0)),
        (BELOW, rate(98.1), 0, says(Verdict.BREACH, 0, 98.1, 98.0)),
        (BELOW, rate(98.0), -1, says(Verdict.BREACH, 0, 98.0, 98.0)),
        (BELOW, rate(90.0), -1, says(Verdict.BREACH, 1, 90.0, 90.0)),
        (BELOW, replace(rate(90.0), span=None), -1, says(Verdict.BREACH, 1, 90.0, 90.0, None)),
        (BELOW, rate(90.0, unknown=20), -1, says(Verdict.BREACH, 1, 90.0, 90.0)),
        (BELOW, rate(90.0, unknown=21), -1, unknown("only 79% is known")),
        (BELOW, replace(rate(90.0), coverage=None), -1, says(Verdict.BREACH, 1, 90.0, 90.0)),
        (BELOW, rate(None), -1, unknown(NO_MEASURE)),
        (BELOW, replace(rate(None), reason="too early"), -1, unknown("too early")),
        (BELOW, None, -1, unknown(NO_MEASURE)),
        (replace(BELOW, field="lit.rate"), rate(99.0), -1, says(Verdict.BREACH, 1, 7.0, 90.0)),
        (replace(BELOW, field="lit.text"), rate(99.0), -1, unknown(NO_MEASURE)),
        (replace(BELOW, field="lit.rate.more"), rate(99.0), -1, unknown(NO_MEASURE)),
    ],
)
def test_a_measure_beyond_a_level(
    condition: IndicatorThreshold, measure: Measure | None, on: int, finding: Finding
) -> None:
    assert found(condition, Told(measure), on=on) == finding


MISSED = TargetMissed("light_on_rate", ROAD, Direction.AT_LEAST, {"arterial": 98.0}, "road_class", 0.8)


@pytest.mark.parametrize(
    ("condition", "measure", "verdict", "why"),
    [
        (MISSED, rate(97.0), Verdict.BREACH, None),
        (MISSED, rate(98.0), Verdict.CLEAR, None),
        (MISSED, rate(97.0, unknown=5), Verdict.UNKNOWN, None),
        (MISSED, rate(90.0, unknown=21), Verdict.UNKNOWN, "only 79% is known"),
        (MISSED, None, Verdict.UNKNOWN, NO_MEASURE),
        (replace(MISSED, limit_by="colour"), rate(97.0), Verdict.UNKNOWN, "there is no limit for '?'"),
        (replace(MISSED, limit_by=""), rate(97.0), Verdict.UNKNOWN, "there is no limit for ''"),
        (replace(MISSED, direction=Direction.AT_MOST), rate(97.0), Verdict.CLEAR, None),
    ],
)
def test_a_limit_of_the_scopes_own_kind_is_missed_only_for_certain(
    condition: TargetMissed, measure: Measure | None, verdict: Verdict, why: str | None
) -> None:
    finding = found(condition, Told(measure))
    assert finding.verdict is verdict
    assert why is None or finding.why == why
    if verdict is not Verdict.UNKNOWN:
        level = 1 if verdict is Verdict.BREACH else -1
        assert measure is not None
        assert (finding.level, finding.report, finding.value, finding.limit) == (level, LAST, measure.value, 98.0)


@pytest.mark.parametrize(
    ("said", "verdict", "level"),
    [
        (TargetVerdict.MISSED, Verdict.BREACH, 1),
        (TargetVerdict.MET, Verdict.CLEAR, -1),
        (TargetVerdict.UNKNOWN, Verdict.UNKNOWN, -1),
    ],
)
def test_a_target_of_the_plan_is_what_the_plan_says_of_it(said: TargetVerdict, verdict: Verdict, level: int) -> None:
    city = Told(assessed=Assessment(TARGET, said, "because", NOW, rate(97.0)))
    assert found(PlanTarget(()), city, "target:t") == Finding(verdict, NOW, level, LAST, 97.0, 98.0, "because")
    assert found(PlanTarget(()), city, "target:other") == unknown("there is no such target")
    bare = Told(assessed=Assessment(TARGET, said, "because", NOW, None))
    assert found(PlanTarget(()), bare, "target:t") == Finding(verdict, NOW, level, None, None, 98.0, "because")


SHARE = Parts((Part(0.3),), (Part(0.2),))


@pytest.mark.parametrize(
    ("measure", "on", "finding"),
    [
        (rate(70.0), -1, says(Verdict.BREACH, 0, 30.0, 100.0)),
        (rate(71.0), -1, says(Verdict.CLEAR, -1, 29.0, 100.0)),
        (rate(71.0), 0, says(Verdict.BREACH, 0, 29.0, 100.0)),
        (rate(65.0, unknown=5), -1, says(Verdict.BREACH, 0, 30.0, 100.0)),
        (rate(65.0, unknown=6), -1, unknown("depends on 6 of 100 that are unknown")),
        (replace(rate(70.0), verdict_allowed=False, reason="by day"), -1, unknown("by day")),
        (replace(rate(0.0), denominator=0), -1, unknown(NOBODY)),
        (None, -1, unknown(NO_MEASURE)),
    ],
)
def test_a_share_against_counts_what_is_known_to_be_so(measure: Measure | None, on: int, finding: Finding) -> None:
    assert found(ShareOfIndicator("light_on_rate", ROAD, SHARE), Told(measure), on=on) == finding


def test_a_share_of_another_rules_subjects_counts_its_open_alerts() -> None:
    condition = ShareOfRule("dark", ROAD, SHARE)
    assert found(condition, Told(below=["a", "b", "c"])) == says(Verdict.BREACH, 0, 3.0, 10.0, None)
    assert found(condition, Told(below=["a", "b"])) == says(Verdict.CLEAR, -1, 2.0, 10.0, None)
    assert found(replace(condition, rule="other"), Told(below=["a"])) == unknown(NOBODY)


def test_a_share_of_devices_tells_of_those_that_are_silent_as_unknown() -> None:
    lamps = [lamp("a"), lamp("b"), lamp("c"), lamp("d")]
    above = ShareOfDevices(
        Threshold("power", Levels((200.0,), (200.0,), above=True)), ROAD, Parts((Part(0.5),), (Part(0.5),))
    )
    high = {"a": power("a", LAST, 300.0), "b": power("b", LAST - timedelta(minutes=1), 300.0)}
    low = {name: power(name, LAST, 100.0) for name in "cd"}
    assert found(above, Told(lamps=lamps, readings=high | low)) == says(Verdict.BREACH, 0, 2.0, 4.0)
    assert found(above, Told(lamps=lamps, readings=high)) == says(Verdict.BREACH, 0, 2.0, 4.0)
    one = {"a": high["a"]}
    assert found(above, Told(lamps=lamps, readings=one | low)) == unknown("depends on 1 of 4 that are unknown")
    calm = {"a": power("a", LAST, 100.0), "b": high["b"]}
    assert found(above, Told(lamps=lamps, readings=calm | low)) == says(Verdict.CLEAR, -1, 1.0, 4.0)
    assert found(above, Told()) == unknown(NOBODY)


def test_outside_its_hours_a_scope_is_not_judged_and_a_condition_of_devices_is_not_about_one() -> None:
    rule = AlertRule("x", "x", "", BELOW, TWO, "road", hours=Hours(time(13), time(14)))
    finding = judge_scope(ScopeCase(rule, "road:r", NOW), Told(rate(90.0)), GATE)
    assert finding == unknown("outside the hours in which this is judged")
    with pytest.raises(TypeError, match="is not about a scope"):
        found(Silence(timedelta(hours=1), powered=False), Told())
