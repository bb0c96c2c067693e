"""Lighting timetables and overrides in SQL, with recorded time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.errors import Conflict, NotFound
from domain.history import LIGHTING, Mark
from domain.lighting import LightingPlan, Override, OverrideAction, Timetable, timetable_change
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, Turn, begin, current, next_turn
from store.operational.engine import Database
from store.operational.history_marks import add_marks
from store.operational.schema import lighting_override, timetable
from store.operational.timetable_json import from_json, to_json


class SqlLightingStore:
    """Implements `domain.ports.LightingStore`."""

    def __init__(self, database: Database) -> None:
        """Keep timetables and overrides in `database`."""
        self._database = database

    def load(self) -> LightingPlan:
        """Return what is believed today: timetables by id, overrides in the order of recording."""
        with self._database.read() as connection:
            return _plan(connection)

    def put_timetable(self, timetable: Timetable, author: str, now: datetime) -> LightingPlan:
        """Record a timetable; one with the same id is superseded and its record kept."""
        with self._database.write() as connection:
            turn = _begin(connection, now)
            believed = {t.id: t for t in _plan(connection).timetables}
            _put(connection, timetable, author, turn)
            _mark(connection, timetable_change(believed.get(timetable.id), timetable), turn)
            detail = {"version": turn.version, "timetable": timetable.id, "nights": len(timetable.nights)}
            write_audit(connection, turn.at, author, Action.TIMETABLE_PUT, detail)
            return _plan(connection)

    def add_override(self, override: Override) -> LightingPlan:
        """Record an override. Raises `Conflict` when its id is taken or it ends before it starts."""
        if override.end <= override.start:
            raise Conflict(f"override {override.id} ends ({override.end}) before it starts ({override.start})")
        with self._database.write() as connection:
            turn = _begin(connection, override.recorded_at)
            if _override(connection, override.id) is not None:
                raise Conflict(f"there is an override {override.id} already")
            connection.execute(insert(lighting_override).values(_row(override)))
            _mark(connection, (override.start, override.end), turn)
            write_audit(connection, turn.at, override.author, Action.OVERRIDE_ADDED, _told(override, turn))
            return _plan(connection)

    def withdraw_override(self, override_id: str, author: str, now: datetime) -> LightingPlan:
        """Mark an override as no longer believed. Raises `NotFound`, also if it was withdrawn before."""
        with self._database.write() as connection:
            turn = _begin(connection, now)
            found = _override(connection, override_id)
            if found is None or found.recorded_to is not None:
                raise NotFound(f"no override {override_id} is in force")
            ended = update(lighting_override).where(lighting_override.c.override_id == override_id)
            connection.execute(ended.values(recorded_to=max(turn.at, found.recorded_at)))
            _mark(connection, (found.start, found.end), turn)
            detail = {"version": turn.version, "override": override_id}
            write_audit(connection, turn.at, author, Action.OVERRIDE_WITHDRAWN, detail)
            return _plan(connection)

    def overrides(self, *, withdrawn: bool) -> Sequence[Override]:
        """Return the overrides, newest first, optionally with those withdrawn."""
        with self._database.read() as connection:
            return tuple(reversed(_overrides(connection, withdrawn=withdrawn)))


def _begin(connection: Connection, now: datetime) -> Turn:
    turn = next_turn(connection, Counter.LIGHTING, now)
    begin(connection, Counter.LIGHTING, turn)
    return turn


def _mark(connection: Connection, span: tuple[datetime, datetime] | None, turn: Turn) -> None:
    """Mark the closed periods that a change of the plan in retrospect touches."""
    if span is not None and span[0] < turn.at:
        why = f"lighting plan changed, version {turn.version}"
        add_marks(connection, [Mark(LIGHTING, span[0], min(span[1], turn.at), turn.at, why)])


def _put(connection: Connection, new: Timetable, author: str, turn: Turn) -> None:
    believed = timetable.c.timetable_id == new.id, timetable.c.recorded_to.is_(None)
    connection.execute(update(timetable).where(*believed).values(recorded_to=turn.at))
    connection.execute(
        insert(timetable).values(
            id=turn.version, timetable_id=new.id, document=to_json(new), recorded_at=turn.at, author=author
        )
    )


def _plan(connection: Connection) -> LightingPlan:
    rows = connection.execute(select(timetable).where(timetable.c.recorded_to.is_(None))).all()
    timetables = sorted((from_json(row.timetable_id, row.document) for row in rows), key=lambda t: t.id)
    overrides = _overrides(connection, withdrawn=False)
    return LightingPlan(tuple(timetables), overrides, current(connection, Counter.LIGHTING))


def _overrides(connection: Connection, *, withdrawn: bool) -> tuple[Override, ...]:
    query = select(lighting_override).order_by(lighting_override.c.recorded_at, lighting_override.c.override_id)
    if not withdrawn:
        query = query.where(lighting_override.c.recorded_to.is_(None))
    return tuple(_read(row) for row in connection.execute(query))


def _override(connection: Connection, ident: str) -> Override | None:
    row = connection.execute(select(lighting_override).where(lighting_override.c.override_id == ident)).one_or_none()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> Override:
    return Override(
        row.override_id,
        row.scope,
        OverrideAction(row.action),
        row.starts,
        row.ends,
        row.author,
        row.reason,
        row.recorded_at,
        row.recorded_to,
    )


def _row(override: Override) -> dict[str, Any]:
    return {
        "override_id": override.id,
        "scope": override.scope,
        "action": override.action.value,
        "starts": override.start,
        "ends": override.end,
        "author": override.author,
        "reason": override.reason,
        "recorded_at": override.recorded_at,
        "recorded_to": None,
    }


def _told(override: Override, turn: Turn) -> dict[str, Any]:
    return {
        "version": turn.version,
        "override": override.id,
        "scope": override.scope,
        "action": override.action.value,
        "start": override.start.isoformat(),
        "end": override.end.isoformat(),
        "reason": override.reason,
    }
