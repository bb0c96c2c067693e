"""How often a rule would have fired over readings of the past, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from domain.alert import Alert, ChangeKind
from domain.citytime import Place
from domain.lighting import LightingPlan
from domain.measure import Target
from domain.reading import Reading
from domain.register import Register
from rules.alerts.book import RuleBook
from rules.alerts.condition import (
    IndicatorThreshold,
    PlanTarget,
    ShareOfIndicator,
    ShareOfRule,
    TargetMissed,
)
from rules.alerts.rule import AlertRule
from rules.alerts.trial import Trial
from rules.indicators import INDICATORS

GRID: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that a rule would have fired. `ended` is None when it was open at the end."""

    alert: Alert
    ended: datetime | None


def kinds_of(rule: AlertRule, book: RuleBook, targets: Sequence[Target]) -> tuple[str, ...]:
    """Return the kinds of device whose readings a rule rests on."""
    match rule.condition:
        case IndicatorThreshold() | TargetMissed() | ShareOfIndicator() as on:
            return INDICATORS[on.indicator].kinds
        case ShareOfRule(rule=below):
            return kinds_of(book.rules[below], book, targets)
        case PlanTarget(targets=wanted):
            named = [t.indicator for t in targets if t.indicator and (not wanted or t.id in wanted)]
            return tuple(sorted({kind for name in named for kind in INDICATORS[name].kinds}))
        case _:
            return (rule.kind,) if rule.kind else ()


def alone(rule: AlertRule, book: RuleBook) -> RuleBook:
    """Return a set of rules with one rule, and what it counts; nothing explains it."""
    rules = [replace(rule, inhibits=frozenset())]
    if isinstance(rule.condition, ShareOfRule):
        rules.append(replace(book.rules[rule.condition.rule], inhibits=frozenset()))
    return RuleBook(rules)


def backtest(
    rule: AlertRule,
    book: RuleBook,
    readings: Iterable[Reading],
    world: tuple[Register, LightingPlan, Place],
    span: tuple[datetime, datetime],
    targets: Sequence[Target] = (),
) -> list[Firing]:
    """Return when a rule would have fired in a span. Readings before it warm the state up; all come as they arrived.

    Ticks lie a minute apart; holds end at their own instants all the same.
    """
    start, end = span
    heard = sorted((r for r in readings if r.at < end), key=lambda r: (r.received, r.at))
    first = min((r.received for r in heard), default=start)
    trial = Trial(alone(rule, book), world, targets, min(first, start) - GRID, GRID)
    firings: dict[str, Firing] = {}
    for change in trial.run((r for r in heard if r.received <= end), end):
        if change.alert.rule != rule.name:
            continue
        if change.kind is ChangeKind.CORRECTED or change.kind is ChangeKind.RECOVERED:
            firings[change.alert.id] = Firing(change.alert, change.alert.recovered_at)
        else:
            firings[change.alert.id] = Firing(change.alert, None)
    return sorted((f for f in firings.values() if start <= f.alert.fired_at < end), key=lambda f: f.alert.fired_at)
