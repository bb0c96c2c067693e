"""Builders and small real fakes for the way in."""

import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from domain.bundle import Bundle
from domain.delivery import Delivery, Journaled, Source
from domain.device import Device, DeviceVersion
from domain.errors import JournalFull, StoreUnavailable
from domain.ports import Page
from domain.quarantine import Settlement
from domain.reading import Appended, Outcome, Reading, ReadingKey
from domain.record import QuarantineItem
from domain.register import Register
from ingest.budget import Budget
from store.telemetry.memory import MemorySummaries

ARRIVAL = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
LAMP = "city/v1/streetlight/370102/{}/telemetry"
BATCH = "city/v1/streetlight/370102/gateway-1/batch"
STATUS = "city/v1/streetlight/370102/gateway-1/status"


class FixedClock:
    """A city clock that stands still until it is moved."""

    def __init__(self, at: datetime = ARRIVAL) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def register(*lamps: str, others: Mapping[str, str] | None = None) -> Register:
    """Return a register with lamps, and `others` by kind, since a year before `ARRIVAL`."""
    since = ARRIVAL - timedelta(days=365)
    kinds = dict.fromkeys(lamps, "streetlight") | dict(others or {})
    devices = [Device(name, kind, name, "370102", "370102", "unit") for name, kind in kinds.items()]
    return Register.of([DeviceVersion(device, since, None, since) for device in devices])


def reading(device: str = "lamp-1", **fields: Any) -> dict[str, Any]:
    """Return a valid reading as a device would send it, with `fields` replaced."""
    return {"device": device, "at": "2026-03-01T20:00:00+08:00", "values": {"power": 100.5}} | fields


def single(device: str = "lamp-1", **fields: Any) -> Delivery:
    """Return a delivery of one reading."""
    return Delivery(LAMP.format(device), json.dumps(reading(device, **fields)).encode(), ARRIVAL)


def batch(*readings: Any, source: Source = Source.MQTT) -> Delivery:
    """Return a gateway's batch."""
    return Delivery(BATCH, json.dumps({"readings": readings}).encode(), ARRIVAL, source)


def budget() -> Budget:
    """Return the budget of everybody as it ships."""
    return Budget(lambda _sender: True)


class BreakableJournal:
    """A journal in memory with the contract of `domain.ports.Journal`, which can be full."""

    bytes_cap = 1 << 30

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.offsets: dict[str, int] = {}
        self.full = False
        self.appends = 0
        self._changed = threading.Condition()

    def append(self, deliveries: Sequence[Delivery]) -> int:
        with self._changed:
            self.appends += 1
            if self.full:
                raise JournalFull("full")
            first = len(self.deliveries)
            self.deliveries += deliveries
            self._changed.notify_all()
            return first

    def read(self, offset: int, limit: int) -> Sequence[Journaled]:
        found = self.deliveries[offset : offset + limit]
        return [Journaled(number, delivery) for number, delivery in enumerate(found, offset)]

    def bundles(self, offset: int, limit: int) -> Sequence[tuple[int, Bundle]]:
        return [(entry.offset, Bundle.of(entry.delivery)) for entry in self.read(offset, limit)]

    def wait(self, offset: int, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.deliveries) > offset, timeout)

    @property
    def end(self) -> int:
        return len(self.deliveries)

    def committed(self, consumer: str) -> int:
        return self.offsets.get(consumer, 0)

    def commit(self, consumer: str, offset: int) -> None:
        self.offsets[consumer] = offset

    @property
    def bytes_kept(self) -> int:
        return sum(len(delivery.payload) for delivery in self.deliveries)


class BreakableTelemetry:
    """A telemetry store in memory, with the judgement of the port. `away`: it is not there.

    `refuses` names devices whose readings it will never take; `crash_after` appends takes down the caller.
    """

    def __init__(self) -> None:
        self.kept: dict[ReadingKey, Reading] = {}
        self.replaced: list[Reading] = []
        self.away = False
        self.refuses: set[str] = set()
        self.appends = 0
        self.summaries = MemorySummaries({}, {})  # of nothing: what is ingested is not summarised here

    def append(self, readings: Sequence[Reading]) -> Sequence[Appended]:
        if self.away:
            raise StoreUnavailable("away")
        self.appends += 1
        return [Appended(self._judge(item)) for item in readings]

    def begin(self, readings: Sequence[Reading]) -> Callable[[], Sequence[Appended]]:
        """As the port has it: what is away is found out at the end."""
        return partial(self.append, readings)

    def _judge(self, item: Reading) -> Outcome:
        if item.device in self.refuses:
            return Outcome.REFUSED
        known = self.kept.get(item.key)
        if known is None:
            self.kept[item.key] = item
            return Outcome.STORED
        if known.content() == item.content():
            return Outcome.DUPLICATE
        if item.revision > known.revision:
            self.replaced.append(known)
            self.kept[item.key] = item
            return Outcome.REPLACED
        return Outcome.CONFLICT

    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        return [r for r in self.window(kind, page.start, page.end) if r.device == device][: page.limit]

    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        return [r for r in self.kept.values() if r.kind == kind and start <= r.at < end]

    def superseded(self, device: str, kind: str, at: datetime) -> Sequence[Reading]:
        return [r for r in self.replaced if r.key == ReadingKey(device, at) and r.kind == kind]

    def find(self, keys: Collection[ReadingKey], kind: str) -> Mapping[ReadingKey, Reading]:
        return {r.key: r for key in keys if (r := self.kept.get(key)) and r.kind == kind}

    def healthy(self) -> bool:
        return not self.away

    def close(self) -> None:
        pass


class BreakableQuarantine:
    """A quarantine in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int | None], tuple[Journaled, QuarantineItem]] = {}
        self.settled: list[tuple[Settlement, datetime]] = []
        self.away = False

    def add(self, entries: Sequence[tuple[Journaled, Sequence[QuarantineItem]]]) -> None:
        if self.away:
            raise StoreUnavailable("away")
        for journaled, items in entries:
            for item in items:
                self.kept.setdefault((item.offset, item.index), (journaled, item))

    def settle(self, results: Sequence[Settlement], now: datetime) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.settled += [(result, now) for result in results]
