"""An MQTT source with its journal writer, driven by the tests of the connection."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from domain.delivery import Delivery
from domain.ports import Clock
from ingest.accounting import Ledger
from ingest.client import MqttSource
from ingest.connection import MqttOptions
from ingest.inbox import Inbox
from ingest.writer import JournalWriter, WriterOptions
from tests.support.ingest import ARRIVAL, BreakableJournal, FixedClock


class GatedJournal(BreakableJournal):
    """A journal whose commit takes until the test opens the gate. `entered` tells that a commit is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.entered = threading.Event(), threading.Event()
        self.gate.set()

    @override
    def append(self, deliveries: Sequence[Delivery]) -> int:
        self.entered.set()
        self.gate.wait(30)
        return super().append(deliveries)


class DeadlyClock(FixedClock):
    """A clock that ends the thread which reads it, once: nothing that `except Exception` could catch."""

    armed = False

    @override
    def now(self) -> datetime:
        if self.armed:
            self.armed = False
            raise SystemExit
        return super().now()


@dataclass
class WayIn:
    """Inbox, writer and source. `options` replaces single options of the source."""

    port: int
    options: dict[str, Any] = field(default_factory=dict)
    journal: GatedJournal = field(default_factory=GatedJournal)
    clock: Clock = field(default_factory=FixedClock)
    room: int = 1000
    session: Path | None = None

    def __post_init__(self) -> None:
        self.ledger = Ledger(ARRIVAL)
        self.inbox = Inbox(self.ledger, self.room)
        self.writer = JournalWriter(self.inbox, self.journal, self.ledger, WriterOptions(longest_wait=0.05))
        chosen: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "client_id": "ingest-test"} | self.options
        self.source = MqttSource(MqttOptions(**chosen), self.inbox, self.ledger, self.clock, self.session)

    @contextmanager
    def running(self) -> Iterator["WayIn"]:
        self.writer.start()
        self.source.start()
        try:
            yield self
        finally:
            self.journal.gate.set()
            self.source.stop(10)
            self.writer.stop(10)
            assert not self.source.alive()
            assert not self.writer.alive()

    def connected(self) -> bool:
        return self.source.status().connected

    def count(self, name: str) -> int:
        return int(self.ledger.snapshot()["deliveries"][name])

    def payloads(self) -> list[bytes]:
        return [delivery.payload for delivery in self.journal.deliveries]
