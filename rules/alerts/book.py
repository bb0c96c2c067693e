"""The running set of rules, with an index for every question a tick asks: nothing is ever searched rule by rule."""

from collections.abc import Iterable, Sequence
from typing import Final, cast

from domain.device import Device
from domain.scope import ScopeKind
from rules.alerts.condition import (
    ONE_DEVICE,
    FeedSilence,
    GatewayOffline,
    IndicatorThreshold,
    OneDevice,
    PlanTarget,
    ShareOfDevices,
    ShareOfIndicator,
    ShareOfRule,
    Silence,
    TargetMissed,
)
from rules.alerts.rule import AlertRule
from rules.alerts.screen import Screen, screen

_COLUMNS: Final = frozenset({"district", "management_area", "responsible_unit", "id"})


def column(device: Device, name: str) -> str:
    """Return a column or attribute of a device as a filter compares it."""
    if name in _COLUMNS:
        return str(getattr(device, name))
    value = device.attributes.get(name, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def concerns(rule: AlertRule, device: Device) -> bool:
    """Return whether a rule about single devices is about this one."""
    return rule.kind == device.kind and fits(rule, device)


def fits(rule: AlertRule, device: Device) -> bool:
    """Return whether a device is one of those that the rule's filter names."""
    return all(column(device, name) in wanted for name, wanted in rule.where.items())


class _KindIndex:
    """The rules about single devices of one kind. Rules that name a value of a column are found by that value."""

    def __init__(self) -> None:
        self._plain: list[AlertRule] = []
        self._filtered: dict[str, dict[str, list[AlertRule]]] = {}
        self._columns: tuple[str, ...] = ()
        self._known: dict[tuple[str, ...], tuple[Screened, ...]] = {}

    def add(self, rule: AlertRule) -> None:
        if not rule.where:
            self._plain.append(rule)
            return
        first = min(rule.where, key=lambda name: len(rule.where[name]))
        for value in rule.where[first]:
            self._filtered.setdefault(first, {}).setdefault(value, []).append(rule)
        self._columns = tuple(sorted({*self._columns, *rule.where}))

    def rules(self, device: Device) -> "tuple[Screened, ...]":
        key = tuple([column(device, name) for name in self._columns])
        found = self._known.get(key)
        if found is None:
            named = [r for name, by in self._filtered.items() for r in by.get(column(device, name), ())]
            fitting = [*self._plain, *(r for r in named if concerns(r, device))]
            found = self._known[key] = tuple(_screened(rule) for rule in sorted(fitting, key=lambda r: r.name))
        return found


Screened = tuple[AlertRule, Screen]
"""A rule about single devices, with the screen of its condition."""


def _screened(rule: AlertRule) -> Screened:
    return rule, screen(cast("OneDevice", rule.condition))


class RuleBook:
    """An immutable set of rules."""

    def __init__(self, rules: Iterable[AlertRule] = ()) -> None:
        """Index the rules; names are unique."""
        self.rules = {rule.name: rule for rule in sorted(rules, key=lambda r: r.name)}
        self._by_kind: dict[str, _KindIndex] = {}
        self._by_measure: dict[tuple[str, ScopeKind], list[AlertRule]] = {}
        self._above: dict[str, list[AlertRule]] = {}
        self.silences: dict[str, list[AlertRule]] = {}
        self.feeds: list[AlertRule] = []
        self.gateways: list[AlertRule] = []
        self.plan_targets: list[AlertRule] = []
        for rule in self.rules.values():
            self._index(rule)
        self.inhibited = frozenset(name for rule in self.rules.values() for name in rule.inhibits)
        """The rules whose alerts another rule may explain."""
        self.rank = self._ranks()
        """Sources of inhibition and parts of a share come before what they explain or make up."""

    def _index(self, rule: AlertRule) -> None:
        match rule.condition:
            case Silence():
                self.silences.setdefault(rule.kind, []).append(rule)
            case FeedSilence():
                self.feeds.append(rule)
            case GatewayOffline():
                self.gateways.append(rule)
            case PlanTarget():
                self.plan_targets.append(rule)
            case ShareOfRule(rule=below):
                self._above.setdefault(below, []).append(rule)
            case ShareOfDevices():
                pass  # `rules.alerts.scopes` counts them
            case IndicatorThreshold() | TargetMissed() | ShareOfIndicator() as on:
                self._by_measure.setdefault((on.indicator, on.scope), []).append(rule)
            case _:
                self._by_kind.setdefault(rule.kind, _KindIndex()).add(rule)

    def of_device(self, device: Device) -> tuple[Screened, ...]:
        """Return the rules that a reading of a device concerns, silences apart, each with its screen."""
        index = self._by_kind.get(device.kind)
        return index.rules(device) if index is not None else ()

    def of_measure(self, indicator: str, scope: ScopeKind) -> Sequence[AlertRule]:
        """Return the rules that a measure of an indicator for a kind of scope concerns."""
        return self._by_measure.get((indicator, scope), ())

    def above(self, rule: str) -> Sequence[AlertRule]:
        """Return the rules that count alerts of a rule."""
        return self._above.get(rule, ())

    def about_one_device(self, rule: AlertRule) -> bool:
        """Return whether a rule's subjects are single devices."""
        return isinstance(rule.condition, ONE_DEVICE)

    def _ranks(self) -> dict[str, int]:
        """Return the depth of each rule under what inhibits it; rules that inhibit each other stay where they are."""
        ranks = dict.fromkeys(self.rules, 0)
        for _ in self.rules:
            moved = False
            for rule in self.rules.values():
                for name in rule.inhibits & ranks.keys():
                    if name != rule.name and ranks[name] <= ranks[rule.name] < len(ranks):
                        ranks[name] = ranks[rule.name] + 1
                        moved = True
            if not moved:
                break
        return ranks
