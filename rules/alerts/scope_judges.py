"""What a condition finds at a scope: from measures of indicators, from the devices in it, from the alerts below it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from domain.alert import Verdict
from domain.device import Device
from domain.measure import Assessment, Direction, Measure, Target, TargetVerdict
from domain.reading import Reading
from rules.alerts.condition import (
    IndicatorThreshold,
    Parts,
    PlanTarget,
    ShareOfDevices,
    ShareOfIndicator,
    ShareOfRule,
    TargetMissed,
)
from rules.alerts.course import NOWHERE, Finding
from rules.alerts.gate import Gate
from rules.alerts.judges import Case, judge, unknown
from rules.alerts.rule import AlertRule
from rules.targets import assess

NO_MEASURE: Final = "nothing is measured there"
NOBODY: Final = "nobody is expected there now"
_VERDICTS: Final = {TargetVerdict.MET: Verdict.CLEAR, TargetVerdict.MISSED: Verdict.BREACH}


class Known(Protocol):
    """What judging a scope may ask of the city at the present instant."""

    def measure(self, indicator: str, scope: str) -> Measure | None:
        """Return a measure, or None when the scope has none."""
        ...

    def assess(self, target: str) -> Assessment | None:
        """Hold a target of the plan against its measure; None when there is no such target."""
        ...

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device."""
        ...

    def members(self, rule: AlertRule, scope: str) -> Sequence[Device]:
        """Return the devices in service in a scope that a rule is about."""
        ...

    def attribute(self, scope: str, name: str) -> str:
        """Return the attribute of a scope's devices, from the first of them."""
        ...

    def open_below(self, rule: str, scope: str) -> Collection[str]:
        """Return the subjects in a scope that have an open alert of a rule."""
        ...

    def subjects_of(self, rule: str, scope: str) -> int:
        """Return how many subjects in a scope a rule is about."""
        ...


@dataclass(frozen=True, slots=True)
class ScopeCase:
    """One scope to be judged by one rule at `now`. `on` is the rung that is on."""

    rule: AlertRule
    subject: str
    now: datetime
    on: int = NOWHERE


def judge_scope(case: ScopeCase, city: Known, gate: Gate) -> Finding:  # noqa: PLR0911 - one for each kind
    """Return what a rule finds at a scope (or, for a target of the plan, at its id)."""
    if not gate.open(case.rule, None, case.now):
        return unknown(case.now, "outside the hours in which this is judged")
    match case.rule.condition:
        case IndicatorThreshold() as condition:
            return _threshold(condition, case, city.measure(condition.indicator, case.subject))
        case TargetMissed() as condition:
            return _target(condition, case, city)
        case PlanTarget():
            return _plan_target(case, city)
        case ShareOfIndicator() as condition:
            return _share_of_indicator(condition, case, city.measure(condition.indicator, case.subject))
        case ShareOfDevices() as condition:
            return _share_of_devices(condition, case, city, gate)
        case ShareOfRule() as condition:
            number = len(city.open_below(condition.rule, case.subject))
            return _parts(condition.parts, case, number, 0, city.subjects_of(condition.rule, case.subject), None)
        case other:
            raise TypeError(f"{other} is not about a scope")


def _threshold(condition: IndicatorThreshold, case: ScopeCase, measure: Measure | None) -> Finding:
    if measure is None:
        return unknown(case.now, NO_MEASURE)
    value = _figure(measure, condition.field)
    if value is None:
        return unknown(case.now, measure.reason or NO_MEASURE)
    if measure.coverage is not None and measure.coverage < condition.coverage:
        return unknown(case.now, f"only {measure.coverage:.0%} is known")
    level = condition.levels.level(value, case.on)
    verdict = Verdict.CLEAR if level == NOWHERE else Verdict.BREACH
    limit = condition.levels.raises[max(level, 0)]
    return Finding(verdict, case.now, level, _report(measure), value, limit)


