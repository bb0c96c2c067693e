"""The store writer: the journal's consumer that keeps readings in the telemetry store and rejects in the quarantine.

The offset is committed last. After a crash at any instant the same deliveries come again; the store finds its readings
as duplicates and the quarantine finds its entries by their identity, so nothing is lost and nothing is kept twice.
While more is waiting than a round can take, the next round is prepared during the writes of the one before.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from typing_extensions import override

from domain.delivery import Reason, Source
from domain.errors import Unavailable
from domain.ports import Journal, QuarantineSink, TelemetryStore
from domain.reading import Appended, Outcome, Reading
from domain.record import QuarantineItem
from domain.spans import CALM
from ingest.accounting import Ledger, Settled
from ingest.babblers import Babblers
from ingest.backoff import Backoff
from ingest.budget import Budget
from ingest.decoded import Brief, DecodedBundle, by_source, place
from ingest.feed import DecodedFeed
from ingest.quarantine import items_of, sorted_out
from ingest.topics import sender_of
from ingest.worker import Worker

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)

CONSUMER: Final = "store"
_REASONS: Final = {Outcome.CONFLICT: Reason.CONFLICT, Outcome.REFUSED: Reason.STORE_REFUSED}
_IDLE: Final = 0.1
_SPAN: Final = {
    "messaging.operation.type": "process",
    "messaging.operation.name": "process",
    "messaging.destination.name": "journal",
    "messaging.consumer.group.name": CONSUMER,
}
"""OpenTelemetry's semantic conventions of messaging."""
_TELL_S: Final = 60.0
"""Between two lines about what is not kept (wall)."""

