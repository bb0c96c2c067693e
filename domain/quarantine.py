"""Replaying what is in the quarantine: the wish, what is intended, and what came of it.

A replay is recorded before anything is done, its deliveries go into the journal once more with their original bytes and
arrival, and whoever stores their readings marks the entries. Each step may be repeated; the end is the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.delivery import Delivery, Reason, Reject
from domain.record import QuarantineItem


@dataclass(frozen=True, slots=True)
class ReplayWish:
    """Which entries are to be replayed: all that wait, or those that agree. Instants aware, UTC, city clock."""

    reason: Reason | None = None
    device: str | None = None
    since: datetime | None = None
    """Only what arrived at this instant or later."""
    entries: Sequence[int] = ()
    """Only these ids; empty = any."""
    limit: int = 100_000
    """At most so many entries, the oldest; ask again for the rest (our choice: one transaction stays short)."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as it is recorded. `items` = `waiting` + `replayed` + `again`."""

    id: int
    at: datetime
    author: str
    wish: ReplayWish
    items: int
    waiting: int = 0
    """Entries that are on their way."""
    replayed: int = 0
    """Entries whose readings are in the store now."""
    again: int = 0
    """Entries that were rejected once more: they are in the quarantine as before, with the newest reason."""
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """A delivery that is to go into the journal once more, and which of its places; None = all of it."""

    replay: int
    delivery_id: int
    delivery: Delivery
    positions: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of one delivery of a replay, by the places of its readings; `whole` when all of it was rejected first.

    `rejected` holds what is in the quarantine still, or anew; its `index` is the place in the original delivery.
    """

    replay: int
    delivery_id: int
    accepted: Sequence[int]
    rejected: Sequence[QuarantineItem]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What a replay would do now, without doing it. `entries` = `accepted` + the sum of `rejected`."""

    entries: int
    accepted: int
    rejected: Mapping[Reason, int] = field(default_factory=dict)
    examples: Sequence[Reject] = ()
    """A few of the rejects, to see what is still wrong."""


@dataclass(frozen=True, slots=True)
class Books:
    """The accounting of the quarantine since it exists: `ever` = `waiting` + `replaying` + `replayed` + `expired`.

    What was replayed stays to be looked at for a while; `replayed` counts it for ever.
    """

    ever: int
    waiting: int
    replaying: int
    replayed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long and how much is kept. Instants aware, UTC, city clock, by arrival; the oldest go first."""

    before: datetime | None
    """Entries that arrived earlier go; None = no entry goes for its age."""
    replayed_before: datetime | None
    """Entries that were replayed earlier go."""
    max_items: int
    max_bytes: int
