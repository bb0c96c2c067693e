"""The way in for those without MQTT: the same journal, the same commit, the same decoding."""

import threading
from typing import Final

from domain.bundle import Bundle
from domain.delivery import Delivery, Journaled, Source
from domain.errors import JournalFull
from domain.ports import Clock, Receipt
from ingest.decode import Decoder
from ingest.inbox import Inbox
from ingest.quarantine import items_of
from ingest.topics import storable

_PATIENCE: Final = 30.0


class Door:
    """Implements `domain.ports.IngestDoor`: deliveries join the group commit of the MQTT ones."""

    def __init__(self, inbox: Inbox, decoder: Decoder, clock: Clock, patience: float = _PATIENCE) -> None:
        """`patience`: seconds of the wall to wait for the commit."""
        self._inbox, self._decoder, self._clock, self._patience = inbox, decoder, clock, patience

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Journal a delivery and return once it is durable.

        Raises:
            JournalFull: the journal refused it or did not answer in time. Offer it again: should it have been kept
                after all, its readings are found as duplicates.
        """
        delivery = Delivery(storable(topic), payload, self._clock.now(), Source.HTTP)
        waiting = Submitted(delivery)
        if not self._inbox.offer(waiting):
            raise JournalFull("too many deliveries wait for the journal")
        offset = waiting.outcome(self._patience)
        decoded = self._decoder.decode(Journaled(offset, delivery))
        return Receipt(offset, len(decoded.readings), items_of(decoded))


class Submitted:
    """A delivery whose sender waits in `outcome`."""

    def __init__(self, delivery: Delivery, *, repeatable: bool = False) -> None:
        """`repeatable`: whoever waits keeps it and offers it again if it is not taken."""
        self.bundle, self.repeatable = Bundle.of(delivery), repeatable
        self._known = threading.Event()
        self._offset: int | None = None
        self._error = JournalFull("the journal did not answer in time")

    def kept(self, first: int) -> None:
        """It is durable."""
        self._offset = first
        self._known.set()

    def refuse(self, error: JournalFull) -> bool:
        """Give up: whoever waits is told."""
        self._error = error
        self._known.set()
        return True

    def outcome(self, patience: float) -> int:
        """Return the offset. Raises `JournalFull` after `patience` seconds of the wall, or when it was refused."""
        self._known.wait(patience)
        if self._offset is None:
            raise self._error
        return self._offset