Chunk = Sequence[DecodedBundle]
Items = defaultdict[int, list[QuarantineItem]]
"""What is for the quarantine, by the offset of its delivery."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoreWriterOptions:
    """Readings per append, deliveries per round, and waits in time of the wall."""

    append_readings: int = 5000
    deliveries: int = 5000
    longest_wait: timedelta = timedelta(seconds=30)
    """Between two attempts while a store is away."""
    linger: timedelta = timedelta(milliseconds=100)
    """How long a few deliveries wait for more: tiny writes are dear to every store."""
    few: int = 1000
    """Fewer deliveries than so many are a few."""


@dataclass(slots=True)
class _Round:
    """Deliveries that are settled together, and what is under way of them."""

    chunk: Chunk
    settled: Settled
    items: Items
    began: int
    """In ns since 1970."""
    parts: list[tuple[list[Reading], Callable[[], Sequence[Appended]]]] = field(default_factory=list)
    """Readings that go to the store together, with what waits for their outcomes."""

    @property
    def end(self) -> int:
        """The offset after the last delivery."""
        return self.chunk[-1].end


class Stopped(Exception):
    """The writer stops before the work in hand is done; the next incarnation finds it at the same offset."""


class StoreWriter(Worker):
    """Thread `store-writer`, from the durable offset on. A store that is away is waited for.

    The live path does not notice. It stops after the round in hand, or at once while a store is away.
    """

    def __init__(
        self,
        journal: Journal,
        feed: DecodedFeed,
        stores: tuple[TelemetryStore, QuarantineSink],
        ledger: Ledger,
        budget: Budget,
        options: StoreWriterOptions | None = None,
    ) -> None:
        """Nothing runs before `start`; `budget` bounds what is kept of each sender of MQTT."""
        super().__init__("store-writer")
        self._journal, self._feed, self._ledger = journal, feed, ledger
        self._telemetry, self._quarantine = stores
        self._budget, self._options = budget, options or StoreWriterOptions()
        self._unsaid, self._said = Babblers(), float("-inf")
        self._failure: str | None = None

    @property
    def failure(self) -> str | None:
        """Why nothing can be stored now; None when it can."""
        return self._failure

    @override
    def _run(self) -> None:
        try:
            self._work(self._journal.committed(CONSUMER))
        except Stopped:
            pass
        except Exception:
            logger.exception("store_writer_failed")
            raise

    def _work(self, offset: int) -> None:
        before: _Round | None = None
        while not self._stop.is_set():
            if not self._journal.wait(offset, _IDLE):
                continue
            if before is None and self._journal.end - offset < self._options.few:
                self._stop.wait(self._options.linger.total_seconds())
            there = self._journal.end
            begun = self._begin(offset)
            if before is not None:
                self._finish(before)
            before = begun
            if begun is not None:
                offset = begun.end
                if offset >= there:  # nothing waits that could be prepared meanwhile
                    self._finish(begun)
                    before = None
        if before is not None:
            self._finish(before)

    def _begin(self, offset: int) -> _Round | None:
        """Take up the next deliveries, if there are any."""
        began, options = time.time_ns(), self._options
        chunk = self._insist(
            lambda: self._feed.read(offset, options.deliveries, options.append_readings, consumer=CONSUMER), "journal"
        )
        if not chunk:
            return None
        self._ledger.taken(by_source(chunk))
        settled = Settled(deliveries=sum(len(part.bundle) for part in chunk))
        begun = _Round(chunk, settled, self._rejected(chunk, settled), began)
        readings = [reading for part in chunk for reading in part.readings]
        for start in range(0, len(readings), options.append_readings):
            part = readings[start : start + options.append_readings]
            begun.parts.append((part, self._insist(partial(self._telemetry.begin, part), "telemetry store")))
        return begun

    def _finish(self, begun: _Round) -> None:
        """Settle what is under way."""
        span = tracer.start_as_current_span("process journal", kind=SpanKind.CONSUMER, start_time=begun.began, **CALM)
        with span as current:
            self._await(begun)
            self._set_aside(begun.chunk, begun.items)
            self._insist(lambda: self._journal.commit(CONSUMER, begun.end), "journal")
            self._ledger.settled(begun.settled)
            counts = {"messaging.batch.message_count": begun.settled.deliveries}
            counts["quanyan.stored"] = begun.settled.outcomes.total()
            current.set_attributes({**_SPAN, **counts})
        self._tell(begun.settled, begun.end, (time.time_ns() - begun.began) / 1e9)

    def _await(self, begun: _Round) -> None:
        """Wait until the readings of a round are in the store, or are for the quarantine."""
        chunk, settled, items, start = begun.chunk, begun.settled, begun.items, 0
        for part, ended in begun.parts:
            outcomes = self._outcomes(part, ended)
            others = [n for n, appended in enumerate(outcomes) if appended.outcome is not Outcome.STORED]
            settled.outcomes[Outcome.STORED] += len(part) - len(others)
            for n in others:
                appended = outcomes[n]
                if (reason := _REASONS.get(appended.outcome)) is not None:
                    bundle, offset, index = place(chunk, start + n)
                    if not self._allowed(bundle, offset, 1):
                        settled.not_kept[Brief(_sender(bundle, offset), reason, whole=False)] += 1
                        continue
                    items[offset].append(_for_quarantine(offset, index, part[n], appended))
                settled.outcomes[appended.outcome] += 1
            start += len(part)

    def _outcomes(self, part: Sequence[Reading], ended: Callable[[], Sequence[Appended]]) -> Sequence[Appended]:
        """Return what became of readings; those whose write has failed are offered again, until it succeeds."""
        try:
            return ended()
        except Unavailable:  # it may be back by now
            return self._insist(partial(self._telemetry.append, part), "telemetry store")

    def _rejected(self, chunk: Chunk, settled: Settled) -> Items:
        """Return what decoding has for the quarantine, by the offset of the delivery, and count it."""
        items: Items = defaultdict(list)
        for part in chunk:
            settled.not_kept.update(part.brief)
            for decoded in part.alone:
                found = items_of(decoded)
                if found and (decoded.brief or not self._allowed(part, decoded.offset, len(found))):
                    sender = _sender(part, decoded.offset)
                    settled.not_kept.update(Brief(sender, item.reason, item.index is None) for item in found)
                    continue
                items[decoded.offset] += found
                settled.quarantined.update(reject.reason for reject in decoded.rejects)
                if decoded.undecodable is not None:
                    settled.undecodable[decoded.undecodable.reason] += 1
        return items

    def _allowed(self, part: DecodedBundle, offset: int, entries: int) -> bool:
        """Return whether so many entries of a delivery are kept, and take it from the sender's budget."""
        if part.bundle.source is not Source.MQTT:
            return True
        size = len(part.bundle.payloads[offset - part.first])
        return self._budget.take(_sender(part, offset), part.bundle.arrival, entries, size)

    def _set_aside(self, chunk: Chunk, items: Items) -> None:
        alone = [(part.journaled(decoded.offset), decoded) for part in chunk for decoded in part.alone]
        entries, settlements = sorted_out(alone, items)
        later = items.keys() - {decoded.offset for _, decoded in alone}  # found by the store
        for part in chunk:
            entries += [(part.journaled(o), items[o]) for o in sorted(later) if part.first <= o < part.end]
        if entries:
            self._insist(lambda: self._quarantine.add(entries), "quarantine")
        if settlements:
            now = chunk[-1].bundle.arrival
            self._insist(lambda: self._quarantine.settle(settlements, now), "quarantine")

    def _insist(self, work: Callable[[], T], what: str) -> T:
        """Do the work, however long that which it needs is away. Raises `Stopped` when we stop meanwhile."""
        backoff = Backoff(longest=self._options.longest_wait.total_seconds())
        while True:
            try:
                done = work()
            except Unavailable as error:
                if self._failure is None:
                    logger.warning("store_writer_waits", extra={"for": what, "reason": str(error)})
                self._failure = f"{what}: {error}"
                if self._stop.wait(backoff.next()):
                    raise Stopped from error
            else:
                self._failure = None
                return done

    def _tell(self, settled: Settled, following: int, seconds: float) -> None:
        counts = {outcome.value: count for outcome, count in settled.outcomes.items()}
        quarantined = sum(settled.quarantined.values()) + sum(settled.undecodable.values())
        not_kept = settled.not_kept.total()
        logger.info(
            "deliveries_stored",
            extra={
                "deliveries": settled.deliveries,
                "quarantined": quarantined,
                "not_kept": not_kept,
                "offset": following,
                "lag": self._journal.end - following,
                "seconds": round(seconds, 4),
                **counts,
            },
        )
        for what, count in settled.not_kept.items():
            self._unsaid.add(what, count)
        if self._unsaid and time.monotonic() - self._said >= _TELL_S:
            logger.warning("rejects_not_kept", extra={"senders": self._unsaid.told()})
            self._unsaid, self._said = Babblers(), time.monotonic()


def _sender(part: DecodedBundle, offset: int) -> str:
    return sender_of(part.bundle.topics[offset - part.first])


def _for_quarantine(offset: int, index: int, reading: Reading, appended: Appended) -> QuarantineItem:
    return QuarantineItem(
        offset, index, _REASONS[appended.outcome], appended.detail or appended.outcome.value, reading.device, reading.at
    )
