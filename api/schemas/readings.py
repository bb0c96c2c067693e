"""Readings as answers, and the receipt of readings that were handed in."""

from collections.abc import Mapping
from typing import Self

from api.schemas.common import Answer, Instant
from api.schemas.devices import Value
from domain.delivery import Reason
from domain.reading import Phase, Reading
from domain.record import QuarantineItem


class EventOut(Answer):
    """Something that happened at the device."""

    type: str
    phase: Phase


class ReadingOut(Answer):
    """One reading: `at` is the event time, `received` the arrival."""

    device: str
    kind: str
    at: Instant
    received: Instant
    values: dict[str, Value]
    faults: list[str]
    events: list[EventOut]
    seq: int | None
    revision: int
    backfill: bool

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """Make it from the domain's reading."""
        return cls(
            device=reading.device,
            kind=reading.kind,
            at=reading.at,
            received=reading.received,
            values=dict(reading.values),
            faults=list(reading.faults),
            events=[EventOut(type=e.type, phase=e.phase) for e in reading.events],
            seq=reading.seq,
            revision=reading.revision,
            backfill=reading.backfill,
        )


class LatestOut(Answer):
    """The newest reading, and whether it is young enough to say anything about now."""

    reading: ReadingOut
    age_s: float
    """Seconds of city time since the event."""
    fresh: bool


class ReadingList(Answer):
    """One page of readings, oldest first. `start` inclusive, `end` exclusive: the interval that was asked for.

    What is older than `kept_since` is not kept raw any more: its summaries are in the device's series.
    """

    start: Instant
    end: Instant
    kept_since: Instant | None
    items: list[ReadingOut]


class RejectOut(Answer):
    """One reading that went to the quarantine. `index` counts from 0 in the caller's body."""

    index: int
    device: str | None
    at: Instant | None
    reason: Reason
    detail: str

    @classmethod
    def of(cls, item: QuarantineItem, places: Mapping[int, int]) -> list[Self]:
        """Make it from a quarantined item, translating its place in the delivery to that in the caller's body.

        A delivery that could not be taken apart at all makes one of every reading in it.
        """
        indexes = places.values() if item.index is None else [places[item.index]]
        return [cls(index=i, device=item.device, at=item.at, reason=item.reason, detail=item.detail) for i in indexes]


class ReceiptOut(Answer):
    """What was kept durably: the deliveries' places in the journal, and a first look at what they hold.

    `readings` = `accepted` + the length of `quarantined`.
    An accepted reading may still turn out a duplicate or a conflict when it reaches the store; the accounting and
    the quarantine say so.
    """

    offsets: list[int]
    readings: int
    accepted: int
    quarantined: list[RejectOut]
