"""Reporting deadlines of emergencies in the running service: told to the duty chain until the report is recorded.

What was told is kept with its notices in one transaction, and every notice has one key: a crash at any instant tells
nobody twice and forgets no deadline.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from app.away import Away
from app.telling import Duty
from domain.errors import Unavailable
from domain.ports import Clock, IncidentStore
from rules.duty.reporting import told
from rules.incidents.emergency import emergency_of

logger = logging.getLogger(__name__)


class DeadlineWatch:
    """`look` is called on a schedule and never raises."""

    def __init__(
        self, store: IncidentStore, duty: Duty, clock: Clock, wall: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        """Watch the emergencies of `store` in city time; `wake` lets the channels know that there is something."""
        self._store, self._duty, self._clock, self._wall, self._wake = store, duty, clock, wall, wake
        self._away = Away(logger, "deadlines_wait")

    def look(self) -> None:
        """Tell of the deadlines that are near or have passed since the last look."""
        try:
            if self._tell():
                self._wake()
            self._away.over()
        except Unavailable as away:
            self._away.says(away)

    def _tell(self) -> bool:
        owing = self._store.owing()
        if not owing:
            return False
        now, (roster, plan) = self._clock.now(), self._duty()
        some = False
        for case, through in owing:
            emergency = emergency_of(case, through)
            if emergency is None:
                continue
            kept, notices = told(emergency, now, roster, plan, roster.roster.tz)
            if notices:
                self._store.remind(case.id, kept, notices, self._wall())
                some = True
        return some
