"""The quarantine in SQL: every delivery's raw bytes once, and the items that point at it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from domain.delivery import Delivery, Journaled, Reason, Source
from domain.errors import NotFound
from domain.quarantine import Books, Expiry, Intended, Replay, ReplayWish, Settlement
from domain.record import QuarantineEntry, QuarantineFilter, QuarantineItem, QuarantineState
from store.operational import quarantine_expiry, quarantine_replays
from store.operational.counters import Counter, current, take
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
    _ITEM.state,
    _ITEM.attempts,
    _ITEM.replay_id,
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
        query = _BOTH.where(_ITEM.id > bigint(wanted.after), *_conditions(wanted))
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
        """Return how many entries wait or are being replayed, for every reason (zero included)."""
        reason = _ITEM.reason
        query = select(reason, func.count().label("entries")).where(_here()).group_by(reason)
        with self._database.read() as connection:
            found = connection.execute(query).all()
        kept = {row.reason: row.entries for row in found}
        return {known: kept.get(known.value, 0) for known in Reason}

    def by_device(self, limit: int) -> Sequence[tuple[str | None, Reason, int]]:
        """Return (device, reason, entries) of what waits, most first."""
        entries = func.count().label("entries")
        query = select(_ITEM.device, _ITEM.reason, entries).where(_here()).group_by(_ITEM.device, _ITEM.reason)
        ordered = query.order_by(entries.desc(), _ITEM.device, _ITEM.reason).limit(limit)
        with self._database.read() as connection:
            return [(row.device, Reason(row.reason), row.entries) for row in connection.execute(ordered)]

    def books(self) -> Books:
        """Return the accounting of the quarantine, of one instant."""
        query = select(_ITEM.state, func.count().label("entries")).where(_here()).group_by(_ITEM.state)
        with self._database.read() as connection:
            by_state = {row.state: row.entries for row in connection.execute(query)}
            return Books(
                ever=current(connection, Counter.QUARANTINE_ITEM),
                waiting=by_state.get(QuarantineState.WAITING, 0),
                replaying=by_state.get(QuarantineState.REPLAYING, 0),
                replayed=current(connection, Counter.QUARANTINE_REPLAYED),
                expired=current(connection, Counter.QUARANTINE_EXPIRED),
            )

    # -- replays ------------------------------------------------------------------------------------------------

    def intend(self, wish: ReplayWish, author: str, now: datetime) -> Replay:
        """Take up the entries that wait and agree, record the replay and its author, in one transaction."""
        wanted = QuarantineFilter(
            wish.reason, wish.device, since=wish.since, state=QuarantineState.WAITING, entries=wish.entries
        )
        both = select(_ITEM.id).join_from(quarantine_item, quarantine_delivery).where(*_conditions(wanted))
        chosen = both.order_by(_ITEM.id).limit(wish.limit)
        with self._database.write() as connection:
            return quarantine_replays.intend(connection, chosen, wish, author, now)

    def replay(self, replay_id: int) -> Replay:
        """Return a replay. Raises `NotFound`."""
        with self._database.read() as connection:
            return quarantine_replays.one(connection, bigint(replay_id))

    def replays(self, before: int | None = None, limit: int = 100) -> Sequence[Replay]:
        """Return replays, newest first."""
        with self._database.read() as connection:
            return quarantine_replays.newest(connection, None if before is None else bigint(before), limit)

    def intended(self, limit: int) -> Sequence[Intended]:
        """Return deliveries of replays that are not in the journal yet, oldest first."""
        with self._database.read() as connection:
            return quarantine_replays.intended(connection, limit)

    def appended(self, done: Sequence[tuple[Intended, int]]) -> None:
        """Note the offsets at which deliveries of replays are in the journal."""
        with self._database.write() as connection:
            quarantine_replays.appended(connection, done)

    def reclaim(self, settled: int, end: int) -> int:
        """Let deliveries go into the journal anew whose offset it passed or never had; return how many entries."""
        with self._database.write() as connection:
            return quarantine_replays.reclaim(connection, settled, end)

    def settle(self, results: Sequence[Settlement], now: datetime) -> None:
        """Mark what came of replays. Repeating it changes nothing."""
        if results:
            with self._database.write() as connection:
                take(connection, Counter.QUARANTINE_DELIVERY, 0)
                new = [row for result in results for row in quarantine_replays.settle(connection, result, _row, now)]
                if new:
                    first = take(connection, Counter.QUARANTINE_ITEM, len(new))
                    connection.execute(insert(quarantine_item), [{"id": i, **row} for i, row in enumerate(new, first)])
                quarantine_replays.finish(connection, {result.replay for result in results}, now)

    def expire(self, policy: Expiry) -> Mapping[Reason, int]:
        """Let go of what the policy no longer keeps; return how many entries that waited went, by reason."""
        return quarantine_expiry.expire(self._database, policy)


def _here() -> ColumnElement[bool]:
    return _ITEM.state != QuarantineState.REPLAYED.value


def _conditions(wanted: QuarantineFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield _ITEM.state == wanted.state.value
    elif wanted.replay is None:
        yield _here()
    if wanted.reason is not None:
        yield _ITEM.reason == wanted.reason.value
    if wanted.device is not None:
        yield _ITEM.device == _short(wanted.device, _DEVICE_CHARACTERS)
    if wanted.since is not None:
        yield _DELIVERY.arrival >= wanted.since
    if wanted.replay is not None:
        yield _ITEM.replay_id == bigint(wanted.replay)
    if wanted.entries:
        yield _ITEM.id.in_([bigint(entry) for entry in wanted.entries])


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
    return QuarantineEntry(row.id, item, delivery, QuarantineState(row.state), row.attempts, row.replay_id)


def _short(text: str, characters: int) -> str:
    return clean(text)[:characters]
