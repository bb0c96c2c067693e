"""Whom to tell: the escalations of the alert groups, moved by what became of the groups and by time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

from domain.alert_ports import AlertStore
from domain.escalation import Escalation, EscalationPlan, GroupChange
from domain.notice import Notice
from rules.duty.escalation import advance
from rules.duty.plan import DutyPlan

Duty = Callable[[], tuple[DutyPlan, EscalationPlan]]
"""Returns the roster and the chains as they are now."""


@dataclass(slots=True)
class Moved:
    """What a tick told, and the escalations it moved (None = over)."""

    notices: list[Notice] = field(default_factory=list)
    escalations: dict[str, Escalation | None] = field(default_factory=dict)


class Telling:
    """Keeps how far each group is told. Not thread-safe: the engine's thread alone."""

    def __init__(self, store: AlertStore, duty: Duty) -> None:
        """Tell by the roster and chains that `duty` returns."""
        self._store, self._duty = store, duty
        self._states: dict[str, Escalation] = {}
        self._due: list[tuple[datetime, str]] = []

    def load(self) -> None:
        """Go on where the last tick that was committed left off."""
        self._states = dict(self._store.escalations())
        self._due = [(state.due, group) for group, state in self._states.items() if state.due is not None]
        heapify(self._due)

    def tell(self, changes: Sequence[tuple[str, GroupChange]], now: datetime) -> Moved:
        """Return what is told at a tick: for the groups that changed, and for those whose next step is due."""
        moved = Moved()
        if not changes and not (self._due and self._due[0][0] <= now):
            return moved
        roster, plan = self._duty()
        for group, change in changes:
            self._move(group, change, now, (roster, plan), moved)
        for group in self._ripe(now):
            self._move(group, None, now, (roster, plan), moved)
        return moved

    def _ripe(self, now: datetime) -> Iterable[str]:
        while self._due and self._due[0][0] <= now:
            due, group = heappop(self._due)
            state = self._states.get(group)
            if state is not None and state.due == due:
                yield group

    def _move(
        self,
        group: str,
        change: GroupChange | None,
        now: datetime,
        duty: tuple[DutyPlan, EscalationPlan],
        moved: Moved,
    ) -> None:
        state, notices = advance(group, self._states.get(group), change, now, *duty)
        if state is None:
            if self._states.pop(group, None) is not None:
                moved.escalations[group] = None
        else:
            self._states[group] = moved.escalations[group] = state
            if state.due is not None:
                heappush(self._due, (state.due, group))
        moved.notices += notices
