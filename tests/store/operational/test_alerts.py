"""Alerts in SQL: a tick is committed whole, people's wishes and silences are recorded with their audit entries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.alert import (
    Alert,
    AlertChange,
    AlertCommand,
    AlertGroup,
    AlertState,
    ChangeKind,
    CommandKind,
    Mute,
    MuteKind,
)
from domain.alert_ports import AlertFilter, TickRecord
from domain.errors import Conflict, NotFound
from domain.escalation import Escalation
from domain.record import EventType, NewEvent
from domain.severity import Severity
from store.operational import OperationalStore
from tests.store.operational.builders import T0
from tests.support.alerts import dark_lamp

HOUR = timedelta(hours=1)


def alert(number: int, **changes: object) -> Alert:
    return dark_lamp(number, T0, **({"value": 0.5, "within": ("city", f"device:L{number}")} | changes))


def change(one: Alert, kind: ChangeKind = ChangeKind.RAISED) -> AlertChange:
    return AlertChange(kind, one, T0, "ops", "because", {"value": 1})


def raise_(store: OperationalStore, alerts: Sequence[Alert]) -> None:
    store.alerts.commit(TickRecord(T0, changes=[change(a) for a in alerts]))


def wish(ident: str = "a1", kind: CommandKind = CommandKind.ACKNOWLEDGE) -> AlertCommand:
    return AlertCommand(0, kind, ident, "ops", T0, T0 + HOUR, "on my way")


def test_a_tick_is_committed_with_everything_that_belongs_to_it(store: OperationalStore) -> None:
    state = Escalation("road:经十路", T0, Severity.MINOR, None)
    event = NewEvent(EventType.ALERT_RAISED, T0, {"alert": "a1"})
    one = alert(1)
    store.alerts.commit(TickRecord(T0, [event], [change(one)], escalations={state.group: state}))
    assert store.alerts.get("a1") == one
    assert store.alerts.open() == [one]
    assert [e.event for e in store.events.after(0, 10)] == [event]
    assert store.events.ticked_through() == T0
    assert store.alerts.escalations() == {state.group: state}
    (told,) = store.alerts.history("a1")
    assert (told.kind, told.by, told.why, told.severity, told.state) == ("raised", "ops", "because", "minor", "firing")
    store.alerts.commit(TickRecord(T0 + HOUR, escalations={state.group: None}))
    assert store.alerts.escalations() == {}
    assert store.events.ticked_through() == T0 + HOUR


def test_a_tick_that_cannot_be_committed_leaves_nothing_behind(store: OperationalStore) -> None:
    event = NewEvent(EventType.ALERT_RAISED, T0, {"no": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        store.alerts.commit(TickRecord(T0, [event], [change(alert(1))]))
    assert store.alerts.open() == []
    assert store.events.ticked_through() is None
    assert store.events.bounds() == (0, 0)


def test_the_newest_form_of_an_alert_is_kept_and_its_whole_history(store: OperationalStore) -> None:
    one = alert(1)
    over = replace(one, state=AlertState.RECOVERED, recovered_at=T0 + HOUR, version=3)
    store.alerts.commit(TickRecord(T0, changes=[change(one), change(replace(one, version=2), ChangeKind.SEEN)]))
    store.alerts.commit(TickRecord(T0, changes=[change(over, ChangeKind.RECOVERED)]))
    assert store.alerts.get("a1") == over
    assert store.alerts.open() == []
    assert [c.kind for c in store.alerts.history("a1")] == ["raised", "seen", "recovered"]
    assert len(store.alerts.history("a1", limit=2)) == 2


def test_alerts_are_listed_from_the_newest_back_and_by_what_they_are(store: OperationalStore) -> None:
    raise_(store, [alert(1), alert(2, severity=Severity.MAJOR), alert(3, inhibited_by="a2")])
    raise_(store, [alert(4, rule="other", state=AlertState.RECOVERED, group=AlertGroup("city"))])

    def listed(**wanted: object) -> list[str]:
        return [n.alert.id for n in store.alerts.list(AlertFilter(**wanted))]  # type: ignore[arg-type]

    assert listed() == ["a4", "a3", "a2", "a1"]
    assert listed(limit=2) == ["a4", "a3"]
    third = store.alerts.list(AlertFilter(limit=2))[-1].number
    assert listed(before=third) == ["a2", "a1"]
    assert listed(open=True, quiet=False) == ["a2", "a1"]
    assert listed(open=False) == ["a4"]
    assert listed(rule="other") == ["a4"]
    assert listed(severity=Severity.MAJOR) == ["a2"]
    assert listed(subject="device:L1") == ["a1"]
    assert listed(group="city") == ["a4"]
    with pytest.raises(NotFound):
        store.alerts.get("a9")


def test_thousands_of_alerts_are_committed_at_once(store: OperationalStore) -> None:
    many = [alert(n) for n in range(1200)]
    raise_(store, many)
    raise_(store, many)
    assert len(store.alerts.open()) == 1200


def test_the_subjects_of_many_alerts_are_called_as_the_alerts_call_them(store: OperationalStore) -> None:
    raise_(store, [alert(n) for n in range(1100)])
    names = store.alerts.names({"a0", "a7", "a9999", *(f"a{n}" for n in range(100, 1100))})
    assert (len(names), names["a0"], names["a7"], names["a1099"]) == (1002, "灯0", "灯7", "灯1099")
    assert store.alerts.names([]) == {}


def test_a_wish_is_recorded_once_with_its_audit_entry_and_waits_for_its_tick(store: OperationalStore) -> None:
    raise_(store, [alert(1)])
    recorded = store.alerts.request(wish(), version=1)
    assert recorded.id == 1
    assert store.alerts.commands(None) == [(recorded, None)]
    (entry,) = store.audit.list()
    assert (entry.action, entry.author, entry.detail["alert"]) == ("alert.acknowledge", "ops", "a1")
    store.alerts.commit(TickRecord(T0 + HOUR, applied={1: T0 + HOUR}))
    assert store.alerts.commands(None) == []
    assert store.alerts.commands(T0) == [(recorded, T0 + HOUR)]
    assert store.alerts.commands(T0 + HOUR) == []


@pytest.mark.parametrize("kind", CommandKind)
def test_nothing_is_asked_of_what_is_unknown_over_or_not_as_it_was_seen(
    kind: CommandKind, store: OperationalStore
) -> None:
    raise_(store, [alert(1), alert(2, state=AlertState.RECOVERED)])
    with pytest.raises(NotFound):
        store.alerts.request(wish("a9", kind))
    with pytest.raises(Conflict, match="recovered"):
        store.alerts.request(wish("a2", kind))
    with pytest.raises(Conflict, match="version"):
        store.alerts.request(wish("a1", kind), version=7)
    assert store.alerts.commands(None) == []
    assert store.audit.list() == ()


def mute(ident: str = "m1", **changes: object) -> Mute:
    plain = Mute(ident, MuteKind.SILENCE, {"rule": "lamp-dark"}, T0, T0 + HOUR, "ops", "works", T0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_silence_is_recorded_changed_and_withdrawn_and_each_is_audited(store: OperationalStore) -> None:
    before = store.mutes.version()
    store.mutes.add(mute())
    changed = store.mutes.change(mute(end=T0 + 2 * HOUR), "boss", T0 + HOUR, version=1)
    assert store.mutes.get("m1") == changed == mute(end=T0 + 2 * HOUR, version=2)
    store.mutes.withdraw("m1", "boss", T0 + HOUR)
    (kept,) = store.mutes.list()
    assert (kept.withdrawn_at, kept.version) == (T0 + HOUR, 3)
    assert store.mutes.version() == before + 3
    assert [e.action for e in store.audit.list()] == ["alert.mute.add", "alert.mute.change", "alert.mute.withdraw"]


def test_what_is_wrong_with_a_silence_is_refused(store: OperationalStore) -> None:
    store.mutes.add(mute())
    with pytest.raises(Conflict, match="already"):
        store.mutes.add(mute())
    with pytest.raises(Conflict, match="before it starts"):
        store.mutes.add(mute("m2", end=T0))
    with pytest.raises(Conflict, match="version 1"):
        store.mutes.change(mute(), "ops", T0, version=9)
    with pytest.raises(NotFound):
        store.mutes.change(mute("m9"), "ops", T0)
    store.mutes.withdraw("m1", "ops", T0)
    with pytest.raises(NotFound, match="already"):
        store.mutes.withdraw("m1", "ops", T0)
    with pytest.raises(Conflict, match="withdrawn"):
        store.mutes.change(mute(), "ops", T0)


def test_the_steps_of_a_span_are_those_of_every_alert_that_was_open_in_it(store: OperationalStore) -> None:
    over, still, later = alert(1), alert(2, silenced_by="m"), alert(3, fired_at=T0 + 5 * HOUR)
    raise_(store, [over, still, later])
    gone = replace(over, state=AlertState.RECOVERED, changed_at=T0 + HOUR, recovered_at=T0 + HOUR)
    store.alerts.commit(TickRecord(T0 + HOUR, changes=[AlertChange(ChangeKind.RECOVERED, gone, T0 + HOUR)]))
    found = store.alerts.steps(T0, T0 + 2 * HOUR, 100)
    assert [(s.alert, s.kind, s.quiet, s.subject) for s in found] == [
        ("a1", ChangeKind.RAISED, False, "device:L1"),
        ("a2", ChangeKind.RAISED, True, "device:L2"),
        ("a1", ChangeKind.RECOVERED, False, "device:L1"),
    ]
    assert [s.alert for s in store.alerts.steps(T0 + 2 * HOUR, T0 + 3 * HOUR, 100)] == ["a2"]
    assert len(store.alerts.steps(T0, T0 + 9 * HOUR, 2)) == 2
