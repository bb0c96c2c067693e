"""Who changed what and when: an append-only table, written in the transaction of the change itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.schema import audit
from store.operational.types import bigint


class Action(StrEnum):
    """What was done."""

    DEVICES_RECORDED = "register.record"
    TIMETABLE_PUT = "lighting.timetable.put"
    OVERRIDE_ADDED = "lighting.override.add"
    OVERRIDE_WITHDRAWN = "lighting.override.withdraw"
    KEY_ADDED = "keys.add"
    KEY_REVOKED = "keys.revoke"
    ROSTER_PUT = "duty.roster.put"
    DUTY_OVERRIDE_ADDED = "duty.override.add"
    DUTY_OVERRIDE_WITHDRAWN = "duty.override.withdraw"
    SWAP_REQUESTED = "duty.swap.request"
    SWAP_DECIDED = "duty.swap.decide"
    HANDED_OVER = "duty.handover"
    NOTICE_RESENT = "notice.resend"
    ALERT_ACKNOWLEDGED = "alert.acknowledge"
    ALERT_SHELVED = "alert.shelve"
    ALERT_UNSHELVED = "alert.unshelve"
    MUTE_ADDED = "alert.mute.add"
    MUTE_CHANGED = "alert.mute.change"
    MUTE_WITHDRAWN = "alert.mute.withdraw"
    QUARANTINE_REPLAYED = "quarantine.replay"
    INCIDENT_CHANGED = "incident.change"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `at` is the recorded time, aware, UTC; `detail` is plain JSON and holds no secret."""

    id: int
    at: datetime
    author: str
    action: Action
    detail: Mapping[str, Any]


class AuditLog:
    """Reads the audit table."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    def list(self, after: int = 0, limit: int = 100) -> Sequence[AuditEntry]:
        """Return up to `limit` entries with ids above `after`, in the order of commit.

        Raises:
            StoreUnavailable: the database is away.
        """
        query = select(audit).where(audit.c.id > bigint(after)).order_by(audit.c.id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(AuditEntry(r.id, r.at, r.author, Action(r.action), r.detail) for r in rows)


def write_audit(connection: Connection, at: datetime, author: str, action: Action, detail: Mapping[str, Any]) -> None:
    """Add an entry to the transaction of the change that it tells of."""
    number = take(connection, Counter.AUDIT)
    row = {"id": number, "at": at, "author": author, "action": action, "detail": dict(detail)}
    connection.execute(insert(audit).values(row))
