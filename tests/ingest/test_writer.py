"""The journal's writer and the door beside it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from domain.bundle import Bundle
from domain.delivery import Delivery, Reason, Source
from domain.errors import JournalFull
from domain.ports import Receipt
from ingest.accounting import Ledger
from ingest.decode import Decoder
from ingest.door import Door
from ingest.inbox import Inbox
from ingest.writer import JournalWriter, WriterOptions
from tests.ingest.test_accounting import balanced
from tests.support.ingest import ARRIVAL, BATCH, BreakableJournal, FixedClock, batch, reading, register
from tests.support.processes import wait_until

WORLD = register("lamp-1")


class Delivered:
    """A delivery at QoS 1 by a connection that `stands` or not."""

    repeatable = True

    def __init__(self, number: int, line: "Line", *, stands: bool = True) -> None:
        self.bundle = Bundle.of(Delivery(str(number), b"", ARRIVAL))
        self._line, self._stands = line, stands

    def kept(self, first: int) -> bool | None:
        self._line.told.append((self.bundle.topics[0], first, self._line.journal.end))
        return self._stands

    def refuse(self, error: JournalFull) -> bool:  # noqa: ARG002
        return False


@dataclass
class Line:
    journal: BreakableJournal = field(default_factory=BreakableJournal)
    ledger: Ledger = field(default_factory=lambda: Ledger(ARRIVAL))
    told: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.ledger, room=100)
        self.writer = JournalWriter(self.inbox, self.journal, self.ledger, WriterOptions(batch=3, longest_wait=0.01))
        self.door = Door(self.inbox, Decoder(lambda: WORLD), FixedClock(), patience=30)

    def count(self, name: str) -> int:
        snapshot = self.ledger.snapshot()
        assert balanced(snapshot)
        return int(snapshot["deliveries"][name])


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    if made.writer.alive():
        made.writer.stop(30)


def test_acknowledgements_come_in_order_and_only_after_the_commit(line: Line) -> None:
    for number in range(8):
        line.inbox.offer(Delivered(number, line))
    line.writer.start()
    wait_until(lambda: line.count("acknowledged") == 8, "all are acknowledged")

    assert [(int(topic), offset) for topic, offset, _ in line.told] == [(n, n) for n in range(8)]
    assert all(offset < end for _, offset, end in line.told)
    assert line.journal.appends == 3  # what piled up goes together


def test_a_gone_connection_is_counted_as_stale(line: Line) -> None:
    line.inbox.offer(Delivered(0, line, stands=False))
    line.inbox.offer(Delivered(1, line))
    line.writer.start()
    wait_until(lambda: line.inbox.drained(0), "done")

    assert (line.count("journaled"), line.count("acknowledged"), line.count("stale_acknowledgements")) == (2, 1, 1)


def test_a_full_journal_acknowledges_nothing_and_goes_on_by_itself(line: Line) -> None:
    line.journal.full = True
    for number in range(4):
        line.inbox.offer(Delivered(number, line))
    line.writer.start()
    wait_until(lambda: line.journal.appends > 2, "the journal was tried again")
    assert line.told == []
    assert line.writer.failure == "full"
    assert line.count("in_hand") == 4

    line.journal.full = False
    wait_until(lambda: line.count("acknowledged") == 4, "all are acknowledged")
    assert [topic for topic, _, _ in line.told] == ["0", "1", "2", "3"]
    assert line.writer.failure is None


def test_stopping_finishes_what_is_waiting(line: Line) -> None:
    for number in range(10):
        line.inbox.offer(Delivered(number, line))
    line.writer.start()
    line.writer.stop(30)

    assert not line.writer.alive()
    assert len(line.told) == 10


def test_stopping_does_not_wait_for_a_full_journal(line: Line) -> None:
    line.journal.full = True
    for number in range(10):
        line.inbox.offer(Delivered(number, line))
    line.writer.start()
    line.writer.stop(30)

    assert not line.writer.alive()
    assert line.told == []


def test_the_door_answers_once_the_delivery_is_durable(line: Line) -> None:
    line.writer.start()
    line.door.submit(BATCH, b"?")
    receipt = line.door.submit(BATCH, batch(reading(), reading("nobody")).payload)

    assert (receipt.offset, receipt.readings) == (1, 1)
    assert [(item.index, item.reason, item.device) for item in receipt.quarantined] == [
        (1, Reason.UNKNOWN_DEVICE, "nobody")
    ]
    assert line.journal.deliveries[1].source is Source.HTTP
    assert line.journal.deliveries[1].arrival == ARRIVAL


def test_the_door_takes_what_cannot_be_decoded_and_says_so(line: Line) -> None:
    line.writer.start()
    receipt = line.door.submit("no\0topic\ud800", b"")

    (item,) = receipt.quarantined
    assert (item.index, item.reason) == (None, Reason.BAD_TOPIC)
    assert line.journal.deliveries[0].topic == "no\\x00topic\\ud800"


def test_the_door_is_told_at_once_when_the_journal_is_full_and_others_wait_on(line: Line) -> None:
    line.journal.full = True
    line.inbox.offer(Delivered(0, line))
    line.writer.start()

    with pytest.raises(JournalFull):
        line.door.submit(BATCH, b"")
    assert (line.count("refused"), line.count("in_hand")) == (1, 1)
    line.journal.full = False
    wait_until(lambda: len(line.told) == 1, "the other one is kept")
    assert line.door.submit(BATCH, b"").offset == 1


def test_many_at_the_door_share_commits_and_get_their_own_offsets(line: Line) -> None:
    receipts: list[Receipt] = []
    callers = [threading.Thread(target=lambda: receipts.append(line.door.submit(BATCH, b""))) for _ in range(20)]
    for caller in callers:
        caller.start()
    line.writer.start()
    for caller in callers:
        caller.join(30)

    assert sorted(receipt.offset for receipt in receipts) == list(range(20))
    assert line.count("journaled") == 20


def test_a_door_without_a_writer_gives_up() -> None:
    line = Line()
    impatient = Door(line.inbox, Decoder(lambda: WORLD), FixedClock(), patience=0.01)

    with pytest.raises(JournalFull, match="in time"):
        impatient.submit(BATCH, b"")
    line.inbox.close()
    with pytest.raises(JournalFull, match="wait for"):
        impatient.submit(BATCH, b"")
