"""The quarantine in SQL: every delivery's raw bytes once, and the items that point at it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from domain.delivery import Delivery, Journaled, Reason, Source
from domain.errors import NotFound
from domain.record import QuarantineEntry, QuarantineFilter, QuarantineItem
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.schema import quarantine_delivery, quarantine_item
from store.operational.types import bigint, clean

_WHOLE = -1
_DEVICE_CHARACTERS = 200
"""A device id from a broken payload may be megabytes long; an index entry may not. The raw bytes are kept whole."""
_DETAIL_CHARACTERS = 2000
_CHUNK = 1000
_ITEM, _DELIVERY = quarantine_item.c, quarantine_delivery.c
_BOTH = select(
    _ITEM.id,
    _ITEM.position,
    _ITEM.reason,
    _ITEM.detail,
    _ITEM.device,
    _ITEM.at,
    _DELIVERY.journal_offset,
    _DELIVERY.topic,
    _DELIVERY.payload,
    _DELIVERY.arrival,
    _DELIVERY.source,
    _DELIVERY.epoch,
).join_from(quarantine_item, quarantine_delivery)
_Identity = tuple[int, str]


class SqlQuarantineStore:
    """Implements `domain.ports.QuarantineStore`."""

    def __init__(self, database: Database) -> None:
        """Keep the quarantine in `database`."""
        self._database = database

    def add(self, entries: Sequence[tuple[Journaled, Sequence[QuarantineItem]]]) -> None:
        """Keep the items of deliveries. Repeating the same (offset, index) changes nothing.

        All items of an entry belong to the delivery they stand beside.
        """
        wanted = [(journaled, items) for journaled, items in entries if items]
        if not wanted:
            return
        with self._database.write() as connection:
            take(connection, Counter.QUARANTINE_DELIVERY, 0)  # the lock: nobody else looks and then adds meanwhile
            rows = list(_new_items(connection, wanted))
            if rows:
                first = take(connection, Counter.QUARANTINE_ITEM, len(rows))
                connection.execute(insert(quarantine_item), [{"id": i, **row} for i, row in enumerate(rows, first)])

    def list(self, wanted: QuarantineFilter) -> Sequence[QuarantineEntry]:
        """Return entries in the order of their ids."""
        query = _BOTH.where(_ITEM.id > bigint(wanted.after))
        if wanted.reason is not None:
            query = query.where(_ITEM.reason == wanted.reason.value)
        if wanted.device is not None:
            query = query.where(_ITEM.device == _short(wanted.device, _DEVICE_CHARACTERS))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_ITEM.id).limit(wanted.limit)).all()
        return tuple(_entry(row) for row in rows)

    def get(self, entry_id: int) -> QuarantineEntry:
        """Return one entry. Raises `NotFound`."""
        with self._database.read() as connection:
            row = connection.execute(_BOTH.where(_ITEM.id == bigint(entry_id))).one_or_none()
        if row is None:
            raise NotFound(f"there is no quarantine entry {entry_id}")
        return _entry(row)

    def counts(self) -> Mapping[Reason, int]:
        """Return how many entries are kept, for every reason (zero included)."""
        reason = _ITEM.reason
        with self._database.read() as connection:
            found = connection.execute(select(reason, func.count().label("entries")).group_by(reason)).all()
        kept = {row.reason: row.entries for row in found}
        return {known: kept.get(known.value, 0) for known in Reason}


def _new_items(
    connection: Connection, entries: Sequence[tuple[Journaled, Sequence[QuarantineItem]]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the items that are not there yet, in the order given; adds the deliveries they need."""
    deliveries = {_identity(journaled): journaled for journaled, _ in entries}
    ids = _known_deliveries(connection, deliveries)
    taken = _known_positions(connection, list(ids.values()))
    ids.update(_add_deliveries(connection, [item for item in deliveries.items() if item[0] not in ids]))
    for journaled, items in entries:
        delivery_id = ids[_identity(journaled)]
        for item in items:
            row = _row(item, delivery_id)
            if (delivery_id, row["position"]) not in taken:
                taken.add((delivery_id, row["position"]))
                yield row


def _identity(journaled: Journaled) -> _Identity:
    """Tell deliveries apart even if their offsets are equal: a new journal counts from 0 again.

    Without the digest, what a new journal brings would pass for a repetition and vanish.
    """
    delivery = journaled.delivery
    head = (delivery.topic, delivery.arrival.isoformat(), delivery.source.value, delivery.epoch)
    return journaled.offset, sha256(repr(head).encode("utf-8", "backslashreplace") + delivery.payload).hexdigest()


def _known_deliveries(connection: Connection, identities: Collection[_Identity]) -> dict[_Identity, int]:
    known: dict[_Identity, int] = {}
    for offsets in _chunks([offset for offset, _ in identities]):
        query = select(_DELIVERY.id, _DELIVERY.journal_offset, _DELIVERY.digest)
        for row in connection.execute(query.where(_DELIVERY.journal_offset.in_(offsets))):
            known[row.journal_offset, row.digest] = row.id
    return {identity: known[identity] for identity in identities if identity in known}


def _known_positions(connection: Connection, delivery_ids: Sequence[int]) -> set[tuple[int, int]]:
    known: set[tuple[int, int]] = set()
    for ids in _chunks(delivery_ids):
        query = select(_ITEM.delivery_id, _ITEM.position).where(_ITEM.delivery_id.in_(ids))
        known.update((row.delivery_id, row.position) for row in connection.execute(query))
    return known


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))


def _add_deliveries(
    connection: Connection, deliveries: Sequence[tuple[_Identity, Journaled]]
) -> Mapping[_Identity, int]:
    if not deliveries:
        return {}
    first = take(connection, Counter.QUARANTINE_DELIVERY, len(deliveries))
    rows = [_delivery_row(number, *entry) for number, entry in enumerate(deliveries, first)]
    connection.execute(insert(quarantine_delivery), rows)
    return {identity: number for number, (identity, _) in enumerate(deliveries, first)}


def _delivery_row(number: int, identity: _Identity, journaled: Journaled) -> dict[str, Any]:
    delivery = journaled.delivery
    return {
        "id": number,
        "journal_offset": identity[0],
        "digest": identity[1],
        "topic": delivery.topic,
        "payload": delivery.payload,
        "arrival": delivery.arrival,
        "source": delivery.source.value,
        "epoch": delivery.epoch,
    }


def _row(item: QuarantineItem, delivery_id: int) -> dict[str, Any]:
    return {
        "delivery_id": delivery_id,
        "position": _WHOLE if item.index is None else item.index,
        "reason": item.reason.value,
        "detail": _short(item.detail, _DETAIL_CHARACTERS),
        "device": None if item.device is None else _short(item.device, _DEVICE_CHARACTERS),
        "at": item.at,
    }


def _entry(row: Row[*tuple[Any, ...]]) -> QuarantineEntry:
    index = None if row.position == _WHOLE else row.position
    item = QuarantineItem(row.journal_offset, index, Reason(row.reason), row.detail, row.device, row.at)
    delivery = Delivery(row.topic, row.payload, row.arrival, Source(row.source), row.epoch)
    return QuarantineEntry(row.id, item, delivery)


def _short(text: str, characters: int) -> str:
    return clean(text)[:characters]
