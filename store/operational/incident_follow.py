"""Case files in the transaction of a tick: what rules open, what joins, what has recovered and what came back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from domain.alert import AlertChange, ChangeKind
from domain.incident import CaseWish, Incident, Origin, Step
from rules.incidents.follow import MOST, joined, recovered
from store.operational.alerts_schema import alert
from store.operational.incident_book import ALERT, CaseBook, case_of
from store.operational.schema_incidents import incident, incident_link

TELEMETRY: Final = "telemetry"
_TURNS: Final = frozenset({ChangeKind.RECOVERED, ChangeKind.RAISED, ChangeKind.CORRECTED})
_I, _L = incident.c, incident_link.c


def follow(
    connection: Connection, changes: Sequence[AlertChange], wishes: Sequence[CaseWish], at: datetime
) -> CaseBook | None:
    """Let the case files follow the alerts, which are written already; None = nothing to do.

    Safe to repeat: an alert belongs to one case file at most, and what is so already is not done again.
    """
    if not wishes and not any(change.kind in _TURNS for change in changes):
        return None
    book = CaseBook(connection)
    for wish in wishes:
        _open_or_join(connection, book, wish, at)
    for row in _turned(connection, came_back=False):
        _tell(book, row, row.over_at or at, at)
    for row in _turned(connection, came_back=True):
        _tell(book, row, None, at)
    return book


def _open_or_join(connection: Connection, book: CaseBook, wish: CaseWish, at: datetime) -> None:
    ours = wish.case.alert
    linked = select(_I.number).join(incident_link, _L.number == _I.number).where(_L.kind == ALERT, _L.ref == ours)
    if connection.scalar(linked) is not None:
        return
    found = _open_for(connection, wish)
    if found is None:
        book.open(wish.case, wish.day)
        return
    case = case_of(found)
    if len(case.all_alerts) < MOST:
        step = Step(at, wish.case.opened_by, "attach", {"alert": ours, "ticket": ""})
        book.put(found.number, case, joined(case, alert=ours), step)


def _open_for(connection: Connection, wish: CaseWish) -> Row[Any] | None:
    """Return the case file that is open for another alert of the group, or for the same subject."""
    beside = exists().where(_L.number == _I.number, _L.kind == ALERT, _L.ref.in_(wish.beside))
    same = and_(_I.subject == wish.case.subject, _I.origin == Origin.ALERT.value, _I.category == wish.case.category)
    query = select(incident).where(_I.open, or_(beside, same)).order_by(_I.number.desc()).limit(1)
    return connection.execute(query).one_or_none()


def _turned(connection: Connection, *, came_back: bool) -> Sequence[Row[Any]]:
    """Return the open case files whose alerts are all over though they do not say so, or the other way round."""
    alerts = and_(_L.number == _I.number, _L.kind == ALERT, alert.c.id == _L.ref)
    one_open = exists().where(alerts, alert.c.open)
    over_at = select(func.max(alert.c.changed_at)).where(alerts).scalar_subquery()
    said: ColumnElement[bool] = and_(exists().where(alerts), ~one_open, _I.recovered_at.is_(None))
    if came_back:
        said = and_(one_open, _I.recovered_at.is_not(None))
    query = select(incident, over_at.label("over_at")).where(_I.open, said).order_by(_I.number)
    return connection.execute(query).all()


def _tell(book: CaseBook, row: Row[Any], over_at: datetime | None, at: datetime) -> None:
    case: Incident = case_of(row)
    detail = {"at": None if over_at is None else over_at.isoformat()}
    book.put(row.number, case, recovered(case, over_at), Step(at, TELEMETRY, "recovered", detail))
