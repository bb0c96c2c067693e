"""Alerts that are over and dead letters go when they are old; a database that is away is waited for."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from app.alert_retention import AlertRetention
from app.alert_settings import AlertSettings
from domain.alert import AlertState
from domain.alert_ports import AlertExpiry, AlertFilter, ExpiredAlerts, TickRecord
from domain.errors import StoreUnavailable
from domain.notice import NoticeFilter, NoticeState, Outcome, Settled
from store.operational import OperationalStore
from store.operational.alerts import SqlAlertStore
from tests.store.operational.builders import T0
from tests.store.operational.test_alerts import alert, change
from tests.store.operational.test_outbox import attempt, notice
from tests.support.clock import SetClock

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationalStore]:
    opened = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    yield opened
    opened.close()


def told(retention: AlertRetention) -> dict[str, float]:
    return {s.name: s.value for m in retention.collect() for s in m.samples if s.name.endswith("_total")}


def test_alerts_go_by_the_citys_clock_and_dead_letters_by_the_walls(store: OperationalStore) -> None:
    for number in (1, 2):
        over = alert(number, state=AlertState.RECOVERED, changed_at=T0 + number * DAY)
        store.alerts.commit(TickRecord(T0, changes=[change(over)]))
    store.outbox.post([notice("a"), notice("b")], T0)
    for ident, at in ((1, T0), (2, T0 + 300 * DAY)):
        store.outbox.settle([Settled(attempt(ident, Outcome.REFUSED), NoticeState.DEAD, at)])
    clock, wall = SetClock(T0 + 102 * DAY), T0 + 400 * DAY
    stores = (store.alerts, store.outbox)
    retention = AlertRetention(AlertSettings(keep_days=100), stores, (clock, lambda: wall))
    assert set(told(retention).values()) == {0}
    retention.run()
    assert [n.alert.id for n in store.alerts.list(AlertFilter())] == ["a2"]
    assert [p.notice.key for p in store.outbox.list(NoticeFilter())] == ["b"]
    assert told(retention) == {
        "quanyan_alerts_expired_total": 1,
        "quanyan_alert_changes_expired_total": 1,
        "quanyan_dead_letters_expired_total": 1,
    }
    for_ever = AlertRetention(AlertSettings(keep_days=0), stores, (SetClock(T0 + 9999 * DAY), lambda: wall))
    for_ever.run()
    assert set(told(for_ever).values()) == {0}


class Flaky(SqlAlertStore):
    """The store; `away` makes it unavailable."""

    away = True

    @override
    def expire(self, policy: AlertExpiry) -> ExpiredAlerts:
        if self.away:
            raise StoreUnavailable("away")
        return super().expire(policy)


def test_a_database_that_is_away_is_tried_again_by_the_next_run(store: OperationalStore) -> None:
    over = alert(1, state=AlertState.RECOVERED, changed_at=T0)
    store.alerts.commit(TickRecord(T0, changes=[change(over)]))
    flaky = Flaky(store._database)
    clock = SetClock(T0 + 2000 * DAY)
    retention = AlertRetention(AlertSettings(), (flaky, store.outbox), (clock, lambda: T0))
    retention.run()
    assert store.alerts.get("a1").id == "a1"
    flaky.away = False
    retention.run()
    assert store.alerts.list(AlertFilter()) == []
    assert told(retention)["quanyan_alerts_expired_total"] == 1
