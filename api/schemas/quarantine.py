"""The quarantine: entries, counts, replays."""

import base64
from typing import Annotated, Any, Self

from pydantic import Field
from typing_extensions import override

from api.schemas.common import Answer, Body, Instant, Text
from domain.delivery import Reason, Reject, Source
from domain.quarantine import Books, Replay, ReplayWish, Trial
from domain.record import QuarantineEntry, QuarantineState

LAST_ENTRY = 2**53
"""The largest id that every reader of JSON can tell from its neighbour."""


class QuarantineOut(Answer):
    """Something that could not be accepted, where it came from and why."""

    id: int
    reason: Reason
    detail: str
    device: str | None
    at: Instant | None
    index: int | None
    offset: int
    topic: str
    source: Source
    arrival: Instant
    bytes: int
    state: QuarantineState
    attempts: int
    """How often it was replayed and rejected once more."""
    replay: int | None
    """The last replay that took it up."""

    @classmethod
    def of(cls, entry: QuarantineEntry) -> Self:
        """Make it from the domain's entry."""
        return cls(**_entry(entry))


def _entry(entry: QuarantineEntry) -> dict[str, Any]:
    item, delivery = entry.item, entry.delivery
    return {
        "id": entry.id,
        "reason": item.reason,
        "detail": item.detail,
        "device": item.device,
        "at": item.at,
        "index": item.index,
        "offset": item.offset,
        "topic": delivery.topic,
        "source": delivery.source,
        "arrival": delivery.arrival,
        "bytes": len(delivery.payload),
        "state": entry.state,
        "attempts": entry.attempts,
        "replay": entry.replay,
    }


class QuarantineDetail(QuarantineOut):
    """An entry with the original bytes of its delivery; `payload_text` when they are UTF-8."""

    payload_base64: str
    payload_text: str | None

    @classmethod
    @override
    def of(cls, entry: QuarantineEntry) -> Self:
        """Make it from the domain's entry."""
        payload = entry.delivery.payload
        try:
            text: str | None = payload.decode()
        except UnicodeDecodeError:
            text = None
        return cls(**_entry(entry), payload_base64=base64.b64encode(payload).decode(), payload_text=text)


class QuarantineList(Answer):
    """One page of entries, oldest first, and how many wait or are being replayed, for every reason."""

    counts: dict[Reason, int]
    items: list[QuarantineOut]


class BooksOut(Answer):
    """The books of the quarantine since it exists: `ever` = `waiting` + `replaying` + `replayed` + `expired`."""

    ever: int
    waiting: int
    replaying: int
    replayed: int
    expired: int

    @classmethod
    def of(cls, books: Books) -> Self:
        """Make it from the domain's books."""
        return cls(**{name: getattr(books, name) for name in BooksOut.model_fields})


class DeviceCountOut(Answer):
    """How many entries of a device wait for one reason; `device` is null where none can be told."""

    device: str | None
    reason: Reason
    entries: int


class QuarantineCounts(Answer):
    """What waits, by reason and by device (most first), and the books."""

    books: BooksOut
    by_reason: dict[Reason, int]
    by_device: list[DeviceCountOut]


class ReplayBody(Body):
    """Which entries that wait are to be replayed: all of them, or those that agree; at most `limit`, the oldest."""

    reason: Reason | None = None
    device: Text | None = None
    since: Instant | None = None
    entries: Annotated[list[Annotated[int, Field(ge=1, le=LAST_ENTRY)]], Field(max_length=1000, default_factory=list)]
    limit: Annotated[int, Field(ge=1, le=100_000)] = 100_000

    def wish(self) -> ReplayWish:
        """Return the same for the domain."""
        return ReplayWish(self.reason, self.device, self.since, tuple(self.entries), self.limit)


class ReplayOut(Answer):
    """A replay and how far it is: `items` = `waiting` + `replayed` + `again`.

    `again`: rejected once more; those entries wait in the quarantine as before, with the newest reason.
    """

    id: int
    at: Instant
    author: str
    reason: Reason | None
    device: str | None
    since: Instant | None
    items: int
    waiting: int
    replayed: int
    again: int
    finished_at: Instant | None

    @classmethod
    def of(cls, replay: Replay) -> Self:
        """Make it from the domain's replay."""
        wish = replay.wish
        names = ("id", "at", "author", "items", "waiting", "replayed", "again", "finished_at")
        told = {name: getattr(replay, name) for name in names}
        return cls(**told, reason=wish.reason, device=wish.device, since=wish.since)


class ReplayList(Answer):
    """One page of replays, newest first."""

    items: list[ReplayOut]


class ExampleOut(Answer):
    """Something that would be rejected once more."""

    reason: Reason
    detail: str
    index: int | None
    device: str | None
    at: Instant | None

    @classmethod
    def of(cls, reject: Reject) -> Self:
        """Make it from the domain's reject."""
        return cls(**{name: getattr(reject, name) for name in ExampleOut.model_fields})


class TrialOut(Answer):
    """What a replay would do now: `entries` = `accepted` + the sum of `rejected`; a few of the rejects as examples."""

    entries: int
    accepted: int
    rejected: dict[Reason, int]
    examples: list[ExampleOut]

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Make it from the domain's trial."""
        examples = [ExampleOut.of(reject) for reject in trial.examples]
        return cls(entries=trial.entries, accepted=trial.accepted, rejected=dict(trial.rejected), examples=examples)
