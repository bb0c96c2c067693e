"""Alerts in SQL. A tick is one transaction: events, alerts, history, notices, escalations, commands and progress."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from domain.alert import Alert, AlertChange, AlertCommand, AlertState, ChangeKind, CommandKind
from domain.alert_ports import (
    AlertExpiry,
    AlertFilter,
    AlertStep,
    ExpiredAlerts,
    NumberedAlert,
    RecordedChange,
    TickRecord,
)
from domain.errors import Conflict, NotFound
from domain.escalation import Escalation
from domain.severity import Severity
from rules.alerts.alert_json import alert_from_json, alert_to_json
from rules.duty import escalation_json
from store.operational import alert_expiry
from store.operational.alerts_schema import alert, alert_change, alert_command, escalation
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.events import KEEP, log_events, log_progress
from store.operational.incident_follow import follow
from store.operational.outbox import post

_CHUNK = 500
_UPDATE = update(alert).where(alert.c.id == bindparam("known"))
"""Executed with many rows at once: their keys are the columns that change."""
_ACTIONS = {
    CommandKind.ACKNOWLEDGE: Action.ALERT_ACKNOWLEDGED,
    CommandKind.SHELVE: Action.ALERT_SHELVED,
    CommandKind.UNSHELVE: Action.ALERT_UNSHELVED,
}


class SqlAlertStore:
    """Implements `domain.alert_ports.AlertStore`."""

    def __init__(self, database: Database, keep_events: int = KEEP) -> None:
        """Keep alerts in `database`, beside an event log of `keep_events` events."""
        self._database, self._keep = database, keep_events

    def commit(self, record: TickRecord) -> None:
        """Commit a tick, or nothing of it."""
        with self._database.write() as connection:
            if record.changes:
                _write_changes(connection, record.changes)
            book = follow(connection, record.changes, record.cases, record.through)
            events = [*record.events, *(() if book is None else book.events())]
            if events:
                log_events(connection, events, self._keep)
            if record.escalations:
                _write_escalations(connection, record.escalations)
            if record.notices:
                post(connection, record.notices, record.posted_at or record.through)
            if book is not None:
                book.audit()
            for number, at in (record.applied or {}).items():
                done = update(alert_command).where(alert_command.c.id == number)
                connection.execute(done.values(applied_at=at))
            log_progress(connection, record.through)

    def open(self) -> Sequence[Alert]:
        """Return every open alert, by number."""
        query = select(alert.c.document).where(alert.c.open).order_by(alert.c.number)
        with self._database.read() as connection:
            return [alert_from_json(document) for document in connection.execute(query).scalars()]

    def get(self, alert_id: str) -> Alert:
        """Return an alert. Raises `NotFound`."""
        with self._database.read() as connection:
            return _get(connection, alert_id)

    def list(self, wanted: AlertFilter) -> Sequence[NumberedAlert]:
        """Return alerts, those that were raised last first."""
        query = select(alert.c.number, alert.c.document).order_by(alert.c.number.desc()).limit(wanted.limit)
        asked = {
            alert.c.open: wanted.open,
            alert.c.rule: wanted.rule,
            alert.c.subject: wanted.subject,
            alert.c.alert_group: wanted.group,
            alert.c.severity: None if wanted.severity is None else wanted.severity.value,
            alert.c.quiet: wanted.quiet,
        }
        for column, value in asked.items():
            if value is not None:
                query = query.where(column == value)
        if wanted.before is not None:
            query = query.where(alert.c.number < wanted.before)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [NumberedAlert(row.number, alert_from_json(row.document)) for row in rows]

    def history(self, alert_id: str, limit: int = 1000) -> Sequence[RecordedChange]:
        """Return what happened to an alert, oldest first."""
        query = select(alert_change).where(alert_change.c.alert_id == alert_id).order_by(alert_change.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return [RecordedChange(r.id, r.kind, r.at, r.author, r.why, r.severity, r.state, r.detail) for r in rows]

    def names(self, alert_ids: Collection[str]) -> Mapping[str, str]:
        """Return by alert how its subject is called; of an alert that is not there nothing."""
        name, found = alert.c.document["name"].as_string().label("name"), {}
        with self._database.read() as connection:
            for ids in _chunks(list(alert_ids)):
                rows = connection.execute(select(alert.c.id, name).where(alert.c.id.in_(ids)))
                found.update({row.id: row.name for row in rows})
        return found

    def steps(self, start: datetime, end: datetime, most: int) -> Sequence[AlertStep]:
        """Return the changes of the alerts that were open at some instant of [start, end), in order of recording."""
        changes = alert_change.c
        columns = (alert.c.rule, alert.c.subject, changes.alert_id, changes.kind, changes.at)
        query = (
            select(*columns, changes.severity, changes.state, changes.quiet)
            .join(alert, alert.c.id == changes.alert_id)
            .where(alert.c.fired_at < end, or_(alert.c.open, alert.c.changed_at >= start))
            .order_by(changes.id)
            .limit(most)
        )
        with self._database.read() as connection:
            return [_read_step(row) for row in connection.execute(query).all()]

    def expire(self, policy: AlertExpiry) -> ExpiredAlerts:
        """Let go of the next few alerts that are over and that the policy no longer keeps."""
        return alert_expiry.expire(self._database, policy)

    def kept_since(self) -> datetime | None:
        """Return from when on every alert that was open is there; None = none has gone yet."""
        with self._database.read() as connection:
            return alert_expiry.kept_since(connection)

    def request(self, command: AlertCommand, version: int | None = None) -> AlertCommand:
        """Record what a person asks for. Raises `NotFound`, `Conflict`."""
        with self._database.write() as connection:
            number = take(connection, Counter.ALERT_COMMAND)
            found = _get(connection, command.alert)
            if not found.open:
                raise Conflict(
                    f"Alert {found.id} is {found.state.value}: there is nothing left to {command.kind.value}."
                )
            if version is not None and found.version != version:
                raise Conflict(f"Alert {found.id} is at version {found.version}, not {version}.")
            row = {
                "id": number,
                "kind": command.kind.value,
                "alert_id": command.alert,
                "author": command.by,
                "recorded_at": command.recorded_at,
                "until": command.until,
                "comment": command.comment,
            }
            connection.execute(insert(alert_command).values(row))
            detail = {"alert": command.alert, "comment": command.comment, "until": _text(command.until)}
            write_audit(connection, command.recorded_at, command.by, _ACTIONS[command.kind], detail)
        return _command(number, command)

    def commands(self, after: datetime | None) -> Sequence[tuple[AlertCommand, datetime | None]]:
        """Return the commands that are not done, and those done by ticks after an instant; in order."""
        done = alert_command.c.applied_at
        wanted = done.is_(None) if after is None else or_(done.is_(None), done > after)
        with self._database.read() as connection:
            rows = connection.execute(select(alert_command).where(wanted).order_by(alert_command.c.id)).all()
        return [(_read_command(row), row.applied_at) for row in rows]

    def waiting(self) -> Mapping[str, AlertCommand]:
        """Return by alert the last command that is recorded and not yet done."""
        query = select(alert_command).where(alert_command.c.applied_at.is_(None)).order_by(alert_command.c.id)
        with self._database.read() as connection:
            return {row.alert_id: _read_command(row) for row in connection.execute(query)}

    def escalations(self) -> Mapping[str, Escalation]:
        """Return how far the telling of each group is."""
        with self._database.read() as connection:
            rows = connection.execute(select(escalation)).all()
        return {row.alert_group: escalation_json.load(row.document) for row in rows}


def _get(connection: Connection, alert_id: str) -> Alert:
    document = connection.scalar(select(alert.c.document).where(alert.c.id == alert_id))
    if document is None:
        raise NotFound(f"There is no alert {alert_id!r}.")
    return alert_from_json(document)


def _write_changes(connection: Connection, changes: Sequence[AlertChange]) -> None:
    """Add the history, and write the newest form of each alert."""
    first = take(connection, Counter.ALERT, len(changes))
    connection.execute(insert(alert_change), [_change_row(n, c) for n, c in enumerate(changes, first)])
    newest = {change.alert.id: (number, change.alert) for number, change in enumerate(changes, first)}
    known: set[str] = set()
    for ids in _chunks(list(newest)):
        known.update(connection.execute(select(alert.c.id).where(alert.c.id.in_(ids))).scalars())
    new = [{"id": i, "number": n, **_row(a)} for i, (n, a) in newest.items() if i not in known]
    if new:
        connection.execute(insert(alert), new)
    changed = [{"known": ident, **_row(one)} for ident, (_, one) in newest.items() if ident in known]
    if changed:
        connection.execute(_UPDATE, changed)


def _row(one: Alert) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "subject": one.subject,
        "alert_group": one.group.key,
        "severity": one.severity.value,
        "state": one.state.value,
        "open": one.open,
        "quiet": one.muted,
        "fired_at": one.fired_at,
        "changed_at": one.changed_at,
        "document": alert_to_json(one),
    }


def _change_row(number: int, change: AlertChange) -> dict[str, Any]:
    return {
        "id": number,
        "alert_id": change.alert.id,
        "kind": change.kind.value,
        "at": change.at,
        "author": change.by,
        "why": change.why,
        "severity": change.alert.severity.value,
        "state": change.alert.state.value,
        "quiet": change.alert.muted,
        "detail": dict(change.detail),
    }


def _read_step(row: Any) -> AlertStep:
    return AlertStep(
        alert=row.alert_id,
        rule=row.rule,
        subject=row.subject,
        kind=ChangeKind(row.kind),
        at=row.at,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        quiet=bool(row.quiet),
    )


def _write_escalations(connection: Connection, moved: Mapping[str, Escalation | None]) -> None:
    for ids in _chunks(list(moved)):
        connection.execute(delete(escalation).where(escalation.c.alert_group.in_(ids)))
    rows = [{"alert_group": k, "document": escalation_json.dump(e)} for k, e in moved.items() if e is not None]
    if rows:
        connection.execute(insert(escalation), rows)


def _command(number: int, command: AlertCommand) -> AlertCommand:
    return AlertCommand(
        number, command.kind, command.alert, command.by, command.recorded_at, command.until, command.comment
    )


def _read_command(row: Row[Any]) -> AlertCommand:
    return AlertCommand(
        row.id, CommandKind(row.kind), row.alert_id, row.author, row.recorded_at, row.until, row.comment
    )


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
