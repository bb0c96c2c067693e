"""A reading: what one device said at one instant. Its identity is (device, instant)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple

from domain.kind import Value


class Phase(StrEnum):
    """Where in its life an event is reported: a condition begins, ends, or is momentary (TALQ startEndFlag)."""

    BEGIN = "begin"
    END = "end"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that happened at a device, reported inside a reading."""

    type: str
    phase: Phase


class ReadingKey(NamedTuple):
    """The identity of a reading. `at` is aware and in UTC, with microseconds."""

    device: str
    at: datetime


@dataclass(slots=True)
class Reading:
    """One graded reading. `at` (event time) and `received` (arrival) are aware datetimes in UTC.

    `values` holds only metrics of the kind, each of the type its `MetricSpec` fixes. It never changes: mypy refuses to
    set a `Final`. Python is not asked to refuse as well, for making a frozen one takes five times as long.
    """

    device: Final[str]
    kind: Final[str]
    at: Final[datetime]
    received: Final[datetime]
    values: Final[Mapping[str, Value]]
    faults: Final[tuple[str, ...]] = ()
    events: Final[tuple[DeviceEvent, ...]] = ()
    seq: Final[int | None] = None
    revision: Final[int] = 0
    backfill: Final[bool] = False

    @property
    def key(self) -> ReadingKey:
        """The identity: (device, instant)."""
        return ReadingKey(self.device, self.at)

    def content(self) -> int:
        """Return a signed 64-bit digest of what the device said: values, faults and events.

        Transport details (`seq`, `received`, `backfill`, `revision`) take no part: a re-sent copy is the same content.
        """
        said = repr((sorted(self.values.items()), sorted(self.faults), sorted(self.events, key=_event_order)))
        return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)


def _event_order(event: DeviceEvent) -> tuple[str, str]:
    return event.type, event.phase


class Fingerprint(NamedTuple):
    """What is kept of a stored reading to tell a duplicate from a conflict from a revision."""

    content: int
    revision: int


class Outcome(StrEnum):
    """What became of one reading that was offered to a telemetry store."""

    STORED = "stored"
    """New: now in the store."""
    REPLACED = "replaced"
    """A higher revision replaced the whole reading; the old one is in the append-only record."""
    DUPLICATE = "duplicate"
    """The same content was there already."""
    CONFLICT = "conflict"
    """Other content for the same identity and no higher revision: for the quarantine."""
    REFUSED = "refused"
    """The store will never take this reading: for the quarantine."""


@dataclass(frozen=True, slots=True)
class Appended:
    """The result for one reading, in the order they were offered. `detail` says why for CONFLICT and REFUSED."""

    outcome: Outcome
    detail: str = ""
