"""Silences and maintenance work orders in SQL. Nothing is deleted: one that is withdrawn keeps its record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.alert import Mute, MuteKind
from domain.errors import Conflict, NotFound
from store.operational.alerts_schema import alert_mute
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, current, take
from store.operational.engine import Database


class SqlMuteStore:
    """Implements `domain.alert_ports.MuteStore`."""

    def __init__(self, database: Database) -> None:
        """Keep silences and work orders in `database`."""
        self._database = database

    def version(self) -> int:
        """Return a number that grows with every change."""
        with self._database.read() as connection:
            return current(connection, Counter.ALERT_MUTE)

    def list(self) -> Sequence[Mute]:
        """Return all of them, newest first."""
        query = select(alert_mute).order_by(alert_mute.c.recorded_at.desc(), alert_mute.c.id)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(query)]

    def get(self, mute_id: str) -> Mute:
        """Return one. Raises `NotFound`."""
        with self._database.read() as connection:
            return _get(connection, mute_id)

    def add(self, mute: Mute) -> Mute:
        """Record a new one. Raises `Conflict` when its id is taken or it ends before it starts."""
        _check(mute)
        with self._database.write() as connection:
            take(connection, Counter.ALERT_MUTE)
            if connection.scalar(select(alert_mute.c.id).where(alert_mute.c.id == mute.id)) is not None:
                raise Conflict(f"There is a silence or work order {mute.id!r} already.")
            connection.execute(insert(alert_mute).values(id=mute.id, **_row(mute)))
            write_audit(connection, mute.recorded_at, mute.author, Action.MUTE_ADDED, _told(mute))
        return mute

    def change(self, mute: Mute, author: str, now: datetime, version: int | None = None) -> Mute:
        """Record another form of one. Raises `NotFound`; `Conflict` when it is withdrawn or not at `version`."""
        _check(mute)
        with self._database.write() as connection:
            take(connection, Counter.ALERT_MUTE)
            known = _get(connection, mute.id)
            if known.withdrawn_at is not None:
                raise Conflict(f"{mute.id!r} was withdrawn.")
            if version is not None and known.version != version:
                raise Conflict(f"{mute.id!r} is at version {known.version}, not {version}.")
            changed = replace(mute, author=known.author, recorded_at=known.recorded_at, version=known.version + 1)
            connection.execute(update(alert_mute).where(alert_mute.c.id == mute.id).values(_row(changed)))
            write_audit(connection, now, author, Action.MUTE_CHANGED, _told(changed))
        return changed

    def withdraw(self, mute_id: str, author: str, now: datetime) -> None:
        """End one before its time. Raises `NotFound`, also if it was withdrawn before."""
        with self._database.write() as connection:
            take(connection, Counter.ALERT_MUTE)
            known = _get(connection, mute_id)
            if known.withdrawn_at is not None:
                raise NotFound(f"{mute_id!r} is withdrawn already.")
            ended = update(alert_mute).where(alert_mute.c.id == mute_id)
            connection.execute(ended.values(withdrawn_at=now, version=known.version + 1))
            write_audit(connection, now, author, Action.MUTE_WITHDRAWN, {"id": mute_id})


def _check(mute: Mute) -> None:
    if mute.end <= mute.start:
        raise Conflict(f"{mute.id!r} ends before it starts.")


def _get(connection: Connection, mute_id: str) -> Mute:
    row = connection.execute(select(alert_mute).where(alert_mute.c.id == mute_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no silence or work order {mute_id!r}.")
    return _read(row)


def _read(row: Row[Any]) -> Mute:
    return Mute(
        id=row.id,
        kind=MuteKind(row.kind),
        matchers=row.matchers,
        start=row.starts,
        end=row.ends,
        author=row.author,
        reason=row.reason,
        recorded_at=row.recorded_at,
        version=row.version,
        withdrawn_at=row.withdrawn_at,
    )


def _row(mute: Mute) -> dict[str, Any]:
    return {
        "kind": mute.kind.value,
        "matchers": dict(mute.matchers),
        "starts": mute.start,
        "ends": mute.end,
        "author": mute.author,
        "reason": mute.reason,
        "recorded_at": mute.recorded_at,
        "version": mute.version,
        "withdrawn_at": mute.withdrawn_at,
    }


def _told(mute: Mute) -> dict[str, Any]:
    return {
        "id": mute.id,
        "kind": mute.kind.value,
        "matchers": dict(mute.matchers),
        "start": mute.start.isoformat(),
        "end": mute.end.isoformat(),
        "reason": mute.reason,
    }