def _figure(measure: Measure, field: str) -> float | None:
    """Return the value, or the figure of the detail that a dotted path leads to."""
    if not field:
        return measure.value
    found: Any = measure.detail
    for part in field.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return float(found) if isinstance(found, int | float) else None


def _report(measure: Measure) -> datetime | None:
    """Return what names the report that a measure rests on: its newest input."""
    return None if measure.span is None else measure.span.last


def _target(condition: TargetMissed, case: ScopeCase, city: Known) -> Finding:
    measure = city.measure(condition.indicator, case.subject)
    if measure is None:
        return unknown(case.now, NO_MEASURE)
    key = city.attribute(case.subject, condition.limit_by) if condition.limit_by else ""
    limit = condition.limits.get(key)
    if limit is None:
        return unknown(case.now, f"there is no limit for {key!r}")
    if measure.coverage is not None and measure.coverage < condition.coverage:
        return unknown(case.now, f"only {measure.coverage:.0%} is known")
    return _assessed(case, _held_against(condition.direction, limit, case, measure))


def _held_against(direction: Direction, limit: float, case: ScopeCase, measure: Measure) -> Assessment:
    target = Target(
        id=case.rule.name,
        document="",
        item="",
        wording="",
        bureau=(),
        indicator=measure.indicator,
        scope=case.subject,
        unit=measure.unit,
        limit=limit,
        direction=direction,
    )
    return assess(target, measure, case.now)


def _plan_target(case: ScopeCase, city: Known) -> Finding:
    assessment = city.assess(case.subject.partition(":")[2])
    return unknown(case.now, "there is no such target") if assessment is None else _assessed(case, assessment)


def _assessed(case: ScopeCase, found: Assessment) -> Finding:
    verdict = _VERDICTS.get(found.verdict, Verdict.UNKNOWN)
    top = len(case.rule.timing.rungs) - 1
    level = top if verdict is Verdict.BREACH else NOWHERE
    report = _report(found.measure) if found.measure is not None else None
    value = found.measure.value if found.measure is not None else None
    return Finding(verdict, case.now, level, report, value, found.target.limit, found.reason)


def _share_of_indicator(condition: ShareOfIndicator, case: ScopeCase, measure: Measure | None) -> Finding:
    if measure is None:
        return unknown(case.now, NO_MEASURE)
    if not measure.verdict_allowed:
        return unknown(case.now, measure.reason)
    against = measure.denominator - measure.numerator - measure.unknown
    return _parts(condition.parts, case, against, measure.unknown, measure.denominator, _report(measure))


def _share_of_devices(condition: ShareOfDevices, case: ScopeCase, city: Known, gate: Gate) -> Finding:
    members = city.members(case.rule, case.subject)
    against = unclear = 0
    newest: datetime | None = None
    for device in members:
        reading = city.latest(device.id)
        found = judge(Case(case.rule, device, reading, case.now, member=condition.member), gate)
        against += found is not None and found.verdict is Verdict.BREACH
        unclear += found is None or found.verdict is Verdict.UNKNOWN
        if reading is not None and (newest is None or reading.at > newest):
            newest = reading.at
    return _parts(condition.parts, case, against, unclear, len(members), newest)


def _parts(
    parts: Parts, case: ScopeCase, number: float, unclear: float, expected: float, report: datetime | None
) -> Finding:
    """BREACH by those that are known to be against; CLEAR only if all the unknown could not change it."""
    if expected <= 0:
        return unknown(case.now, NOBODY)
    least = parts.level(number, expected, case.on)
    most = parts.level(number + unclear, expected, case.on)
    if least != NOWHERE:
        return Finding(Verdict.BREACH, case.now, least, report, float(number), float(expected))
    if most != NOWHERE:
        return Finding(Verdict.UNKNOWN, case.now, why=f"depends on {unclear:g} of {expected:g} that are unknown")
    return Finding(Verdict.CLEAR, case.now, NOWHERE, report, float(number), float(expected))
