"""Case files in the database: one step at a time, with history, event and audit record in one transaction."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from domain.errors import Conflict, NotFound
from domain.incident import Incident, IncidentState, Limit, LimitKind, Measure, Origin, Step, Task, TaskState
from domain.ports import IncidentFilter
from domain.record import EventType
from domain.severity import EmergencyGrade, Severity
from store.operational import OperationalStore
from store.operational.audit import Action
from tests.store.operational.builders import T0, hours

LIMIT = Limit(LimitKind.HOURS, 24)
CASE = Incident("", "灭灯", "lamps", Origin.PHONE, Severity.MAJOR, IncidentState.NEW, T0, "ann", unit="市城管局")


def commented(case: Incident) -> Incident:
    return replace(case, version=case.version + 1)


def test_a_case_file_comes_back_as_it_was_kept(store: OperationalStore) -> None:
    task = Task("市城管局", TaskState.SUSPENDED, T0, hours(24), LIMIT, "查", T0, hours(5))
    full = replace(
        CASE,
        tasks=(task,),
        checklist=(Measure("m1", "市公安局", "限行", "ann", T0),),
        devices=("l1", "l2"),
        grade=EmergencyGrade.LARGER,
        lon=117.0,
        lat=36.6,
    )
    kept = store.incidents.open(full, "20260101")
    assert kept.id == "20260101-0001"
    assert store.incidents.get(kept.id) == kept == replace(full, id=kept.id)


def test_each_step_is_in_the_history_the_event_log_and_the_audit(store: OperationalStore) -> None:
    case = store.incidents.open(CASE, "20260101")
    store.incidents.change(case.id, Step(hours(1), "ben", "comment", {"text": "在查"}), commented)
    assert [(s.author, s.action) for s in store.incidents.history(case.id)] == [("ann", "open"), ("ben", "comment")]
    events = [e.event for e in store.events.after(0, 10) if e.event.type is EventType.INCIDENT_CHANGED]
    assert [e.data["action"] for e in events] == ["open", "comment"]
    assert [e.author for e in store.audit.list() if e.action is Action.INCIDENT_CHANGED] == ["ann", "ben"]


def test_what_is_refused_leaves_no_trace(store: OperationalStore) -> None:
    case = store.incidents.open(CASE, "20260101")

    def refuse(_: Incident) -> Incident:
        raise Conflict("not now")

    with pytest.raises(Conflict):
        store.incidents.change(case.id, Step(hours(1), "ben", "close"), refuse)
    assert len(store.incidents.history(case.id)) == 1
    assert store.incidents.get(case.id) == case
    with pytest.raises(NotFound):
        store.incidents.change("20260101-9999", Step(hours(1), "ben", "close"), commented)


def test_an_alert_and_a_ticket_have_one_case_file(store: OperationalStore) -> None:
    store.incidents.open(replace(CASE, alert="a1"), "20260101")
    store.incidents.open(replace(CASE, ticket="t1"), "20260101")
    store.incidents.open(CASE, "20260101")
    for again in (replace(CASE, alert="a1"), replace(CASE, ticket="t1")):
        with pytest.raises(Conflict, match="20260101-000"):
            store.incidents.open(again, "20260102")


def test_no_step_of_many_at_once_is_lost(store: OperationalStore) -> None:
    case = store.incidents.open(CASE, "20260101")

    def comment(n: int) -> Incident:
        return store.incidents.change(case.id, Step(hours(n), f"user {n}", "comment"), commented)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(comment, range(12)))
    assert store.incidents.get(case.id).version == 13
    assert len(store.incidents.history(case.id)) == 13


def test_case_files_are_listed_newest_first_and_filtered(store: OperationalStore) -> None:
    ids = [store.incidents.open(replace(CASE, alert=f"a{n}"), "20260101").id for n in range(3)]
    closed = replace(CASE, state=IncidentState.CLOSED, closed_at=hours(2))
    store.incidents.change(ids[0], Step(hours(2), "ann", "close"), lambda c: replace(closed, id=c.id, version=2))

    def listed(wanted: IncidentFilter) -> list[str]:
        return [c.id for c in store.incidents.list(wanted)]

    assert listed(IncidentFilter()) == ids[::-1]
    assert listed(IncidentFilter(open=True)) == [ids[2], ids[1]]
    assert listed(IncidentFilter(alert="a2")) == [ids[2]]
    assert listed(IncidentFilter(before=3, limit=1)) == [ids[1]]
    assert [c.id for c in store.incidents.closed(hours(2), hours(3))] == [ids[0]]
    assert store.incidents.closed(hours(3), hours(4)) == []
