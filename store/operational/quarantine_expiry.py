"""What the quarantine no longer keeps: by age, by number and by bytes, the oldest first; counted, never silently."""

from collections import Counter as Tally
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from domain.delivery import Reason
from domain.quarantine import Expiry
from domain.record import QuarantineState
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.schema import quarantine_delivery, quarantine_item

_CHUNK: Final = 500
"""Entries per transaction: whoever adds to the quarantine waits no longer than that."""
_ITEM, _DELIVERY = quarantine_item.c, quarantine_delivery.c
_WAITING: Final = _ITEM.state == QuarantineState.WAITING.value
_REPLAYED: Final = _ITEM.state == QuarantineState.REPLAYED.value


def expire(database: Database, policy: Expiry) -> Mapping[Reason, int]:
    """Let go of what the policy no longer keeps; return how many entries that waited went, by reason."""
    gone: Tally[Reason] = Tally()
    while _some(database, _REPLAYED & (_ITEM.settled_at < policy.replayed_before), gone):
        pass
    if policy.before is not None:
        while _some(database, _WAITING & (_DELIVERY.arrival < policy.before), gone):
            pass
    while (excess := _excess(database, policy)) and _some(database, _WAITING | _REPLAYED, gone, excess):
        pass
    return gone


def _excess(database: Database, policy: Expiry) -> int:
    """Return how many entries are too many, or a chunk while there are too many bytes."""
    with database.read() as connection:
        items: int = connection.scalar(select(func.count()).select_from(quarantine_item)) or 0
        held: int = connection.scalar(select(func.sum(func.length(_DELIVERY.payload)))) or 0
    return max(items - policy.max_items, _CHUNK if held > policy.max_bytes else 0)


def _some(database: Database, which: ColumnElement[bool], gone: Tally[Reason], most: int = _CHUNK) -> int:
    """Delete the oldest entries of a kind, and deliveries that nothing points at any more; return how many entries."""
    both: Select[Any] = select(_ITEM.id, _ITEM.reason, _ITEM.state, _ITEM.delivery_id)
    query = both.join_from(quarantine_item, quarantine_delivery).where(which).order_by(_ITEM.id)
    with database.write() as connection:
        take(connection, Counter.QUARANTINE_DELIVERY, 0)  # the lock, as everybody who looks and then changes
        rows = connection.execute(query.limit(min(most, _CHUNK))).all()
        if rows:
            connection.execute(delete(quarantine_item).where(_ITEM.id.in_([row.id for row in rows])))
            _forget_deliveries(connection, {row.delivery_id for row in rows})
        waited = [Reason(row.reason) for row in rows if row.state == QuarantineState.WAITING.value]
        take(connection, Counter.QUARANTINE_EXPIRED, len(waited))
    gone.update(waited)
    return len(rows)


def _forget_deliveries(connection: Connection, ids: set[int]) -> None:
    used = select(_ITEM.id).where(_ITEM.delivery_id == _DELIVERY.id).exists()
    connection.execute(delete(quarantine_delivery).where(_DELIVERY.id.in_(ids), ~used))
