"""The roster in use: taken over from the store when somebody records a change, and watched for gaps."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.citytime import Place
from domain.duty import Person
from domain.errors import Unavailable
from domain.escalation import EscalationPlan
from domain.ports import Clock, DutyStore, Outbox
from rules.duty.plan import DutyPlan
from rules.duty.watch import gap_notices

logger = logging.getLogger(__name__)


class RunningRoster:
    """The roster as a `DutyPlan`, in the city's zone. Safe from many threads."""

    def __init__(self, store: DutyStore, place: Place) -> None:
        """Load it."""
        self._store, self._zone = store, place.zone
        self._lock = threading.Lock()
        self.plan = self._load()

    def current(self) -> DutyPlan:
        """Return the roster as recorded now. Raises `StoreUnavailable`."""
        with self._lock:
            if self._store.version() != self.plan.roster.version:
                self.plan = self._load()
                logger.info("roster_taken_over", extra={"version": self.plan.roster.version})
            return self.plan

    def refresh(self) -> None:
        """Take over what another process recorded. Called on a schedule; never raises."""
        try:
            self.current()
        except Unavailable as away:
            logger.warning("roster_not_refreshed", extra={"reason": str(away)})

    def person(self, ident: str) -> Person | None:
        """Look a person up."""
        return self.plan.people.get(ident)

    def _load(self) -> DutyPlan:
        return DutyPlan(replace(self._store.load(), zone=self._zone))


class GapWatch:
    """Tells of gaps ahead. `look` is called on a schedule; it never raises."""

    def __init__(
        self,
        roster: RunningRoster,
        plan: Callable[[], EscalationPlan],
        outbox: Outbox,
        clock: Clock,
        wall: Callable[[], datetime],
    ) -> None:
        """Watch `roster` in city time; notices are posted by the wall clock. `plan` returns the chains as they are."""
        self._roster, self._plan, self._outbox, self._clock, self._wall = roster, plan, outbox, clock, wall
        self._told: set[str] = set()

    def look(self) -> None:
        """Post what is to be told of gaps and was not told yet."""
        if not self._roster.plan.roster.version:
            return  # nobody has begun to keep a roster here
        found = gap_notices(self._roster.plan, self._plan(), self._clock.now())
        fresh = [notice for notice in found if notice.key not in self._told]
        try:
            self._outbox.post(fresh, self._wall())
        except Unavailable as away:
            logger.warning("gaps_not_told", extra={"reason": str(away)})
            return
        self._told = {notice.key for notice in found}
