"""What is counted of a group's open alerts, kept as they change: a group of 128,000 is never gone through again."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Final, TypeVar

from domain.alert import Alert, AlertState
from domain.severity import Severity

Rank = tuple[int, datetime, str]
"""(severity, worst first; since; id): the order in which a message names alerts."""
_SPARE: Final = 64
T = TypeVar("T")


class _Order:
    """Alerts in an order; what is over or muted is dropped when it comes to the top."""

    def __init__(self, *, worst_first: bool) -> None:
        self._worst_first = worst_first
        self._heap: list[Rank] = []

    def rank(self, alert: Alert) -> Rank:
        return (-alert.severity.rank if self._worst_first else 0, alert.since, alert.id)

    def put(self, alert: Alert, members: Mapping[str, Alert]) -> None:
        heappush(self._heap, self.rank(alert))
        if len(self._heap) > 2 * len(members) + _SPARE:
            self._heap = [self.rank(a) for a in members.values() if not a.muted]
            heapify(self._heap)

    def first(self, members: Mapping[str, Alert], number: int) -> list[Alert]:
        found: list[Alert] = []
        kept: list[Rank] = []
        while self._heap and len(found) < number:
            rank = heappop(self._heap)
            alert = members.get(rank[2])
            if alert is not None and not alert.muted and self.rank(alert) == rank and kept[-1:] != [rank]:
                found.append(alert)
                kept.append(rank)
        for rank in kept:
            heappush(self._heap, rank)
        return found


class Tally:
    """The open alerts of one group by id, and the figures of those that are loud: neither explained nor silenced."""

    def __init__(self) -> None:
        """Start without alerts."""
        self.members: dict[str, Alert] = {}
        """The open alerts, muted ones too."""
        self.loud = self.seen = self.taken = self.synthetic = 0
        """How many are loud; of those: not UNKNOWN, acknowledged, made up."""
        self._severities: Counter[Severity] = Counter()
        self._rules: Counter[str] = Counter()
        self._units: Counter[str] = Counter()
        self._worst, self._oldest = _Order(worst_first=True), _Order(worst_first=False)

    def put(self, alert: Alert) -> None:
        """Take in an alert as it is now; one that is over is taken out."""
        before = self.drop(alert.id)
        if not alert.open:
            return
        self.members[alert.id] = alert
        self._count(alert, 1)
        if alert.muted:
            return
        if before is None or before.muted or before.since != alert.since:
            self._oldest.put(alert, self.members)
            self._worst.put(alert, self.members)
        elif before.severity is not alert.severity:
            self._worst.put(alert, self.members)

    def drop(self, ident: str) -> Alert | None:
        """Take an alert out, and return it as it was."""
        before = self.members.pop(ident, None)
        if before is not None:
            self._count(before, -1)
        return before

    def _count(self, alert: Alert, by: int) -> None:
        if alert.muted:
            return
        self.loud += by
        self.seen += by if alert.state is not AlertState.UNKNOWN else 0
        self.taken += by if alert.acknowledged_at is not None else 0
        self.synthetic += by if alert.synthetic else 0
        self._severities[alert.severity] += by
        self._rules[alert.rule] += by
        self._units[alert.unit] += by

    @property
    def severity(self) -> Severity:
        """The highest severity of those that are loud."""
        return max(_present(self._severities), key=lambda s: s.rank, default=Severity.INFO)

    @property
    def rules(self) -> list[str]:
        """The rules of those that are loud, by name."""
        return sorted(_present(self._rules))

    @property
    def unit(self) -> str:
        """One of the responsible units, the same one whatever the order in which they came."""
        return max(_present(self._units), default="")

    def worst(self, number: int) -> list[Alert]:
        """Return the worst of those that are loud, the oldest of one severity first."""
        return self._worst.first(self.members, number)

    def since(self) -> datetime:
        """Return since when the first of those that are loud has been breached; there must be one."""
        return self._oldest.first(self.members, 1)[0].since


def _present(counter: Counter[T]) -> Collection[T]:
    return [key for key, number in counter.items() if number > 0]
