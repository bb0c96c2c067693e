"""Out of the quarantine, through the journal, into the store: exactly once in effect, whatever fails where."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.delivery import Delivery, Journaled, Reason, Source
from domain.errors import StoreUnavailable
from domain.ports import Journal
from domain.quarantine import Intended, ReplayWish
from domain.record import QuarantineFilter
from domain.register import Register
from ingest.accounting import Ledger
from ingest.codec import DecodeLimits
from ingest.decode import Decoder
from ingest.envelope import TOPIC, envelope
from ingest.feed import DecodedFeed
from ingest.inbox import Inbox
from ingest.journal.sqlite import SqliteJournal
from ingest.replayer import ReplayDesk, Replayer, ReplayerOptions
from ingest.store_writer import CONSUMER, StoreWriter, StoreWriterOptions
from ingest.writer import JournalWriter
from store.operational import OperationalStore
from tests.ingest.test_accounting import balanced
from tests.support.ingest import ARRIVAL, BATCH, BreakableTelemetry, FixedClock, batch, budget, reading, register
from tests.support.processes import wait_until

LATER = ARRIVAL + timedelta(days=2)


@dataclass
class Bench:
    """Journal and quarantine on disk, a telemetry store in memory, and a register that can be mended."""

    folder: Path
    known: Register = field(default_factory=lambda: register("lamp-1"))
    limits: DecodeLimits = field(default_factory=DecodeLimits)
    telemetry: BreakableTelemetry = field(default_factory=BreakableTelemetry)

    def __post_init__(self) -> None:
        self.operational = OperationalStore(f"sqlite:///{self.folder / 'operational.db'}")
        self.journal = SqliteJournal(self.folder / "journal", [CONSUMER], 2**30, 2**20)
        self.clock = FixedClock()
        self.wake_up()

    def wake_up(self) -> None:
        """Begin a new incarnation on the same files."""
        self.ledger = Ledger(ARRIVAL)
        self.decoder = Decoder(lambda: self.known, self.limits)
        self.inbox = Inbox(self.ledger, 1000)
        self.writer = JournalWriter(self.inbox, self.journal, self.ledger)
        quarantine = self.operational.quarantine
        feed = DecodedFeed(self.journal, self.decoder)
        options = StoreWriterOptions(linger=timedelta(0), longest_wait=timedelta(milliseconds=5))
        self.store_writer = StoreWriter(
            self.journal, feed, (self.telemetry, quarantine), self.ledger, budget(), options
        )
        self.replayer = self.new_replayer(self.journal)
        self.desk = ReplayDesk(quarantine, self.decoder, self.clock)

    def new_replayer(self, journal: Journal, quarantine: Any = None) -> Replayer:
        options = ReplayerOptions(look_s=0.01, deliveries=7)
        return Replayer(quarantine or self.operational.quarantine, journal, self.inbox, self.clock, options)

    def start(self) -> None:
        self.writer.start()
        self.store_writer.start()
        self.replayer.start()

    def stop(self) -> None:
        for part in (self.replayer, self.writer, self.store_writer):
            part.stop(30)
            assert not part.alive()

    def restart(self) -> None:
        self.stop()
        self.wake_up()
        self.start()

    def take_in(self, *deliveries: Delivery) -> None:
        self.journal.append(deliveries)
        wait_until(lambda: self.journal.committed(CONSUMER) == self.journal.end, "all is settled")

    def replayed(self, wish: ReplayWish | None = None) -> Any:
        begun = self.desk.begin(wish or ReplayWish(), "tests")
        quarantine = self.operational.quarantine
        wait_until(lambda: quarantine.replay(begun.id).finished_at is not None, "the replay is done", 60)
        wait_until(lambda: self.journal.committed(CONSUMER) == self.journal.end, "all is settled")
        snapshot = self.ledger.snapshot()
        assert balanced(snapshot)
        books = quarantine.books()
        assert books.ever == books.waiting + books.replaying + books.replayed + books.expired
        return quarantine.replay(begun.id)

    def waiting(self) -> list[tuple[int | None, Reason]]:
        return [(e.item.index, e.item.reason) for e in self.operational.quarantine.list(QuarantineFilter(limit=1000))]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    built = Bench(tmp_path)
    built.start()
    yield built
    built.stop()
    built.journal.close()
    built.operational.close()


def test_what_an_unknown_device_said_is_stored_once_it_is_registered(bench: Bench) -> None:
    bench.take_in(batch(reading(), reading("lamp-2"), reading("lamp-3")))
    assert bench.waiting() == [(1, Reason.UNKNOWN_DEVICE), (2, Reason.UNKNOWN_DEVICE)]
    bench.known, bench.clock.at = register("lamp-1", "lamp-2"), LATER
    done = bench.replayed()
    assert (done.items, done.replayed, done.again) == (2, 1, 1)
    assert sorted(key.device for key in bench.telemetry.kept) == ["lamp-1", "lamp-2"]
    assert bench.waiting() == [(2, Reason.UNKNOWN_DEVICE)]
    (stored,) = [kept for key, kept in bench.telemetry.kept.items() if key.device == "lamp-2"]
    assert stored.received == ARRIVAL
    readings = bench.ledger.snapshot()["readings"]
    assert (readings["readings_by_source"]["replay"], readings["duplicate"]) == (2, 0)


def test_a_range_that_was_widened_lets_in_what_was_out_of_it(bench: Bench) -> None:
    early = (ARRIVAL + timedelta(minutes=9)).isoformat()
    bench.take_in(batch(reading(at=early)))
    assert bench.waiting() == [(0, Reason.FUTURE_TIME)]
    bench.clock.at = LATER
    assert bench.replayed().again == 1  # judged as of its arrival: that time has passed is no reason to believe it
    bench.limits = DecodeLimits(future=timedelta(minutes=10))
    bench.restart()
    assert bench.replayed().replayed == 1
    assert len(bench.telemetry.kept) == 1


def test_a_delivery_that_was_too_large_is_taken_apart_under_a_higher_limit(bench: Bench) -> None:
    bench.limits = DecodeLimits(payload_bytes=100)
    bench.restart()
    whole = batch(reading(), reading("nobody"))
    bench.take_in(whole)
    assert bench.waiting() == [(None, Reason.TOO_LARGE)]
    bench.limits = DecodeLimits(payload_bytes=len(whole.payload))
    bench.restart()
    assert bench.replayed().replayed == 1
    assert bench.waiting() == [(1, Reason.UNKNOWN_DEVICE)]
    assert [e.delivery for e in bench.operational.quarantine.list(QuarantineFilter())] == [whole]


def test_what_came_by_http_is_judged_by_the_kind_that_the_register_knows_by_then(bench: Bench) -> None:
    park = {"device": "park-1", "at": ARRIVAL.isoformat(), "values": {"occupied": 3, "capacity": 10}}
    bench.take_in(batch(reading(), park, reading("lamp-2"), reading("lamp-3"), source=Source.HTTP))
    assert [place for place, _ in bench.waiting()] == [1, 2, 3]
    bench.known = register("lamp-1", "lamp-2", others={"park-1": "parking_lot"})
    done = bench.replayed()
    assert (done.replayed, done.again) == (2, 1)
    assert {(r.device, r.kind) for r in bench.telemetry.kept.values()} >= {("park-1", "parking_lot")}
    assert bench.waiting() == [(3, Reason.UNKNOWN_DEVICE)]


def test_what_conflicts_with_the_store_waits_on(bench: Bench) -> None:
    bench.take_in(batch(reading()), batch(reading(values={"power": 1})))
    done = bench.replayed()
    assert (done.replayed, done.again) == (0, 1)
    assert bench.waiting() == [(0, Reason.CONFLICT)]


def test_a_status_of_the_past_is_not_believed_today(bench: Bench) -> None:
    offline = Delivery("city/v1/streetlight/370102/gateway-1/status", b"offline", ARRIVAL)
    decoded = bench.decoder.decode(Journaled(0, envelope(Intended(1, 1, offline, None), LATER)))
    assert (decoded.statuses, decoded.undecodable) == ((), None)


class Forgetful:
    """The quarantine as a replayer that is killed after the journal's commit sees it: nothing is marked."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def appended(self, _done: object) -> None:
        raise StoreUnavailable("killed here")


