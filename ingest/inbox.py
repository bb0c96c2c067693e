"""The hand-over to the journal's writer: whoever delivers puts it here and goes on at once."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from domain.bundle import Bundle
from domain.delivery import Source
from domain.errors import JournalFull
from ingest.accounting import Ledger


class Waiting(Protocol):
    """Deliveries that came together and wait to become durable, and who wants to know."""

    @property
    def bundle(self) -> Bundle:
        """What is to be journaled."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether the one who delivered them owns them still, and will deliver again what is not acknowledged."""
        ...

    def kept(self, first: int) -> bool | None:
        """They are durable, from offset `first` on. Return whether they were acknowledged; None: nobody waits."""
        ...

    def refuse(self, error: JournalFull) -> bool:
        """The journal cannot take them now. Return True to give up, False to be tried again."""
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
        self._count = 0
        self._taken = 0
        self._closed = False

    def space(self, *, repeatable: bool) -> int:
        """Return how many more deliveries find room now."""
        with self._changed:
            return self._space(repeatable=repeatable)

    def _space(self, *, repeatable: bool) -> int:
        room = 2 * self._room if repeatable else self._room
        return 0 if self._closed else max(0, room - self._count)

    def offer(self, waiting: Waiting) -> bool:
        """Queue deliveries, all or none. Without room, repeatable ones are not counted, the others are dropped."""
        source, count = waiting.bundle.source, len(waiting.bundle)
        with self._changed:
            if count <= self._space(repeatable=waiting.repeatable):
                self._ledger.received(source, count)
                self._waiting.append(waiting)
                self._count += count
                self._changed.notify_all()
                return True
        if not waiting.repeatable:
            self._ledger.dropped(source, count)
        return False

    def take(self, most: int, most_bytes: int, timeout: float) -> list[Waiting]:
        """Return what has piled up, in order: until it is `most` deliveries or `most_bytes`; none after `timeout`."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, timeout)
            batch: list[Waiting] = []
            count = size = 0
            while self._waiting and count < most and size < most_bytes:
                batch.append(self._waiting.popleft())
                count += len(batch[-1].bundle)
                size += batch[-1].bundle.size
            self._count -= count
            self._taken += count
            return batch

    def settled(self, count: int) -> None:
        """Tell that deliveries that were taken are done with."""
        with self._changed:
            self._taken -= count
            self._changed.notify_all()

    def remove(self, unwanted: Callable[[Waiting], bool]) -> int:
        """Remove what is unwanted and return how many deliveries that is; the caller tells the ledger of them."""
        with self._changed:
            before = self._count
            self._waiting = deque(waiting for waiting in self._waiting if not unwanted(waiting))
            self._count = deliveries(self._waiting)
            self._changed.notify_all()
            return before - self._count

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
        return self._count


def deliveries(batch: "list[Waiting] | deque[Waiting]") -> int:
    """Return how many deliveries there are in all."""
    return sum(len(waiting.bundle) for waiting in batch)


def sources(batch: list[Waiting]) -> dict[Source, int]:
    """Return how many deliveries came by each door."""
    counts: dict[Source, int] = {}
    for waiting in batch:
        source = waiting.bundle.source
        counts[source] = counts.get(source, 0) + len(waiting.bundle)
    return counts
