from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from typing_extensions import override

from domain.delivery import Delivery, Reason, Source
from domain.errors import JournalFull
from ingest.accounting import Ledger
from ingest.budget import OF_SENDER, Allowance, Budget
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from ingest.store_writer import CONSUMER, StoreWriter, StoreWriterOptions
from tests.ingest.test_accounting import balanced
from tests.support.ingest import (
    ARRIVAL,
    BATCH,
    LAMP,
    BreakableJournal,
    BreakableQuarantine,
    BreakableTelemetry,
    batch,
    reading,
    register,
    single,
)
from tests.support.processes import wait_until

WORLD = register("lamp-1", "lamp-2", "bad-lamp")
OPTIONS = StoreWriterOptions(
    append_readings=4, deliveries=3, longest_wait=timedelta(milliseconds=5), linger=timedelta(0)
)


@dataclass
class Bench:
    journal: Any = field(default_factory=BreakableJournal)
    telemetry: BreakableTelemetry = field(default_factory=BreakableTelemetry)
    quarantine: BreakableQuarantine = field(default_factory=BreakableQuarantine)
    options: StoreWriterOptions = OPTIONS
    of_sender: Allowance = OF_SENDER

    @contextmanager
    def running(self) -> Iterator[StoreWriter]:
        self.ledger = Ledger(ARRIVAL)
        budget = Budget(lambda sender: WORLD.kind_of(sender) is not None, self.of_sender)
        feed = DecodedFeed(self.journal, Decoder(lambda: WORLD, spent=budget.spent))
        writer = StoreWriter(self.journal, feed, (self.telemetry, self.quarantine), self.ledger, budget, self.options)
        writer.start()
        try:
            yield writer
            assert writer.alive()
        finally:
            writer.stop(30)
            assert not writer.alive()

    def settle(self) -> None:
        """Run until everything in the journal is done with."""
        with self.running():
            wait_until(self.done, "the store writer has caught up")

    def done(self) -> bool:
        snapshot = self.ledger.snapshot()
        assert balanced(snapshot)
        return bool(self.journal.committed(CONSUMER) == self.journal.end and snapshot["readings"]["in_hand"] == 0)

    def readings(self) -> Any:
        return self.ledger.snapshot()["readings"]


def test_readings_are_stored_and_rejects_set_aside_with_their_bytes() -> None:
    bench = Bench()
    mixed = batch(reading(), reading("nobody"), reading("lamp-2"))
    bench.journal.append([mixed, Delivery(BATCH, b"?", ARRIVAL)])
    bench.settle()

    assert {key.device for key in bench.telemetry.kept} == {"lamp-1", "lamp-2"}
    kept = {where: (journaled.delivery, item.reason) for where, (journaled, item) in bench.quarantine.kept.items()}
    assert kept == {
        (0, 1): (mixed, Reason.UNKNOWN_DEVICE),
        (1, None): (Delivery(BATCH, b"?", ARRIVAL), Reason.NOT_JSON),
    }
    counts = bench.readings()
    assert (counts["readings"], counts["stored"], counts["quarantined"]) == (3, 2, 1)
    assert bench.ledger.snapshot()["deliveries"]["undecodable_by_reason"]["not_json"] == 1


def test_conflicts_and_refusals_are_set_aside_at_their_place_in_the_batch() -> None:
    bench = Bench()
    bench.telemetry.refuses = {"bad-lamp"}
    other = reading(values={"power": 1})
    bench.journal.append(
        [batch(7, reading(), reading(), other, reading("bad-lamp"), reading(**{**other, "revision": 1}))]
    )
    bench.settle()

    assert {where: item.reason for where, (_, item) in bench.quarantine.kept.items()} == {
        (0, 0): Reason.WRONG_SHAPE,
        (0, 3): Reason.CONFLICT,
        (0, 4): Reason.STORE_REFUSED,
    }
    counts = bench.readings()
    assert (counts["stored"], counts["replaced"], counts["duplicate"], counts["conflict"]) == (2, 1, 1, 1)
    assert counts["quarantined_by_reason"]["store_refused"] == 1


