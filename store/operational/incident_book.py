"""Case files within a transaction: written with their steps; what the log and the audit say of it is gathered.

The event log and the audit come last, because whoever takes several counters takes them in one order.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from domain.errors import Conflict
from domain.incident import Incident, Origin, Step
from domain.record import EventType, NewEvent
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.schema_incidents import incident, incident_link, incident_owed, incident_step

_CASE: Final = TypeAdapter(Incident)
ALERT: Final = "alert"
TICKET: Final = "ticket"


class CaseBook:
    """What one transaction does with case files."""

    def __init__(self, connection: Connection) -> None:
        """Write by `connection`; nobody else writes case files until its transaction ends."""
        self._connection = connection
        self._said: list[tuple[Incident, Step]] = []
        take(connection, Counter.INCIDENT, 0)

    def open(self, case: Incident, day: str) -> Incident:
        """Write a new case file and return it with its id.

        Raises:
            Conflict: its alert or ticket has a case file already, or another warning is in force.
        """
        number = take(self._connection, Counter.INCIDENT)
        opened = replace(case, id=f"{day}-{number:04}")
        if opened.origin is Origin.WARNING:
            self._only_warning()
        for kind, ref in (*((ALERT, a) for a in opened.all_alerts), *((TICKET, t) for t in opened.all_tickets)):
            self._free(kind, ref)
        self._connection.execute(insert(incident).values(number=number, **_row(opened)))
        self._link(number, opened)
        if opened.origin is Origin.WARNING:
            self._owe(number, opened, lifted=False)
        detail = {"category": opened.category, "origin": opened.origin.value, "alert": opened.alert}
        self._step(number, opened, Step(opened.opened_at, opened.opened_by, "open", detail))
        return opened

    def put(self, number: int, before: Incident, case: Incident, step: Step) -> None:
        """Write another version of a case file. Raises `Conflict` when what joins it belongs to another one."""
        self._connection.execute(update(incident).where(incident.c.number == number).values(**_row(case)))
        self._link(number, case, before)
        if case.origin is Origin.WARNING and before.state.open and not case.state.open:
            self._owe(number, case, lifted=True)
        self._step(number, case, step)

    def events(self) -> list[NewEvent]:
        """Return what the event log says of it."""
        return [
            NewEvent(
                EventType.INCIDENT_CHANGED,
                step.at,
                {"incident": case.id, "title": case.title, "state": case.state.value, "action": step.action},
            )
            for case, step in self._said
        ]

    def audit(self) -> None:
        """Write who did what into the audit."""
        for case, step in self._said:
            detail = {"incident": case.id, "version": case.version, "action": step.action, **step.detail}
            write_audit(self._connection, step.at, step.author, Action.INCIDENT_CHANGED, detail)

    def _only_warning(self) -> None:
        query = select(incident.c.document).where(incident.c.open, incident.c.origin == Origin.WARNING.value)
        found = self._connection.scalar(query.limit(1))
        if found is not None:
            raise Conflict(f"{found['id']} is in force: {found['title']}")

    def _link(self, number: int, case: Incident, before: Incident | None = None) -> None:
        for kind, refs, known in (
            (ALERT, case.all_alerts, () if before is None else before.all_alerts),
            (TICKET, case.all_tickets, () if before is None else before.all_tickets),
        ):
            for ref in dict.fromkeys(refs):
                if ref not in known:
                    self._free(kind, ref)
                    self._connection.execute(insert(incident_link).values(kind=kind, ref=ref, number=number))

    def _free(self, kind: str, ref: str) -> None:
        link = incident_link.c
        taken = select(incident.c.incident_id).join(incident_link, link.number == incident.c.number)
        found = self._connection.scalar(taken.where(link.kind == kind, link.ref == ref))
        if found is not None:
            raise Conflict(f"there is a case file for it already: {found}")

    def _owe(self, number: int, case: Incident, *, lifted: bool) -> None:
        at = case.closed_at if lifted else case.opened_at
        self._connection.execute(insert(incident_owed).values(number=number, lifted=lifted, at=at))

    def _step(self, number: int, case: Incident, step: Step) -> None:
        row = {"at": step.at, "author": step.author, "action": step.action, "detail": dict(step.detail)}
        self._connection.execute(insert(incident_step).values(number=number, version=case.version, **row))
        self._said.append((case, step))


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
        "origin": case.origin.value,
        "subject": case.subject,
        "recovered_at": case.recovered_at,
        "owes_report": case.owes_report,
        "told": False,
    }


def case_of(row: Row[Any]) -> Incident:
    """Return the case file of a row that has its document."""
    return _CASE.validate_python(row.document)


def cases_of(rows: Sequence[Row[Any]]) -> list[Incident]:
    """Return the case files of rows."""
    return [case_of(row) for row in rows]
