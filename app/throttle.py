"""How fast a sender may make the event log grow: by a purse of its own, beyond which only its newest event waits.

The log keeps a bounded number of events. A gateway that comes and goes at full speed, a cabinet whose breaker chatters,
an alert that is raised and cleared every second would soon be all that it holds. What comes last is always told.
"""

from datetime import datetime
from typing import Final

from domain.record import NewEvent
from ingest.budget import Allowance, Budget

OF_SENDER: Final = Allowance(at_once=60, per_hour=60)
"""More than anybody reads of one sender (our choice); beyond it once a minute."""
OF_ALL: Final = Allowance(at_once=10_000, per_hour=3600)
"""A whole city's gateways that go and come back; then so few that the log still reaches back a day (our choice)."""
WAITING: Final = 10_000
"""Senders whose newest event waits; what one more sends is counted and not told."""


class Throttle:
    """One thread asks. Instants are of the city's clock, aware."""

    def __init__(self, of_all: Allowance = OF_ALL, waiting: int = WAITING) -> None:
        """Begin with full purses."""
        self._budget, self._most = Budget(lambda _: True, OF_SENDER, of_all), waiting
        self._waiting: dict[str, NewEvent] = {}
        self.left_out = 0
        """Events that were never told: a newer one of the same sender took their place."""

    def admits(self, sender: str, event: NewEvent, now: datetime) -> bool:
        """Return whether to tell an event now; else it waits, unless a newer one comes."""
        if self._budget.take(sender, now, 1, 0):
            self.left_out += self._waiting.pop(sender, None) is not None
            return True
        if sender in self._waiting or len(self._waiting) >= self._most:
            self.left_out += 1
        if sender in self._waiting or len(self._waiting) < self._most:
            self._waiting[sender] = event
        return False

    def due(self, now: datetime) -> list[NewEvent]:
        """Return what waited and may be told now, who has waited longest first."""
        found = [sender for sender in self._waiting if self._budget.take(sender, now, 1, 0)]
        return [self._waiting.pop(sender) for sender in found]

    @property
    def waiting(self) -> dict[str, NewEvent]:
        """What waits, by sender."""
        return dict(self._waiting)

    def restore(self, waiting: dict[str, NewEvent]) -> None:
        """Let wait again what waited when a snapshot was kept."""
        self._waiting.update(waiting)
