"""Who is responsible for what a rule finds: the unit of the device, or of the devices in the scope that it is about.

Where these have several units, the rule may name one (`responsible_unit`); else it is the unit of most of them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from domain.kinds import KINDS
from domain.measure import Target
from rules.alerts.book import RuleBook
from rules.alerts.condition import IndicatorThreshold, PlanTarget, ShareOfIndicator, ShareOfRule, TargetMissed
from rules.alerts.places import Place, Places
from rules.alerts.rule import AlertRule


class Units:
    """The responsible units of one register under one set of rules."""

    def __init__(
        self, places: Places, book: RuleBook, kinds: Mapping[str, Collection[str]], targets: Iterable[Target]
    ) -> None:
        """Look nobody up yet. `kinds`: by indicator the kinds of device that it measures."""
        self._places, self._book = places, book
        self._bureaus = {f"target:{target.id}": target.bureau for target in targets}
        self._kinds = kinds
        self._known: dict[tuple[str, str], str] = {}

    def of(self, rule: AlertRule, place: Place) -> str:
        """Return the unit of what a rule finds at a place that is no single device; empty when nobody is in it."""
        key = rule.name, place.subject
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(rule, place.subject)
        return found

    def _look_up(self, rule: AlertRule, subject: str) -> str:
        scope_kind = subject.partition(":")[0]
        units: Counter[str] = Counter(self._bureaus.get(subject, ())[:1])
        for kind in self._about(rule):
            units.update(d.responsible_unit for d in self._places.members(kind, scope_kind).get(subject, ()))
        if len(units) != 1 and rule.responsible_unit:
            return rule.responsible_unit
        return min(units, key=lambda unit: (-units[unit], unit), default="")

    def _about(self, rule: AlertRule) -> Iterable[str]:
        """Return the kinds of device that a rule looks at in a scope."""
        seen: set[str] = set()
        while isinstance(rule.condition, ShareOfRule) and rule.name not in seen:
            seen.add(rule.name)
            rule = self._book.rules[rule.condition.rule]
        if rule.kind:
            return (rule.kind,)
        match rule.condition:
            case IndicatorThreshold(indicator=name) | TargetMissed(indicator=name) | ShareOfIndicator(indicator=name):
                return self._kinds.get(name, ())
            case PlanTarget():
                return ()  # the plan names its bureaus, the first leads
            case _:
                return KINDS
