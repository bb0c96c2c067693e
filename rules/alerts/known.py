"""What judging a scope asks of the city: measures, targets, who is in a scope, which alerts are open below it."""

from collections.abc import Collection, Sequence

from domain.device import Device
from domain.errors import NotFound
from domain.measure import Assessment, Measure, Target
from domain.reading import Reading
from domain.scope import Scope, ScopeKind
from rules.alerts.book import RuleBook, column, concerns
from rules.alerts.condition import IndicatorThreshold, ShareOfIndicator, TargetMissed
from rules.alerts.ledger import Ledger
from rules.alerts.places import Places
from rules.alerts.rule import AlertRule
from rules.live import City
from rules.targets import assess


class KnownCity:
    """Implements `rules.alerts.scope_judges.Known`."""

    def __init__(self, city: City, places: Places, ledger: Ledger, book: RuleBook, targets: Sequence[Target]) -> None:
        """Ask these."""
        self._city, self._places, self._ledger, self._book = city, places, ledger, book
        self._targets = {target.id: target for target in targets}
        self._subjects: dict[tuple[str, ScopeKind], dict[str, int]] = {}

    def measure(self, indicator: str, scope: str) -> Measure | None:
        """Return a measure at the city's present instant, or None when the scope has none."""
        try:
            return self._city.measure(indicator, Scope.parse(scope), self._places.now)
        except NotFound:
            return None

    def assess(self, target: str) -> Assessment | None:
        """Hold a target of the plan against its measure; None when there is no such target."""
        found = self._targets.get(target)
        if found is None or found.indicator is None:
            return None
        return assess(found, self.measure(found.indicator, found.scope), self._places.now)

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device."""
        return self._city.latest(device)

    def members(self, rule: AlertRule, scope: str) -> Sequence[Device]:
        """Return the devices in service in a scope that a rule is about."""
        kind = scope.partition(":")[0]
        devices = self._places.members(rule.kind, kind).get(scope, ())
        return [d for d in devices if concerns(rule, d)] if rule.where else devices

    def attribute(self, scope: str, name: str) -> str:
        """Return the attribute of a scope's devices, from the first of them."""
        device = self._places.of(scope).device
        return "" if device is None else column(device, name)

    def open_below(self, rule: str, scope: str) -> Collection[str]:
        """Return the subjects in a scope that have an open alert of a rule."""
        return self._ledger.open_below(rule, scope)

    def subjects_of(self, rule: str, scope: str) -> int:
        """Return how many subjects in a scope a rule is about."""
        kind = ScopeKind(scope.partition(":")[0])
        found = self._subjects.get((rule, kind))
        if found is None:
            found = self._subjects[rule, kind] = self._count(self._book.rules[rule], kind)
        return found.get(scope, 0)

    def _count(self, rule: AlertRule, kind: ScopeKind) -> dict[str, int]:
        counts: dict[str, int] = {}
        for subject in self._all_subjects(rule):
            for scope in self._places.of(subject).within:
                if scope.partition(":")[0] == kind.value:
                    counts[scope] = counts.get(scope, 0) + 1
        return counts

    def _all_subjects(self, rule: AlertRule) -> list[str]:
        match rule.condition:
            case IndicatorThreshold() | TargetMissed() | ShareOfIndicator() as on:
                return [str(s) for s in self._city.scopes(on.indicator) if s.kind is on.scope]
            case _:
                in_service = self._city.world.register.in_service(self._places.now, rule.kind)
                return [f"device:{d.id}" for d in in_service if concerns(rule, d)]
