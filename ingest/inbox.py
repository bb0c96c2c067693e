"""The hand-over to the journal's writer: whoever delivers puts it here and goes on at once."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from domain.delivery import Delivery, Source
from domain.errors import JournalFull
from ingest.accounting import Ledger


class Waiting(Protocol):
    """A delivery that waits to become durable, and who wants to know."""

    @property
    def delivery(self) -> Delivery:
        """What is to be journaled."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether the one who delivered it owns it still, and will deliver it again if it is not acknowledged."""
        ...

    def kept(self, offset: int) -> bool | None:
        """It is durable at `offset`. Return whether it was acknowledged, or None when nobody waits for that."""
        ...

    def refuse(self, error: JournalFull) -> bool:
        """The journal cannot take it now. Return True to give up, False to be tried again."""
        ...


class Inbox:
    """Deliveries in the order they came. `offer` never blocks on I/O."""

    def __init__(self, ledger: Ledger, room: int) -> None:
        """`room`: how many deliveries may wait; twice as many when they are repeatable.

        With `room` at least the client's Receive Maximum, a repeatable delivery always finds room; only a broker that
        knows no such bound (MQTT 3.1.1) can be turned away.
        """
        self._ledger, self._room = ledger, room
        self._changed = threading.Condition()
        self._waiting: deque[Waiting] = deque()
        self._taken = 0
        self._closed = False

    def offer(self, waiting: Waiting) -> bool:
        """Queue a delivery. Without room it is not taken: a repeatable one is not counted, another one is dropped."""
        source = waiting.delivery.source
        room = 2 * self._room if waiting.repeatable else self._room
        with self._changed:
            if len(self._waiting) < room and not self._closed:
                self._ledger.received(source)
                self._waiting.append(waiting)
                self._changed.notify_all()
                return True
        if not waiting.repeatable:
            self._ledger.dropped(source)
        return False

    def take(self, most: int, most_bytes: int, timeout: float) -> list[Waiting]:
        """Return what has piled up, in order: at most `most` deliveries, about `most_bytes`; none after `timeout`."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, timeout)
            batch: list[Waiting] = []
            size = 0
            while self._waiting and len(batch) < most and size < most_bytes:
                batch.append(self._waiting.popleft())
                size += len(batch[-1].delivery.payload)
            self._taken += len(batch)
            return batch

    def settled(self, count: int) -> None:
        """Tell that deliveries that were taken are done with."""
        with self._changed:
            self._taken -= count
            self._changed.notify_all()

    def remove(self, unwanted: Callable[[Waiting], bool]) -> int:
        """Remove waiting deliveries and return how many; the caller says in the ledger what became of them."""
        with self._changed:
            kept = deque(waiting for waiting in self._waiting if not unwanted(waiting))
            removed = len(self._waiting) - len(kept)
            self._waiting = kept
            self._changed.notify_all()
            return removed

    def drained(self, timeout: float) -> bool:
        """Wait until nothing waits and nothing is taken but unsettled; return whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._taken, timeout)

    def close(self) -> None:
        """Take nothing more, and let `take` return at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._waiting)


def sources(batch: list[Waiting]) -> dict[Source, int]:
    """Return how many deliveries came by each door."""
    counts: dict[Source, int] = {}
    for waiting in batch:
        source = waiting.delivery.source
        counts[source] = counts.get(source, 0) + 1
    return counts