def test_a_sender_that_babbles_is_counted_by_reason_and_a_sample_of_it_kept() -> None:
    bench = Bench(of_sender=Allowance(at_once=3, per_hour=3600))
    wrong, babble = single("lamp-2", values={"power": "much"}), Delivery(LAMP.format("lamp-2"), b"{{{", ARRIVAL)
    bench.journal.append([*[babble] * 6, wrong, single("lamp-2"), Delivery(LAMP.format("lamp-1"), b"?", ARRIVAL)])
    bench.settle()
    bench.journal.append([replace(babble, arrival=ARRIVAL + timedelta(seconds=n // 5)) for n in range(10)])
    first = bench.ledger.snapshot()
    bench.settle()
    then = bench.ledger.snapshot()

    assert {key.device for key in bench.telemetry.kept} == {"lamp-2"}, "what is good is taken of whoever babbles"
    assert [where for where, _ in bench.quarantine.kept] == [0, 1, 2, 8, 9, 10, 11, 14], "and lamp-1 loses nothing"
    assert first["deliveries"]["not_kept_by_reason"]["not_json"] == 3
    assert first["readings"]["not_kept_by_reason"]["wrong_type"] == first["readings"]["not_kept"] == 1
    assert first["not_kept_by_sender"] == {"lamp-2": {"not_json": 3, "wrong_type": 1}}
    assert then["deliveries"]["undecodable"] + then["deliveries"]["not_kept"] == 10


def test_conflicts_of_a_sender_beyond_its_budget_are_only_counted() -> None:
    bench = Bench(of_sender=Allowance(at_once=2, per_hour=1))
    bench.journal.append([single(values={"power": n}) for n in range(6)])
    bench.settle()

    counts = bench.readings()
    assert (counts["stored"], counts["conflict"], counts["not_kept_by_reason"]["conflict"]) == (1, 2, 3)
    assert len(bench.quarantine.kept) == 2


def test_what_comes_by_http_has_no_budget() -> None:
    bench = Bench(of_sender=Allowance(at_once=1, per_hour=1))
    bench.journal.append([batch("bad", source=Source.HTTP)] * 5)
    bench.settle()
    assert len(bench.quarantine.kept) == 5


def test_a_store_that_is_away_is_waited_for_and_everything_in_hand_is_seen() -> None:
    bench = Bench()
    bench.telemetry.away = True
    bench.journal.append([batch(reading(), reading("lamp-2"))])
    with bench.running() as writer:
        wait_until(lambda: writer.failure is not None, "the writer waits")
        assert bench.readings()["in_hand"] == 2
        assert writer.failure == "telemetry store: away"
        bench.telemetry.away = False
        wait_until(bench.done, "it is stored")
        assert writer.failure is None


def test_a_quarantine_that_is_away_does_not_store_twice() -> None:
    bench = Bench()
    bench.quarantine.away = True
    bench.journal.append([batch(reading(), 7)])
    with bench.running() as writer:
        wait_until(lambda: writer.failure is not None, "the writer waits")
        bench.quarantine.away = False
        wait_until(bench.done, "it is set aside")

    assert bench.telemetry.appends == 1
    assert bench.readings()["duplicate"] == 0


def test_stopping_does_not_wait_for_a_store_that_is_away() -> None:
    bench = Bench()
    bench.telemetry.away = True
    bench.journal.append([batch(reading())])
    with bench.running() as writer:
        wait_until(lambda: writer.failure is not None, "the writer waits")

    assert bench.journal.committed(CONSUMER) == 0
    bench.telemetry.away = False
    bench.settle()
    assert len(bench.telemetry.kept) == 1


def test_large_batches_are_appended_in_parts() -> None:
    bench = Bench()
    times = [f"2026-03-01T11:00:{second:02}Z" for second in range(9)]
    bench.journal.append([batch(*(reading(at=at) for at in times))])
    bench.settle()

    assert bench.telemetry.appends == 3
    assert len(bench.telemetry.kept) == 9


class CuttableJournal(SqliteJournal):
    """A journal that cannot record offsets while `cut`: the store has everything, the offset is lost in the crash."""

    cut = False

    @override
    def commit(self, consumer: str, offset: int) -> None:
        if self.cut:
            raise JournalFull("power cut")
        super().commit(consumer, offset)


class StoreModel(RuleBasedStateMachine):
    """Deliver, redeliver, lose and regain the stores, crash: every reading is stored once, every reject kept once."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory()
        self.sent: set[datetime] = set()
        self.bad = 0

    @initialize()
    def begin(self) -> None:
        self.bench = Bench(journal=self._open())

    def _open(self) -> CuttableJournal:
        return CuttableJournal(Path(self.scratch.name), [CONSUMER], 2**30, 2**16)

    @rule(seconds=st.lists(st.integers(0, 59), min_size=1, max_size=6), bad=st.integers(0, 2))
    def deliver(self, seconds: list[int], bad: int) -> None:
        times = [ARRIVAL - timedelta(seconds=second) for second in seconds]
        said = [reading(at=at.isoformat(), values={"power": at.second}) for at in times]
        self.bench.journal.append([batch(*said, *["bad"] * bad)])
        self.sent.update(times)
        self.bad += bad

    @rule(times=st.integers(1, 3))
    def redeliver(self, times: int) -> None:
        """A broker that got no acknowledgement says the same again."""
        last = [entry.delivery for entry in self.bench.journal.read(max(0, self.bench.journal.end - times), times)]
        if last:
            self.bench.journal.append(last)
            self.bad += sum(delivery.payload.count(b'"bad"') for delivery in last)

    @rule(what=st.sampled_from(["telemetry", "quarantine", "offsets"]))
    def lose(self, what: str) -> None:
        if what == "offsets":
            self.bench.journal.cut = True
        else:
            getattr(self.bench, what).away = True

    @rule(appends=st.integers(0, 2))
    def run_for_a_while_and_crash(self, appends: int) -> None:
        """Stopping during an outage leaves the work in hand undone, which is what a crash does."""
        wanted = self.bench.telemetry.appends + appends
        with self.bench.running() as writer:
            wait_until(lambda: self._far_enough(writer, wanted), "the writer got somewhere")
            assert balanced(self.bench.ledger.snapshot())
        self.bench.journal.close()
        self.bench.journal = self._open()

    def _far_enough(self, writer: StoreWriter, appends: int) -> bool:
        return self.bench.telemetry.appends >= appends or writer.failure is not None or self.bench.done()

    @rule()
    def come_to_rest(self) -> None:
        self.bench.telemetry.away = self.bench.quarantine.away = self.bench.journal.cut = False
        self.bench.settle()
        stored = self.bench.telemetry.kept.values()
        assert {item.at: item.values["power"] for item in stored} == {at: at.second for at in self.sent}
        assert len(self.bench.quarantine.kept) == self.bad
        assert self.bench.readings()["conflict"] == 0

    @override
    def teardown(self) -> None:
        self.come_to_rest()
        self.bench.journal.close()
        self.scratch.cleanup()


TestStoreModel = StoreModel.TestCase
TestStoreModel.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
