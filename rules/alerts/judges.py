"""What a condition finds at one device, from its newest reading. Pure functions; every answer carries its reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast

from domain.alert import Verdict
from domain.device import AssetState, Device
from domain.kind import Value
from domain.kinds import KINDS
from domain.reading import Phase, Reading
from rules.alerts.condition import (
    Given,
    Grade,
    Levels,
    Occurrence,
    OneDevice,
    Rate,
    Silence,
    State,
    Stuck,
    Threshold,
)
from rules.alerts.course import NOWHERE, Finding
from rules.alerts.gate import OUTSIDE, Gate
from rules.alerts.graders import grade
from rules.alerts.memory import Memory, RateMemory, StuckMemory
from rules.alerts.rule import AlertRule

NO_READING: Final = "nothing was reported yet"
STALE: Final = "no fresh report"
NOT_SAID: Final = "the report does not say it"
NOT_GIVEN: Final = "what the condition presupposes does not hold"
SAME_FOR: Final = "has been the same for"
NOT_POSITIVE: Final = "is zero or less"
_HOUR: Final = timedelta(hours=1)


class Case(NamedTuple):
    """One device to be judged by one rule at `now`. `on` is the rung that is on, `counted` the last report counted."""

    rule: AlertRule
    device: Device
    reading: Reading | None
    now: datetime
    on: int = NOWHERE
    memory: Memory | None = None
    counted: datetime | None = None
    member: OneDevice | None = None
    """What the rule asks of each device of a scope; None when it asks its condition of the device alone."""

    @property
    def condition(self) -> OneDevice:
        """What is asked of the device."""
        return self.member or cast("OneDevice", self.rule.condition)


def unknown(at: datetime, why: str) -> Finding:
    """Return that nothing can be said."""
    return Finding(Verdict.UNKNOWN, at, why=why)


def freshness(rule: AlertRule) -> timedelta:
    """Return how long a reading says something to a rule."""
    return rule.fresh if rule.fresh is not None else KINDS[rule.kind].freshness


def judge(case: Case, gate: Gate, said: Finding | None = None) -> Finding | None:
    """Return what a rule finds at a device; None when the reading says nothing either way, so that all stays.

    `said` is what `breach` returned for the same case, so that it is not found out twice.
    """
    rule, reading, now, condition = case.rule, case.reading, case.now, case.condition
    if case.device.state is not AssetState.IN_SERVICE:
        return unknown(now, f"the device is {case.device.state.value}")
    if isinstance(condition, Silence):
        return _silence(condition, case, gate)
    if reading is None:
        return unknown(now, NO_READING)
    if now - reading.at > freshness(rule):
        return unknown(now, STALE)
    if not gate.open(rule, case.device, now) or (now != reading.at and not gate.open(rule, case.device, reading.at)):
        return unknown(now, OUTSIDE)
    return said or of_reading(condition, case, reading)


def breach(case: Case) -> Finding | None:
    """Return the breach that a reading by itself says, None when it says none; `judge` says whether it counts now."""
    if case.reading is None:
        return None
    found = of_reading(case.condition, case, case.reading)
    return None if found is None or found.level == NOWHERE else found


def of_reading(condition: OneDevice, case: Case, reading: Reading) -> Finding | None:  # noqa: PLR0911 - one for each kind
    """Return what a reading says of a condition, whatever the time."""
    match condition:
        case Threshold():
            value = _number(reading.values, condition.metric)
            return _levelled(condition.levels, value, case, reading, condition.given)
        case State():
            return _state(condition, case, reading)
        case Grade():
            return _grade(condition, case, reading)
        case Rate():
            moved = case.memory.moved(reading.device) if isinstance(case.memory, RateMemory) else None
            return _levelled(condition.levels, moved, case, reading, condition.given)
        case Stuck():
            return _stuck(condition, case, reading)
        case Occurrence():
            return _occurrence(condition, case, reading)
        case Silence():
            return None


def _levelled(
    levels: Levels, value: float | None, case: Case, reading: Reading, given: tuple[Given, ...] = ()
) -> Finding:
    if not all(g.holds(reading.values) for g in given):
        return unknown(case.now, NOT_GIVEN)
    if value is None:
        return unknown(case.now, NOT_SAID)
    level = levels.level(value, case.on)
    limit = levels.raises[max(level, 0)]
    verdict = Verdict.CLEAR if level == NOWHERE else Verdict.BREACH
    return Finding(verdict, case.now, level, reading.at, value, limit)


def _number(values: Mapping[str, Value], metric: str) -> float | None:
    value = values.get(metric)
    return None if value is None or isinstance(value, str) else float(value)


def _state(condition: State, case: Case, reading: Reading) -> Finding:
    if not all(g.holds(reading.values) for g in condition.given):
        return unknown(case.now, NOT_GIVEN)
    value = reading.values.get(condition.metric)
    if value is None:
        return unknown(case.now, NOT_SAID)
    return _yes_or_no(case, reading, yes=value == condition.equals)


def _yes_or_no(case: Case, reading: Reading, *, yes: bool, why: str = "") -> Finding:
    top = len(case.rule.timing.rungs) - 1
    verdict, level = (Verdict.BREACH, top) if yes else (Verdict.CLEAR, NOWHERE)
    return Finding(verdict, case.now, level, reading.at, why=why)


def _grade(condition: Grade, case: Case, reading: Reading) -> Finding:
    value = grade(condition.grader, case.device, reading)
    if value is not None and condition.against:
        against = case.device.attributes.get(condition.against)
        if against is None or isinstance(against, str):
            return unknown(case.now, f"the device has no {condition.against}")
        value -= float(against)
    return _levelled(condition.levels, value, case, reading)


def _stuck(condition: Stuck, case: Case, reading: Reading) -> Finding:
    values = [(m, v) for m in condition.metrics if (v := _number(reading.values, m)) is not None]
    dead = [m for m, v in values if v <= 0] if condition.not_positive else []
    if dead:
        return _yes_or_no(case, reading, yes=True, why=f"{dead[0]} {NOT_POSITIVE}")
    longest = case.memory.longest(reading) if isinstance(case.memory, StuckMemory) else None
    if not values or longest is None:
        return unknown(case.now, NOT_SAID)
    metric, span = longest
    return _yes_or_no(case, reading, yes=span >= condition.lasts, why=f"{metric} {SAME_FOR} {span / _HOUR:.4g} h")


def _occurrence(condition: Occurrence, case: Case, reading: Reading) -> Finding | None:
    told = [e for e in reading.events if e.type in condition.events]
    fault = next((f for f in reading.faults if f in condition.faults), None)
    if fault is not None or any(e.phase is not Phase.END for e in told):
        over = condition.lasts is not None and case.now - reading.at >= condition.lasts
        what = fault or next(e.type for e in told if e.phase is not Phase.END)
        return _yes_or_no(case, reading, yes=not over, why=what)
    if told or condition.faults:
        return _yes_or_no(case, reading, yes=False)
    lapsed = condition.lasts is not None and case.counted is not None and case.now - case.counted >= condition.lasts
    return Finding(Verdict.CLEAR, case.now) if lapsed else None


def _silence(condition: Silence, case: Case, gate: Gate) -> Finding:
    now, reading = case.now, case.reading
    if reading is not None and now - reading.at <= condition.after:
        return Finding(Verdict.CLEAR, now)
    if condition.powered and not gate.powered(case.device, now, condition.after):
        return unknown(now, "its circuit is off by schedule")
    if not gate.open(case.rule, case.device, now):
        return unknown(now, OUTSIDE)
    hours = None if reading is None else round((now - reading.at) / _HOUR, 2)
    limit = round(condition.after / _HOUR, 2)
    top = len(case.rule.timing.rungs) - 1
    return Finding(Verdict.BREACH, now, top, None if reading is None else reading.at, hours, limit)
