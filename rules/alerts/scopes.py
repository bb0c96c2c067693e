"""Which scopes are judged when: those that may have changed, each at instants of its own, so that no tick has them all.

A scope's instants (its slot) lie `EVERY` apart and follow from its name alone, so that a replay judges it at the same.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from domain.alert import AlertChange
from domain.device import Device
from domain.measure import Target
from domain.scope import Scope
from rules.alerts.book import RuleBook, fits
from rules.alerts.condition import PlanTarget, ShareOfDevices, ShareOfRule
from rules.alerts.ledger import Key
from rules.alerts.places import scope_of
from rules.alerts.rule import AlertRule

EVERY: Final = timedelta(seconds=5)
STEPS: Final = 10
_STEP: Final = EVERY / STEPS
_MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ScopeWatch:
    """The scopes that have to be judged, by slot."""

    def __init__(self, book: RuleBook, targets: Sequence[Target]) -> None:
        """Take the rules, and the plan's targets for the rules about them."""
        self._book = book
        self._slots: list[set[Key]] = [set() for _ in range(STEPS)]
        self._targets: dict[tuple[str, str], list[Key]] = {}
        self._alive: set[Key] = set()
        self._number: dict[str, int] = {}
        """The slot of each subject that was noted once."""
        self._counting: dict[str, list[tuple[AlertRule, str]]] = {}
        """The rules that count devices, by kind, with the kind of scope that they count in."""
        for rule in book.rules.values():
            if isinstance(rule.condition, ShareOfDevices):
                self._counting.setdefault(rule.kind, []).append((rule, rule.condition.scope.value))
        for rule in book.plan_targets:
            wanted = rule.condition.targets if isinstance(rule.condition, PlanTarget) else ()
            for target in targets:
                if target.indicator is not None and (not wanted or target.id in wanted):
                    key = (rule.name, f"target:{target.id}")
                    self._targets.setdefault((target.indicator, target.scope), []).append(key)

    def touch(self, dirty: Iterable[tuple[str, Scope]]) -> None:
        """Note measures that may have changed."""
        for indicator, scope in dirty:
            rules = self._book.of_measure(indicator, scope.kind)
            if rules or self._targets:
                text = str(scope)
                self._add((rule.name, text) for rule in rules)
                self._add(self._targets.get((indicator, text), ()))

    def counting(self, device: Device) -> Iterator[Key]:
        """Yield which rule counts a device in which scope; what is due goes into the `slot` of the scope."""
        for rule, kind in self._counting.get(device.kind, ()):
            if (not rule.where or fits(rule, device)) and (scope := scope_of(device, kind)):
                yield rule.name, scope

    def count(self, changes: Iterable[AlertChange]) -> None:
        """Note alerts that some rule counts."""
        for change in changes:
            for rule in self._book.above(change.alert.rule):
                if isinstance(rule.condition, ShareOfRule):
                    kind = rule.condition.scope.value
                    self._add((rule.name, s) for s in change.alert.within if s.partition(":")[0] == kind)

    def due(self, before: datetime, now: datetime) -> Iterator[Key]:
        """Yield what has to be judged at `now`: everything noted whose slot lies after `before`, in order."""
        if (now - _EPOCH) // _MINUTE != (before - _EPOCH) // _MINUTE:
            self._add(key for key in self._alive if self._changes_by_itself(key))
        found: list[Key] = []
        for number, slot in enumerate(self._slots):
            offset = _EPOCH + number * _STEP
            if slot and (now - offset) // EVERY != (before - offset) // EVERY:
                found += slot
                slot.clear()
        yield from sorted(found)

    def remember(self, key: Key, *, alive: bool) -> None:
        """Note whether anything is remembered of a scope, so that it is judged again when only time passes."""
        (self._alive.add if alive else self._alive.discard)(key)

    def _changes_by_itself(self, key: Key) -> bool:
        rule = self._book.rules.get(key[0])
        return rule is not None and (isinstance(rule.condition, ShareOfDevices) or rule.hours is not None)

    def _add(self, keys: Iterable[Key] | Collection[Key]) -> None:
        for key in keys:
            self.slot(key[1]).add(key)

    def slot(self, subject: str) -> set[Key]:
        """Return what is noted of the scopes that are judged together with this one."""
        number = self._number.get(subject)
        if number is None:
            number = self._number[subject] = crc32(subject.encode()) % STEPS
        return self._slots[number]
