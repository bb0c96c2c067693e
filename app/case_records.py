"""The incident desk tells its case files as readings of kind `case_record`, through the journal like everybody else.

What a case file says is told after each change, and noted only when the journal has it: after a crash it is told once
more, which changes nothing. Without a device of that kind marked `desk` in the register all waits until there is one.
"""

import json
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.delivery import TOPIC_ROOT
from domain.device import Device
from domain.errors import Starting, Unavailable
from domain.incident import Incident
from domain.ports import Clock, IncidentStore, IngestDoor
from domain.register import Register
from rules.incidents.record import record_of

logger = logging.getLogger(__name__)

KIND: Final = "case_record"
BATCH: Final = 100
_REMEMBERED: Final = 1000


class CaseRecords:
    """A job of the schedule. One caller at a time."""

    def __init__(self, store: IncidentStore, door: IngestDoor, register: Callable[[], Register], clock: Clock) -> None:
        """Tell what `store` has through `door`, in the name of the desk of the register in use."""
        self._store, self._door, self._register, self._clock = store, door, register, clock
        self._used: deque[datetime] = deque(maxlen=_REMEMBERED)
        self.failure: str | None = None

    def tell(self) -> int:
        """Tell every case file that changed; return how many. A store that is away is tried again next time."""
        told = 0
        try:
            desk = self._desk()
            while desk is not None and (cases := self._store.untold(BATCH)):
                for case in cases:
                    self._tell(desk, case)
                    told += 1
            self.failure = None
        except Starting:
            return told  # the register is not known yet; nothing is wrong
        except Unavailable as away:
            if self.failure is None:
                logger.warning("case_records_wait", extra={"reason": str(away)})
            self.failure = str(away)
        return told

    def _desk(self) -> Device | None:
        found = (d for d in self._register().in_service(self._clock.now(), KIND) if d.flag("desk"))
        return min(found, key=lambda device: device.id, default=None)

    def _tell(self, desk: Device, case: Incident) -> None:
        history = self._store.history(case.id)[: case.version]
        reading = {
            "device": desk.id,
            "at": self._instant(history[-1].at).isoformat(),
            "values": dict(record_of(case, history)),
        }
        topic = f"{TOPIC_ROOT}/{KIND}/{desk.district}/{desk.id}/telemetry"
        receipt = self._door.submit(topic, json.dumps(reading, ensure_ascii=False).encode())
        for item in receipt.quarantined:
            logger.error("case_record_quarantined", extra={"incident": case.id, "reason": item.detail})
        self._store.tell(case.id, case.version)

    def _instant(self, at: datetime) -> datetime:
        """Return when a step was; two of the same microsecond are told one after the other."""
        while at in self._used:
            at += datetime.resolution
        self._used.append(at)
        return at
