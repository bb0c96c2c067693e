"""Acknowledging by link in SQL: once for each notice, all alerts of its group that wait, with one audit record."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from domain.ack_links import LinkState, LinkUse, LinkView
from domain.alert import Alert, AlertState, CommandKind
from rules.alerts.alert_json import alert_from_json
from store.operational.alerts_schema import alert, alert_command
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.notice_json import from_json
from store.operational.schema_duty import ack_link, outbox
from store.operational.types import bigint


class SqlLinkStore:
    """Implements `domain.ack_links.LinkStore`."""

    def __init__(self, database: Database) -> None:
        """Keep in `database` which links were used."""
        self._database = database

    def look(self, notice: int) -> LinkView:
        """Return what stands behind the link of a notice; changes nothing."""
        with self._database.read() as connection:
            return _view(connection, notice)

    def use(self, use: LinkUse) -> LinkView:
        """Acknowledge what waits, once."""
        with self._database.write() as connection:
            take(connection, Counter.ALERT_COMMAND, 0)  # one after the other, also between processes
            view = _view(connection, use.notice)
            if view.state is not LinkState.OPEN or view.notice is None:
                return view
            if view.seen != use.seen:
                return LinkView(LinkState.STALE, view.notice, view.alerts, view.seen)
            first = take(connection, Counter.ALERT_COMMAND, len(view.alerts))
            rows = [_command(number, one, use) for number, one in enumerate(view.alerts, first)]
            connection.execute(insert(alert_command), rows)
            used = {"notice_id": use.notice, "person": use.person, "used_at": use.wall, "alerts": len(rows)}
            connection.execute(insert(ack_link).values(used))
            said = {"by_link_of": use.notice, "person": use.person, "name": use.name, "group": view.notice.group}
            detail = {**said, "alerts": [one.id for one in view.alerts[:100]], "count": len(rows)}
            write_audit(connection, use.at, use.person, Action.ALERT_ACKNOWLEDGED, detail)
            return view


def _view(connection: Connection, notice_id: int) -> LinkView:
    row = connection.execute(select(outbox).where(outbox.c.id == bigint(notice_id))).mappings().one_or_none()
    if row is None:
        return LinkView(LinkState.UNKNOWN)
    notice = from_json(dict(row))
    used = connection.execute(select(ack_link).where(ack_link.c.notice_id == notice_id)).one_or_none()
    if used is not None:
        return LinkView(LinkState.USED, notice, by=used.person)
    loud = (alert.c.alert_group == notice.group, alert.c.open, ~alert.c.quiet)
    found = [alert_from_json(d) for d in connection.execute(select(alert.c.document).where(*loud)).scalars()]
    waiting = sorted((a for a in found if a.state is not AlertState.ACKNOWLEDGED and not a.acknowledged_by), key=_worst)
    if not waiting:
        by = next((a.acknowledged_by for a in found), "")
        return LinkView(LinkState.TAKEN if found else LinkState.CLOSED, notice, found, by=by)
    return LinkView(LinkState.OPEN, notice, waiting, _seen(waiting))


def _worst(one: Alert) -> tuple[int, object, str]:
    return -one.severity.rank, one.since, one.id


def _seen(alerts: Sequence[Alert]) -> str:
    said = "\n".join(sorted(f"{a.id} {a.severity}" for a in alerts))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _command(number: int, one: Alert, use: LinkUse) -> dict[str, Any]:
    return {
        "id": number,
        "kind": CommandKind.ACKNOWLEDGE.value,
        "alert_id": one.id,
        "author": use.person,
        "recorded_at": use.at,
        "until": None,
        "comment": "",
    }
