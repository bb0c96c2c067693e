"""The event log in SQL, kept for a bounded number of events, with the engine's progress in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from domain.record import EventType, LoggedEvent, NewEvent
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.schema import event, progress
from store.operational.types import bigint

KEEP = 100_000
"""How many of the newest events are kept by default."""
_TICKED = "ticked"


class SqlEventLog:
    """Implements `domain.ports.EventLog`. Ids count from 1 without gaps, in the order of commit."""

    def __init__(self, database: Database, keep: int = KEEP) -> None:
        """Keep the newest `keep` events in `database`."""
        self._database = database
        self._keep = keep

    def commit(self, events: Sequence[NewEvent], ticked_through: datetime | None = None) -> Sequence[LoggedEvent]:
        """Log events and, in the same transaction, through which instant the engine has ticked."""
        if not events and ticked_through is None:
            return ()
        with self._database.write() as connection:
            logged = log_events(connection, events, self._keep) if events else ()
            if ticked_through is not None:
                log_progress(connection, ticked_through)
        return logged

    def after(self, event_id: int, limit: int) -> Sequence[LoggedEvent]:
        """Return up to `limit` events with ids above `event_id`, in order."""
        query = select(event).where(event.c.id > bigint(event_id)).order_by(event.c.id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(LoggedEvent(row.id, NewEvent(EventType(row.type), row.at, row.data)) for row in rows)

    def bounds(self) -> tuple[int, int]:
        """Return (oldest id kept, newest id); (0, 0) when the log is empty."""
        with self._database.read() as connection:
            oldest, newest = connection.execute(select(func.min(event.c.id), func.max(event.c.id))).one()
        return oldest or 0, newest or 0

    def ticked_through(self) -> datetime | None:
        """Return the instant through which the engine has ticked, or None before the first tick."""
        with self._database.read() as connection:
            return connection.scalar(select(progress.c.through).where(progress.c.name == _TICKED))


def log_events(connection: Connection, events: Sequence[NewEvent], keep: int) -> Sequence[LoggedEvent]:
    """Log events within a transaction, and let go of all but the newest `keep`."""
    first = take(connection, Counter.EVENT, len(events))
    logged = tuple(LoggedEvent(number, new) for number, new in enumerate(events, first))
    rows = [{"id": e.id, "type": e.event.type.value, "at": e.event.at, "data": dict(e.event.data)} for e in logged]
    connection.execute(insert(event), rows)
    connection.execute(delete(event).where(event.c.id <= logged[-1].id - keep))
    return logged


def log_progress(connection: Connection, through: datetime) -> None:
    """Note within a transaction through which instant the engine has ticked."""
    moved = connection.execute(update(progress).where(progress.c.name == _TICKED).values(through=through))
    if not moved.rowcount:
        connection.execute(insert(progress).values(name=_TICKED, through=through))
