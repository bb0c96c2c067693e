"""The journal on disk while a store is away or slow: back-pressure at the cap, recovery by itself, oldest first."""

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from domain.bundle import Bundle
from domain.delivery import Delivery
from domain.errors import JournalFull
from domain.reading import Appended, Reading
from ingest.accounting import Ledger
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.inbox import Inbox
from ingest.journal.sqlite import SqliteJournal
from ingest.store_writer import StoreWriter, StoreWriterOptions
from ingest.writer import JournalWriter, WriterOptions
from tests.ingest.test_accounting import balanced
from tests.support.ingest import ARRIVAL, BATCH, BreakableQuarantine, BreakableTelemetry, budget, reading, register
from tests.support.processes import wait_until

CAP = 2**20
WINDOW = 20
MESSAGES = 150
PATIENCE = 60
LAMPS = [f"lamp-{number:02}" for number in range(60)]
WORLD = register(*LAMPS)
SECOND = timedelta(seconds=1)


def instant(number: int) -> datetime:
    return ARRIVAL - timedelta(hours=1) + number * SECOND


def message(number: int) -> Delivery:
    """About eleven kilobytes, so that all of them are more than the cap."""
    at = instant(number).isoformat()
    values = {"power": 100.5, "voltage": 221.4, "current": 0.53, "power_factor": 0.95, "energy": 5123.22, "on": True}
    said = [reading(lamp, at=at, seq=number, values=values) for lamp in LAMPS]
    return Delivery(BATCH, json.dumps({"readings": said}).encode(), ARRIVAL)


class SlowTelemetry(BreakableTelemetry):
    """A store whose every append takes until the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.entered = threading.Event(), threading.Event()

    @override
    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        self.entered.set()
        self.gate.wait(PATIENCE)
        return super().append(readings)


class Sent:
    """A delivery of a broker, which keeps it until it is acknowledged."""

    repeatable = True

    def __init__(self, number: int, broker: "Broker") -> None:
        self.bundle, self._number, self._broker = Bundle.of(message(number)), number, broker

    def kept(self, first: int) -> bool | None:  # noqa: ARG002
        self._broker.acknowledged.append(self._number)
        self._broker.room.release()
        return True

    def refuse(self, error: JournalFull) -> bool:  # noqa: ARG002
        return False


class Broker:
    """Sends every message in order, with at most a window of them not acknowledged."""

    def __init__(self, inbox: Inbox) -> None:
        self.room, self.acknowledged = threading.Semaphore(WINDOW), list[int]()
        self.most_waiting = 0
        self._inbox = inbox
        self.thread = threading.Thread(target=self._send)

    def _send(self) -> None:
        for number in range(MESSAGES):
            assert self.room.acquire(timeout=2 * PATIENCE)
            assert self._inbox.offer(Sent(number, self))
            self.most_waiting = max(self.most_waiting, len(self._inbox))


class Works:
    """Inbox, journal on disk, its writer and the store writer."""

    def __init__(self, folder: Path, telemetry: BreakableTelemetry) -> None:
        self.telemetry, self.quarantine = telemetry, BreakableQuarantine()
        self.ledger = Ledger(ARRIVAL)
        self.journal = SqliteJournal(folder, ["store"], CAP, CAP // 8)
        self.inbox = Inbox(self.ledger, room=WINDOW)
        self.writer = JournalWriter(self.inbox, self.journal, self.ledger, WriterOptions(longest_wait=0.05))
        self.feed = DecodedFeed(self.journal, Decoder(lambda: WORLD))
        options = StoreWriterOptions(deliveries=10, longest_wait=timedelta(seconds=0.05), linger=timedelta(0))
        stores = self.telemetry, self.quarantine
        self.store_writer = StoreWriter(self.journal, self.feed, stores, self.ledger, budget(), options)
        self.broker = Broker(self.inbox)
        self.writer.start()
        self.store_writer.start()

    def stop(self) -> None:
        self.broker.thread.join(PATIENCE)
        self.store_writer.stop(PATIENCE)
        self.writer.stop(PATIENCE)
        self.journal.close()

    def all_is_stored(self) -> bool:
        snapshot = self.ledger.snapshot()
        assert balanced(snapshot)
        return bool(snapshot["readings"]["stored"] == MESSAGES * len(LAMPS))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "journal"
    assert len([thread for thread in threading.enumerate() if thread.name == "store-writer"]) == 0


def test_at_its_cap_the_journal_holds_back_the_broker_and_drains_by_itself_oldest_first(folder: Path) -> None:
    works = Works(folder, BreakableTelemetry())
    works.telemetry.away = True
    works.broker.thread.start()
    wait_until(lambda: works.writer.failure is not None, "the journal is at its cap", PATIENCE)
    held = list(works.broker.acknowledged)
    assert 0 < len(held) < MESSAGES
    assert works.journal.bytes_kept <= CAP + CAP // 8
    assert works.ledger.snapshot()["readings"]["stored"] == 0

    works.telemetry.away = False  # what waits is drained while the broker goes on sending
    wait_until(works.all_is_stored, "everything is stored", PATIENCE)
    works.stop()
    assert works.broker.acknowledged == list(range(MESSAGES))
    assert works.broker.most_waiting <= 2 * WINDOW
    assert works.writer.failure is None
    assert list(dict.fromkeys(key.at for key in works.telemetry.kept)) == [instant(n) for n in range(MESSAGES)]


def test_a_slow_store_delays_neither_acknowledgements_nor_the_live_path(folder: Path) -> None:
    slow = SlowTelemetry()
    works = Works(folder, slow)
    works.broker.thread.start()
    assert slow.entered.wait(PATIENCE)
    live: list[datetime] = []
    offset, enough = 0, CAP // 2 // 11_000
    while len(live) < enough * len(LAMPS):  # as the engine reads, with the store standing still
        assert works.journal.wait(offset, PATIENCE)
        for part in works.feed.read(offset, 100):
            live += [one.at for one in part.readings]
            offset = part.end
    assert len(works.broker.acknowledged) >= enough
    assert works.ledger.snapshot()["readings"]["stored"] == 0
    assert live == sorted(live)

    slow.gate.set()
    wait_until(works.all_is_stored, "everything is stored", PATIENCE)
    works.stop()
    assert works.broker.acknowledged == list(range(MESSAGES))
