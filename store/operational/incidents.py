"""Incidents in SQL: each change with its history, its audit record and its event in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from domain.errors import NotFound
from domain.incident import Incident, OwedNotice, Step
from domain.notice import Notice
from domain.ports import IncidentFilter
from store.operational.engine import Database
from store.operational.events import log_events
from store.operational.incident_book import ALERT, TICKET, CaseBook, case_of, cases_of
from store.operational.outbox import post
from store.operational.schema_incidents import deadline_told, incident, incident_link, incident_owed, incident_step
from store.operational.types import bigint

_I = incident.c


class SqlIncidentStore:
    """Implements `domain.ports.IncidentStore`."""

    def __init__(self, database: Database, keep_events: int) -> None:
        """Keep case files in `database`; the event log keeps `keep_events`."""
        self._database, self._keep = database, keep_events

    def open(self, case: Incident, day: str) -> Incident:
        """Keep a new case file; its id is given here, from the local day `YYYYMMDD` and a number that only grows.

        Raises:
            Conflict: its alert or ticket has a case file already, or a heavy-pollution warning is in force.
        """
        with self._database.write() as connection:
            book = CaseBook(connection)
            opened = book.open(case, day)
            log_events(connection, book.events(), self._keep)
            book.audit()
        return opened

    def change(self, case_id: str, step: Step, work: Callable[[Incident], Incident]) -> Incident:
        """Replace a case file by what `work` makes of it, with the step in its history.

        `work` runs inside the transaction, on the newest version: two changes never overwrite each other. What it
        raises undoes everything.

        Raises:
            NotFound: there is no such case file.
        """
        with self._database.write() as connection:
            book = CaseBook(connection)
            row = connection.execute(select(incident).where(_I.incident_id == case_id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no incident {case_id!r}.")
            before = case_of(row)
            changed = work(before)
            book.put(row.number, before, changed, step)
            log_events(connection, book.events(), self._keep)
            book.audit()
        return changed

    def get(self, case_id: str) -> Incident:
        """Return a case file. Raises `NotFound`."""
        with self._database.read() as connection:
            row = connection.execute(select(incident).where(_I.incident_id == case_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no incident {case_id!r}.")
        return case_of(row)

    def list(self, wanted: IncidentFilter) -> Sequence[Incident]:
        """Return case files, newest first."""
        origin = None if wanted.origin is None else wanted.origin.value
        wishes = {_I.open: wanted.open, _I.category: wanted.category, _I.origin: origin}
        conditions: list[ColumnElement[bool]] = [c == value for c, value in wishes.items() if value is not None]
        for kind, ref in ((ALERT, wanted.alert), (TICKET, wanted.ticket)):
            if ref is not None:
                link = incident_link.c
                conditions.append(_I.number.in_(select(link.number).where(link.kind == kind, link.ref == ref)))
        if wanted.before is not None:
            conditions.append(_I.number < bigint(wanted.before))
        query = select(incident).where(*conditions).order_by(_I.number.desc()).limit(wanted.limit)
        with self._database.read() as connection:
            return cases_of(connection.execute(query).all())

    def closed(self, first: datetime, last: datetime) -> Sequence[Incident]:
        """Return the case files that were closed in [first, last), in the order of closing."""
        query = select(incident).where(_I.closed_at >= first, _I.closed_at < last).order_by(_I.closed_at, _I.number)
        with self._database.read() as connection:
            return cases_of(connection.execute(query).all())

    def history(self, case_id: str) -> Sequence[Step]:
        """Return who did what when, oldest first."""
        ours = select(_I.number).where(_I.incident_id == case_id).scalar_subquery()
        query = select(incident_step).where(incident_step.c.number == ours).order_by(incident_step.c.version)
        with self._database.read() as connection:
            return [Step(r.at, r.author, r.action, r.detail) for r in connection.execute(query)]

    # -- what waits for somebody else ---------------------------------------------------------------------------

    def untold(self, limit: int) -> Sequence[Incident]:
        """Return case files that changed since they were last told, oldest first."""
        query = select(incident).where(_I.told.is_(False)).order_by(_I.number).limit(limit)
        with self._database.read() as connection:
            return cases_of(connection.execute(query).all())

    def tell(self, case_id: str, version: int) -> None:
        """Note that a version was told; a newer one stays untold."""
        with self._database.write() as connection:
            ours = (_I.incident_id == case_id, _I.version == version)
            connection.execute(update(incident).where(*ours).values(told=True))

    def owed(self) -> Sequence[OwedNotice]:
        """Return the warnings that were issued or lifted and are not in the journal yet, oldest first."""
        joined = select(incident, incident_owed.c.lifted, incident_owed.c.at).join(incident_owed)
        with self._database.read() as connection:
            rows = connection.execute(joined.order_by(incident_owed.c.at, _I.number)).all()
        return [OwedNotice(case_of(row), row.lifted, row.at) for row in rows]

    def paid(self, owed: OwedNotice) -> None:
        """Forget one that is in the journal now."""
        number = select(_I.number).where(_I.incident_id == owed.case.id).scalar_subquery()
        gone = delete(incident_owed).where(incident_owed.c.number == number, incident_owed.c.lifted == owed.lifted)
        with self._database.write() as connection:
            connection.execute(gone)

    def owing(self) -> Sequence[tuple[Incident, datetime | None]]:
        """Return the emergencies with a report still to be made, and up to when their deadlines were told."""
        joined = select(incident, deadline_told.c.through).outerjoin(deadline_told).where(_I.owes_report)
        with self._database.read() as connection:
            return [(case_of(row), row.through) for row in connection.execute(joined.order_by(_I.number))]

    def remind(self, case_id: str, through: datetime, notices: Sequence[Notice], wall: datetime) -> None:
        """Post what deadlines up to `through` (city time) have told, in one transaction; `wall`: the outbox's clock."""
        with self._database.write() as connection:
            post(connection, notices, wall)
            number = connection.scalar(select(_I.number).where(_I.incident_id == case_id))
            connection.execute(delete(deadline_told).where(deadline_told.c.number == number))
            connection.execute(insert(deadline_told).values(number=number, through=through))
