"""Turns the steps of one tick into changes of alerts.

Sources of inhibition come first, a flood is grouped, and what late data raised and ended in one tick is set apart.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.alert import AlertChange, AlertGroup, ChangeKind
from domain.escalation import GroupChange
from rules.alerts.book import RuleBook
from rules.alerts.grouping import Groups, Storms
from rules.alerts.ledger import Key, Ledger, Told
from rules.alerts.places import Places


class Teller:
    """Keeps the ledger of open alerts, the storms and the groups."""

    def __init__(self) -> None:
        """Start without alerts."""
        self.ledger, self.storms, self.groups = Ledger(), Storms(), Groups()
        self._noted: list[Told] = []

    def note(self, told: Iterable[Told]) -> None:
        """Note steps of the life cycle until the tick is told."""
        self._noted += told

    def tell(self, book: RuleBook, places: Places, now: datetime) -> list[AlertChange]:
        """Return what the steps since the last call changed."""
        noted, self._noted = self._noted, []
        noted.sort(key=lambda t: (book.rank.get(t.rule.name, 0), t.step.at))
        over = _over_already(noted)
        raised = [t for t in noted if t.step.kind is ChangeKind.RAISED and id(t) not in over]
        grouped = self._grouped(raised, places, now)
        for told in noted:
            if id(told) not in over:
                self.ledger.record(grouped.get(id(told), told), now)
            elif (end := over[id(told)]) is not None:
                self.ledger.correct(end, told, now)
        return self.ledger.take()

    def group_changes(self, changes: Sequence[AlertChange], now: datetime) -> list[tuple[str, GroupChange]]:
        """Return what a tick's changes make of the groups: that is what people are told of."""
        for change in changes:
            if change.kind is not ChangeKind.CORRECTED:
                self.groups.put(change.alert, change.kind, change.by)
        return self.groups.take(now)

    def _grouped(self, raised: Sequence[Told], places: Places, now: datetime) -> dict[int, Told]:
        """Return the raising steps with the groups they are told in."""
        by_rule: dict[str, list[Told]] = {}
        for told in raised:
            by_rule.setdefault(told.rule.name, []).append(told)
        found: dict[int, Told] = {}
        for name, steps in by_rule.items():
            keys = [places.group(told.place.subject, told.rule.group) for told in steps]
            groups = [AlertGroup(key, places.of(key).name) for key in keys]
            settled = self.storms.grouped(name, steps[0].rule.title, groups, now)
            for told, group in zip(steps, settled, strict=True):
                found[id(told)] = Told(told.rule, told.place, told.step, told.finding, group)
        return found


def _over_already(noted: Sequence[Told]) -> dict[int, Told | None]:
    """Return the steps of what was raised and over in this one tick: the raising with its end, the others alone."""
    raised: dict[Key, list[Told]] = {}
    over: dict[int, Told | None] = {}
    for told in noted:
        if told.step.kind is ChangeKind.RAISED:
            raised[told.key] = [told]
        elif told.key in raised:
            raised[told.key].append(told)
            if told.step.kind is ChangeKind.RECOVERED:
                first, *others = raised.pop(told.key)
                over[id(first)] = told
                over.update(dict.fromkeys(map(id, others)))
    return over
