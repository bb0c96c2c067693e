"""What ticks have told, until it is committed together with how far they are: so a crash tells nothing twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.alerting import Alerting
from domain.alert_ports import TickRecord
from domain.errors import Unavailable
from domain.ports import EventLog
from domain.record import NewEvent

MAX_WAITING: Final = 10_000


class TickBook:
    """Used by the engine's thread only, but for `waiting`."""

    def __init__(self, log: EventLog, alerting: Alerting, commit: Callable[[TickRecord], None]) -> None:
        """Commit what alerting has to record with the rest."""
        self._log, self._alerting, self._commit = log, alerting, commit
        self._events: list[NewEvent] = []
        self.through: datetime | None = None
        """The last tick that was committed."""

    def open(self) -> datetime | None:
        """Look up how far the ticks were committed, and return it. Raises `StoreUnavailable`."""
        self.through = self._log.ticked_through()
        return self.through

    @property
    def waiting(self) -> int:
        """How much waits for the database."""
        return len(self._events) + self._alerting.pending

    def is_live(self, at: datetime) -> bool:
        """Return whether a tick at this instant is the first one, not one of a replay."""
        return self.through is None or at > self.through

    def note(self, event: NewEvent, ticked: datetime | None) -> None:
        """Let an event wait for the next tick that is committed; in a replay it was logged before."""
        if self.through is None or ticked is None or ticked >= self.through:
            self._events.append(event)

    def commit(self, ticked: datetime | None, beat: timedelta) -> None:
        """Commit what waits with `ticked` in one transaction; on failure it waits on.

        Each `beat` it is noted how far the ticks are though nothing changed, so that a restart sees how long it was
        away. Raises `Unavailable` when too much waits: stop ticking, lose nothing, the journal keeps what comes.
        """
        if ticked is None or not (self.waiting or self.through is None or ticked - self.through >= beat):
            return
        try:
            self._commit(self._alerting.record(self._events, ticked))
        except Unavailable:
            if self.waiting >= MAX_WAITING:
                raise
            return
        self.through = ticked
        self._events = []
        self._alerting.recorded()