def test_a_kill_between_the_journal_and_the_mark_stores_nothing_twice(bench: Bench) -> None:
    said = [reading("lamp-2", at=(ARRIVAL - timedelta(minutes=m)).isoformat()) for m in range(20)]
    bench.take_in(*(batch(one) for one in said))
    bench.stop()
    bench.known = register("lamp-1", "lamp-2")
    bench.wake_up()
    bench.replayer = bench.new_replayer(bench.journal, Forgetful(bench.operational.quarantine))
    begun = bench.desk.begin(ReplayWish(), "tests")
    bench.writer.start()
    bench.replayer.start()
    wait_until(lambda: bench.replayer.failure is not None, "the first lot is in the journal, unmarked")
    bench.replayer.stop(30)
    bench.writer.stop(30)
    assert len(bench.operational.quarantine.intended(100)) == 20
    bench.wake_up()
    bench.writer.start()
    bench.replayer.start()
    quarantine = bench.operational.quarantine
    wait_until(lambda: not quarantine.intended(1), "all of it is in the journal, the first lot twice")
    bench.store_writer.start()
    wait_until(lambda: quarantine.replay(begun.id).finished_at is not None, "the replay is done", 60)
    wait_until(lambda: bench.journal.committed(CONSUMER) == bench.journal.end, "all is settled")
    done = quarantine.replay(begun.id)
    assert (done.replayed, done.again, quarantine.books().replayed) == (20, 0, 20)
    assert len(bench.telemetry.kept) == 20
    assert bench.ledger.snapshot()["readings"]["duplicate"] >= 7  # counted, and gone


