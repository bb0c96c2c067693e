"""Alerts told together: by place, and in a storm by rule, so that a flood is a few groups and not a thousand.

`Groups` follows which open alerts each group has and says what became of the group: that is what people are told of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.alert import Alert, AlertGroup, ChangeKind
from domain.escalation import GroupChange, GroupChangeKind
from domain.severity import Severity
from rules.alerts.tally import Tally

STORM_GROUPS: Final = 20
"""So many groups of one rule opened within `STORM_WINDOW` are a storm: what comes after them is one group (our choice;
a robot of a chat group carries 20 messages a minute, city_operations 5.2)."""
STORM_WINDOW: Final = timedelta(minutes=10)
NAMED: Final = 5
"""How many subjects of a group a message names."""
STORM: Final = "storm"


class Storms:
    """Which groups each rule opened lately."""

    def __init__(self) -> None:
        """Start in calm."""
        self._opened: dict[str, dict[str, datetime]] = {}

    def grouped(self, rule: str, title: str, groups: Sequence[AlertGroup], at: datetime) -> list[AlertGroup]:
        """Return the groups that alerts of a rule, all raised in one tick, are told in."""
        lately = {key: when for key, when in self._opened.get(rule, {}).items() if when > at - STORM_WINDOW}
        lately.update({group.key: at for group in groups})
        self._opened[rule] = lately
        if len(lately) <= STORM_GROUPS:
            return list(groups)
        return [AlertGroup(f"{STORM}:{rule}", f"{title}(多处)")] * len(groups)

    def dump(self) -> Any:
        """Return it as plain JSON."""
        return {r: {k: at.isoformat() for k, at in lately.items()} for r, lately in self._opened.items()}

    def restore(self, dumped: Any) -> None:
        """Take back what `dump` gave."""
        self._opened = {r: {k: datetime.fromisoformat(at) for k, at in lately.items()} for r, lately in dumped.items()}


@dataclass(slots=True)
class _Group:
    group: AlertGroup
    tally: Tally
    told: GroupChangeKind | None = None
    """What was said of it last; None = nothing yet."""
    severity: Severity = Severity.INFO
    number: int = 0
    acknowledged: bool = False


class Groups:
    """The open alerts by group, and what is said of each group."""

    def __init__(self) -> None:
        """Start without groups."""
        self._groups: dict[str, _Group] = {}
        self._touched: dict[str, str] = {}

    def put(self, alert: Alert, kind: ChangeKind, by: str = "") -> None:
        """Take in an alert as it is after a change."""
        key = alert.group.key
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(alert.group, Tally())
        group.tally.put(alert)
        if by or key not in self._touched:
            self._touched[key] = by if kind is ChangeKind.ACKNOWLEDGED else ""

    def restore(self, alerts: Iterable[Alert], at: datetime) -> None:
        """Take in the open alerts of a snapshot; what was said of their groups was said before."""
        for alert in alerts:
            self.put(alert, ChangeKind.RAISED)
        self.take(at)

    def forget(self, alerts: Iterable[Alert]) -> None:
        """Leave out alerts that nobody was told of, without a word about it."""
        for alert in alerts:
            tally = self._groups[alert.group.key].tally
            tally.drop(alert.id)
            if not tally.members:
                del self._groups[alert.group.key]

    def take(self, at: datetime) -> list[tuple[str, GroupChange]]:
        """Return what became of the groups since the last call, in the order in which they were touched."""
        said = []
        for key, by in self._touched.items():
            group = self._groups[key]
            change = _say(group, at, by)
            if change is not None:
                said.append((key, change))
            if not group.tally.members:
                del self._groups[key]
        self._touched = {}
        return said

    def members(self, key: str) -> Mapping[str, Alert]:
        """Return the open alerts of a group by id."""
        found = self._groups.get(key)
        return {} if found is None else found.tally.members


def _say(group: _Group, at: datetime, by: str) -> GroupChange | None:
    """Compare a group with what was said of it; None when there is no news."""
    tally = group.tally
    if not tally.loud:
        if group.told is None:
            return None
        kind = GroupChangeKind.HELD if tally.members else GroupChangeKind.RECOVERED
        changed = kind is not group.told
        group.told = kind
        return GroupChange(kind, at, group.severity, None, "", None) if changed else None
    severity, acknowledged = tally.severity, tally.taken == tally.loud
    kind_or_none = _kind(group, severity, acknowledged=acknowledged)
    group.severity, group.number, group.acknowledged = severity, tally.loud, acknowledged
    if kind_or_none is None:
        return None
    group.told = kind_or_none
    return GroupChange(kind_or_none, at, severity, _facts(group), tally.unit, by or None)


def _kind(group: _Group, severity: Severity, *, acknowledged: bool) -> GroupChangeKind | None:
    tally = group.tally
    if group.told in {None, GroupChangeKind.RECOVERED}:
        return GroupChangeKind.RAISED
    if not tally.seen:
        return None if group.told is GroupChangeKind.HELD else GroupChangeKind.HELD
    if group.told is GroupChangeKind.HELD:
        return GroupChangeKind.RESUMED
    if severity.rank > group.severity.rank or (group.acknowledged and not acknowledged):
        return GroupChangeKind.WORSENED
    if acknowledged and not group.acknowledged:
        return GroupChangeKind.ACKNOWLEDGED
    return GroupChangeKind.UPDATED if tally.loud != group.number or severity is not group.severity else None


def _facts(group: _Group) -> dict[str, Any]:
    """Return what a message about a group may say, as plain JSON: the worst first, some of them named."""
    tally, rules = group.tally, group.tally.rules
    worst = tally.worst(NAMED)
    first = worst[0]
    return {
        "title": first.title if len(rules) == 1 else f"{first.title}等",
        "scope": group.group.key,
        "place": group.group.name or group.group.key,
        "text": first.text,
        "count": tally.loud,
        "names": [a.name for a in worst],
        "since": tally.since().isoformat(),
        "severity": first.severity.value,
        "value": first.value,
        "limit": first.limit,
        "runbook": first.runbook,
        "alerts": [a.id for a in worst],
        "rules": rules,
        "synthetic": tally.synthetic > 0,
    }
