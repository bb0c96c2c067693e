"""Heavy-pollution warnings into the journal: what a person issued or lifted becomes a reading of `warning_notice`.

What is owed stands in the transaction of the case file and is forgotten when the journal has it: a crash in between
offers the same reading again, which is then a duplicate.
"""

import json
import logging
import threading
from collections.abc import Callable

from app.away import Away
from domain.delivery import TOPIC_ROOT
from domain.device import Device
from domain.errors import Unavailable
from domain.incident import OwedNotice
from domain.kinds import KINDS
from domain.ports import IncidentStore, IngestDoor
from domain.register import Register
from rules.incidents.plan_file import LEVELS

logger = logging.getLogger(__name__)

KIND = KINDS["warning_notice"].name


class WarningNotices:
    """Pays what case files owe to the journal. Safe from many threads; never raises."""

    def __init__(self, store: IncidentStore, register: Callable[[], Register], door: IngestDoor) -> None:
        """Offer readings of the register's first device of the kind to `door`."""
        self._store, self._register, self._door = store, register, door
        self._lock, self._away = threading.Lock(), Away(logger, "warning_notice_waits")

    def settle(self) -> None:
        """Record what was issued and lifted; what cannot be recorded now waits for the next call."""
        with self._lock:
            try:
                for owed in self._store.owed():
                    self._record(owed)
                    self._store.paid(owed)
                self._away.over()
            except Unavailable as away:
                self._away.says(away)

    def _record(self, owed: OwedNotice) -> None:
        device = self._device(owed)
        said = {"incident": owed.case.id, "lifted": owed.lifted}
        if device is None:
            # a city without such a device: the proposal takes its own earlier ones as followed
            logger.warning("warning_notice_has_no_device", extra=said)
            return
        level = 0 if owed.lifted else LEVELS.index(owed.case.level) + 1
        reading = {"device": device.id, "at": owed.at.isoformat(), "values": {"level": level, "document": owed.case.id}}
        topic = f"{TOPIC_ROOT}/{KIND}/{device.district}/{device.id}/telemetry"
        receipt = self._door.submit(topic, json.dumps(reading).encode())
        if receipt.quarantined:
            logger.error("warning_notice_refused", extra={**said, "device": device.id})

    def _device(self, owed: OwedNotice) -> Device | None:
        return min(self._register().in_service(owed.at, KIND), key=lambda d: d.id, default=None)