def test_a_trial_says_what_a_replay_would_do_and_does_nothing(bench: Bench) -> None:
    bench.take_in(batch(reading("lamp-2"), reading("lamp-3")), Delivery(BATCH, b"?", ARRIVAL))
    bench.known = register("lamp-2")
    trial = bench.desk.trial(ReplayWish())
    assert (trial.entries, trial.accepted) == (3, 1)
    assert trial.rejected == {Reason.UNKNOWN_DEVICE: 1, Reason.NOT_JSON: 1}
    assert [e.reason for e in trial.examples] == [Reason.UNKNOWN_DEVICE, Reason.NOT_JSON]
    assert bench.operational.quarantine.replays() == []
    assert not bench.telemetry.kept


def test_no_door_leads_to_an_envelope(bench: Bench) -> None:
    made = envelope(Intended(1, 1, batch(reading()), None), ARRIVAL)
    for source in (Source.MQTT, Source.HTTP):
        forged = Delivery(TOPIC, made.payload, ARRIVAL, source)
        decoded = bench.decoder.decode(Journaled(0, forged))
        assert decoded.undecodable is not None
        assert decoded.undecodable.reason is Reason.BAD_TOPIC


@pytest.mark.parametrize(
    "payload", [b"", b"\n", b"{}", b"[]\n", b'{"places": 3}\n', json.dumps({"replay": 1}).encode()]
)
def test_a_broken_envelope_is_undecodable(bench: Bench, payload: bytes) -> None:
    decoded = bench.decoder.decode(Journaled(0, Delivery(TOPIC, payload, ARRIVAL, Source.REPLAY)))
    assert decoded.undecodable is not None
