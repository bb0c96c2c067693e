"""The roster in use: taken over from the store when somebody records a change."""

import logging
import threading
from dataclasses import replace

from app.away import Away
from domain.citytime import Place
from domain.duty import Person
from domain.errors import Unavailable
from domain.ports import DutyStore
from rules.duty.plan import DutyPlan

logger = logging.getLogger(__name__)


class RunningRoster:
    """The roster as a `DutyPlan`, in the city's zone. Safe from many threads."""

    def __init__(self, store: DutyStore, place: Place) -> None:
        """Load it."""
        self._store, self._zone = store, place.zone
        self._lock, self._away = threading.Lock(), Away(logger, "roster_not_refreshed")
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
            self._away.over()
        except Unavailable as away:
            self._away.says(away)

    def person(self, ident: str) -> Person | None:
        """Look a person up."""
        return self.plan.people.get(ident)

    def _load(self) -> DutyPlan:
        return DutyPlan(replace(self._store.load(), zone=self._zone))
