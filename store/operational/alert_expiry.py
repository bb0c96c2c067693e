"""What is no longer kept of alerts that are over: by age and by number of changes, those that closed first go first.

An alert that is open or stands in a case file stays, with all its changes, whatever that makes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from domain.alert_ports import AlertExpiry, ExpiredAlerts
from store.operational.alerts_schema import alert, alert_change, alert_command
from store.operational.counters import Counter, current, take
from store.operational.engine import Database
from store.operational.incident_book import ALERT
from store.operational.schema import progress
from store.operational.schema_incidents import incident_link

_CHUNK: Final = 100
"""Alerts per transaction: a tick that wants to write waits no longer than that."""
_CHANGES: Final = 2000
"""And so many changes, but of one alert at least."""
_KEPT_SINCE: Final = "alerts_kept_since"
_LINKED: Final = select(incident_link.c.ref).where(incident_link.c.kind == ALERT, incident_link.c.ref == alert.c.id)
_OVER: Final = (
    select(alert.c.id, alert.c.changed_at)
    .where(~alert.c.open, ~_LINKED.exists())
    .order_by(alert.c.changed_at, alert.c.id)
    .limit(_CHUNK)
)


def expire(database: Database, policy: AlertExpiry) -> ExpiredAlerts:
    """Let go of the next few alerts that the policy no longer keeps; of none when it keeps all that are there."""
    with database.write() as connection:
        for lock in (Counter.ALERT, Counter.ALERT_EXPIRED, Counter.INCIDENT):  # of ticks, of this, of case files
            take(connection, lock, 0)
        ever, gone = current(connection, Counter.ALERT), current(connection, Counter.ALERT_EXPIRED)
        going = _going(connection, policy, ever - gone - policy.max_changes)
        if not going:
            return ExpiredAlerts(0, 0)
        changes = _delete(connection, [ident for ident, _ in going])
        take(connection, Counter.ALERT_EXPIRED, changes)
        _note(connection, going[-1][1] + datetime.resolution)
    return ExpiredAlerts(len(going), changes)


def kept_since(connection: Connection) -> datetime | None:
    """Return from when on every alert that was open is there; None = none has gone yet."""
    return connection.scalar(select(progress.c.through).where(progress.c.name == _KEPT_SINCE))


def _going(connection: Connection, policy: AlertExpiry, excess: int) -> Sequence[tuple[str, datetime]]:
    """Return those that go now: a prefix of those that are over, in the order in which they closed."""
    rows = connection.execute(_OVER).all()
    counted = select(alert_change.c.alert_id, func.count()).where(alert_change.c.alert_id.in_([r.id for r in rows]))
    sizes: dict[str, int] = {row[0]: row[1] for row in connection.execute(counted.group_by(alert_change.c.alert_id))}
    going: list[tuple[str, datetime]] = []
    changes = 0
    for row in rows:
        old = policy.before is not None and row.changed_at < policy.before
        if changes >= _CHANGES or not (old or changes < excess):
            break
        going.append((row.id, row.changed_at))
        changes += sizes.get(row.id, 0)
    return going


def _delete(connection: Connection, ids: Sequence[str]) -> int:
    """Delete alerts with what happened to them and what people asked for; return how many changes went."""
    changes = connection.execute(delete(alert_change).where(alert_change.c.alert_id.in_(ids))).rowcount
    connection.execute(delete(alert_command).where(alert_command.c.alert_id.in_(ids)))
    connection.execute(delete(alert).where(alert.c.id.in_(ids)))
    return changes


def _note(connection: Connection, since: datetime) -> None:
    known = kept_since(connection)
    if known is None:
        connection.execute(insert(progress).values(name=_KEPT_SINCE, through=since))
    elif known < since:
        connection.execute(update(progress).where(progress.c.name == _KEPT_SINCE).values(through=since))
