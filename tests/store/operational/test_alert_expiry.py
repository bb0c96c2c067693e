"""What goes of alerts: only what is over and in no case file, those that closed first go first, all is counted."""

from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import func, select

from domain.alert import AlertChange, AlertState, ChangeKind
from domain.alert_ports import AlertExpiry, AlertFilter, TickRecord
from domain.errors import NotFound
from store.operational import OperationalStore
from store.operational.alerts_schema import alert_change, alert_command
from tests.store.operational.builders import T0, hours
from tests.store.operational.test_alerts import alert, change, wish
from tests.store.operational.test_incidents import CASE

MANY = 10**9


def over(store: OperationalStore, number: int, at: datetime, changes: int = 2) -> None:
    """Raise an alert and let it recover at an instant."""
    store.alerts.commit(TickRecord(T0, changes=[change(alert(number))] * (changes - 1)))
    closed = alert(number, state=AlertState.RECOVERED, changed_at=at)
    store.alerts.commit(TickRecord(T0, changes=[AlertChange(ChangeKind.RECOVERED, closed, at)]))


def all_gone(store: OperationalStore, policy: AlertExpiry) -> tuple[int, int]:
    alerts = changes = 0
    while (gone := store.alerts.expire(policy)).alerts:
        alerts, changes = alerts + gone.alerts, changes + gone.changes
    return alerts, changes


def kept(store: OperationalStore) -> int:
    with store._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(alert_change)) or 0


def test_what_closed_before_an_instant_goes_with_its_history_and_with_what_people_asked_for(
    store: OperationalStore,
) -> None:
    store.alerts.commit(TickRecord(T0, changes=[change(alert(1))]))
    store.alerts.request(wish("a1"))
    over(store, 1, hours(1))
    over(store, 2, hours(2))
    assert store.alerts.kept_since() is None
    assert all_gone(store, AlertExpiry(hours(2), MANY)) == (1, 3)
    with pytest.raises(NotFound):
        store.alerts.get("a1")
    assert store.alerts.history("a1") == []
    assert len(store.alerts.history("a2")) == 2
    with store._database.read() as connection:
        assert connection.execute(select(alert_command)).all() == []
    assert [e.action.value for e in store.audit.list()] == ["alert.acknowledge"]


def test_what_is_open_or_in_a_case_file_stays_however_old_and_however_many(store: OperationalStore) -> None:
    store.alerts.commit(TickRecord(T0, changes=[change(alert(1))] * 5))
    over(store, 2, hours(1))
    store.incidents.open(replace(CASE, alert="a2"), "20260101")
    over(store, 3, hours(1))
    store.incidents.open(replace(CASE, alerts=("a3",)), "20260101")
    assert all_gone(store, AlertExpiry(hours(99), 0)) == (0, 0)
    over(store, 4, hours(1))
    assert all_gone(store, AlertExpiry(hours(99), 0)) == (1, 2)
    assert kept(store) == 9
    assert store.alerts.kept_since() == hours(1) + datetime.resolution


def test_beyond_the_number_of_changes_those_that_closed_first_go_and_no_more(store: OperationalStore) -> None:
    for number, at in ((1, 3), (2, 1), (3, 2)):
        over(store, number, hours(at), changes=3)
    assert all_gone(store, AlertExpiry(None, 9)) == (0, 0)
    assert all_gone(store, AlertExpiry(None, 8)) == (1, 3)
    assert {n.alert.id for n in store.alerts.list(AlertFilter())} == {"a1", "a3"}
    assert all_gone(store, AlertExpiry(None, 3)) == (1, 3)
    assert store.alerts.get("a1").id == "a1"
    assert store.alerts.kept_since() == hours(2) + datetime.resolution


def test_many_go_in_short_transactions(store: OperationalStore) -> None:
    closed = [alert(n, state=AlertState.RECOVERED, changed_at=hours(1)) for n in range(250)]
    store.alerts.commit(TickRecord(T0, changes=[change(one) for one in closed]))
    long = alert(999, state=AlertState.RECOVERED, changed_at=T0)
    store.alerts.commit(TickRecord(T0, changes=[change(long)] * 2500))
    sizes = []
    while gone := store.alerts.expire(AlertExpiry(hours(2), MANY)).changes:
        sizes.append(gone)
    assert sizes == [2500, 100, 100, 50]


def test_whatever_closed_and_went_all_that_was_open_since_then_is_there_and_the_books_agree(
    store: OperationalStore,
) -> None:
    dice, closed, ever = Random(7), dict[str, tuple[datetime, bool]](), 0
    for number in range(40):
        at, changes, linked = hours(dice.randint(1, 30)), dice.randint(2, 4), dice.random() < 0.3
        over(store, number, at, changes)
        closed[f"a{number}"], ever = (at, linked), ever + changes
        if linked:
            store.incidents.open(replace(CASE, alert=f"a{number}"), "20260101")
        if number % 4:
            continue
        most = dice.randint(0, 60)
        ever -= all_gone(store, AlertExpiry(hours(dice.randint(-5, 20)), most))[1]
        since = store.alerts.kept_since() or T0
        there = {step.alert for step in store.alerts.steps(since, hours(99), MANY)}
        assert there == {ident for ident, (at, _) in closed.items() if at >= since}
        assert kept(store) == ever
        left = {n.alert.id for n in store.alerts.list(AlertFilter())}
        assert left >= {ident for ident, (_, linked) in closed.items() if linked}
        assert ever <= most or all(closed[ident][1] for ident in left)
