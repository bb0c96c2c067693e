"""Incidents in SQL: each change with its history, its audit record and its event in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from domain.errors import Conflict, NotFound
from domain.incident import Incident, Step
from domain.ports import IncidentFilter
from domain.record import EventType, NewEvent
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.events import log_events
from store.operational.schema_incidents import incident, incident_step
from store.operational.types import bigint

_CASE: Final = TypeAdapter(Incident)
_I = incident.c


class SqlIncidentStore:
    """Implements `domain.ports.IncidentStore`."""

    def __init__(self, database: Database, keep_events: int) -> None:
        """Keep case files in `database`; the event log keeps `keep_events`."""
        self._database, self._keep = database, keep_events

    def open(self, case: Incident, day: str) -> Incident:
        """Keep a new case file; its id is given here, from the local day `YYYYMMDD` and a number that only grows.

        Raises:
            Conflict: its alert or ticket has a case file already.
        """
        with self._database.write() as connection:
            taken = _taken(connection, case)
            if taken is not None:
                raise Conflict(f"there is a case file for it already: {taken}")
            number = take(connection, Counter.INCIDENT)
            opened = replace(case, id=f"{day}-{number:04}")
            connection.execute(insert(incident).values(number=number, **_row(opened)))
            detail = {"category": opened.category, "origin": opened.origin.value, "alert": opened.alert}
            self._step(connection, number, opened, Step(opened.opened_at, opened.opened_by, "open", detail))
        return opened

    def change(self, case_id: str, step: Step, work: Callable[[Incident], Incident]) -> Incident:
        """Replace a case file by what `work` makes of it, with the step in its history.

        `work` runs inside the transaction, on the newest version: two changes never overwrite each other. What it
        raises undoes everything.

        Raises:
            NotFound: there is no such case file.
        """
        with self._database.write() as connection:
            take(connection, Counter.INCIDENT, 0)  # one writer after the other, also between processes
            row = connection.execute(select(incident).where(_I.incident_id == case_id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no incident {case_id!r}.")
            changed = work(_case(row))
            connection.execute(update(incident).where(_I.number == row.number).values(**_row(changed)))
            self._step(connection, row.number, changed, step)
        return changed

    def get(self, case_id: str) -> Incident:
        """Return a case file. Raises `NotFound`."""
        with self._database.read() as connection:
            row = connection.execute(select(incident).where(_I.incident_id == case_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no incident {case_id!r}.")
        return _case(row)

    def list(self, wanted: IncidentFilter) -> Sequence[Incident]:
        """Return case files, newest first."""
        wishes = {_I.open: wanted.open, _I.category: wanted.category, _I.alert: wanted.alert}
        conditions: list[ColumnElement[bool]] = [c == value for c, value in wishes.items() if value is not None]
        if wanted.before is not None:
            conditions.append(_I.number < bigint(wanted.before))
        query = select(incident).where(*conditions).order_by(_I.number.desc()).limit(wanted.limit)
        with self._database.read() as connection:
            return [_case(row) for row in connection.execute(query)]

    def closed(self, first: datetime, last: datetime) -> Sequence[Incident]:
        """Return the case files that were closed in [first, last), in the order of closing."""
        query = select(incident).where(_I.closed_at >= first, _I.closed_at < last).order_by(_I.closed_at, _I.number)
        with self._database.read() as connection:
            return [_case(row) for row in connection.execute(query)]

    def history(self, case_id: str) -> Sequence[Step]:
        """Return who did what when, oldest first."""
        ours = select(_I.number).where(_I.incident_id == case_id).scalar_subquery()
        query = select(incident_step).where(incident_step.c.number == ours).order_by(incident_step.c.version)
        with self._database.read() as connection:
            return [Step(r.at, r.author, r.action, r.detail) for r in connection.execute(query)]

    def untold(self, limit: int) -> Sequence[Incident]:
        """Return case files that changed since they were last told, oldest first."""
        query = select(incident).where(_I.told.is_(False)).order_by(_I.number).limit(limit)
        with self._database.read() as connection:
            return [_case(row) for row in connection.execute(query)]

    def tell(self, case_id: str, version: int) -> None:
        """Note that a version was told; a newer one stays untold."""
        with self._database.write() as connection:
            ours = (_I.incident_id == case_id, _I.version == version)
            connection.execute(update(incident).where(*ours).values(told=True))

    def _step(self, connection: Connection, number: int, case: Incident, step: Step) -> None:
        row = {"at": step.at, "author": step.author, "action": step.action, "detail": dict(step.detail)}
        connection.execute(insert(incident_step).values(number=number, version=case.version, **row))
        data = {"incident": case.id, "title": case.title, "state": case.state.value, "action": step.action}
        log_events(connection, [NewEvent(EventType.INCIDENT_CHANGED, step.at, data)], self._keep)
        detail = {"incident": case.id, "version": case.version, "action": step.action, **step.detail}
        write_audit(connection, step.at, step.author, Action.INCIDENT_CHANGED, detail)


def _taken(connection: Connection, case: Incident) -> str | None:
    for name in ("alert", "ticket"):
        value = getattr(case, name)
        if value:
            found: str | None = connection.scalar(select(_I.incident_id).where(_I[name] == value))
            if found is not None:
                return found
    return None


def _row(case: Incident) -> dict[str, Any]:
    return {
        "incident_id": case.id,
        "open": case.state.open,
        "state": case.state.value,
        "category": case.category,
        "alert": case.alert or None,
        "ticket": case.ticket or None,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "document": _CASE.dump_python(case, mode="json"),
        "version": case.version,
        "told": False,
    }


def _case(row: Row[Any]) -> Incident:
    return _CASE.validate_python(row.document)
