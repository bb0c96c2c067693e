"""What happens to a board beside its ticks: snapshots, other rules, another register, a database that knows more."""

import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.alert import Alert, AlertChange, AlertCommand, AlertGroup, AlertState, ChangeKind, CommandKind, Verdict
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.escalation import GroupChange, GroupChangeKind
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.severity import Severity
from rules.alerts import upkeep
from rules.alerts.board import AlertBoard, Signal
from rules.alerts.ledger import alert_id
from rules.alerts.rule_file import parse_book
from rules.alerts.trial import Trial
from rules.live import City
from tests.support.rules import lamp, local, power, register, version

START = local("2026-11-23 20:00")
SECOND = timedelta(seconds=1)
PLAN = LightingPlan((), ())
DARK = """
[[rule]]
name = "lamp-dark"
title = "熄灯"
kind = "streetlight"
severity = "minor"
hold = "10s"
clear_hold = "10s"
group = "road"
condition = { type = "class", grade = "lamp_dark" }
"""
VOLTS = """
[[rule]]
name = "volts"
title = "过压"
kind = "streetlight"
group = "subject"
condition = { type = "threshold", metric = "voltage" }
ladder = [
  { severity = "minor", above = 240, clear = 235 },
  { severity = "critical", above = 260, clear = 255, hold = "30s" },
]
flap = { raises = 2, window = "10m", calm = "1m" }
"""
GATEWAY = """
[[rule]]
name = "gateway"
title = "网关离线"
severity = "minor"
group = "gateway"
inhibits = ["lamp-dark"]
condition = { type = "event", gateway_offline = true }
"""
FALL = """
[[rule]]
name = "fall"
title = "突降"
kind = "streetlight"
severity = "minor"
group = "subject"
condition = { type = "rate", metric = "voltage", window = "1m", moves = "falls", above = 30, clear = 10 }
"""
LAMPS = [lamp(f"l{n}", road=f"路{n % 2}", supply_point="sp0", gateway="gw1") for n in range(4)]


def trial(*rules: str, lamps: Sequence[Device | DeviceVersion] = LAMPS) -> Trial:
    book = parse_book({f"r{n}.toml": text for n, text in enumerate(rules)})
    return Trial(book, (register(*lamps), PLAN, JINAN), [], START, SECOND)


def after(seconds: float) -> datetime:
    return START + seconds * SECOND


def said(changes: Sequence[AlertChange]) -> list[tuple[str, str, str]]:
    return [(c.kind.value, c.alert.rule, c.alert.subject) for c in changes]


def reborn(city: Trial) -> Trial:
    """The same city and board, from what a snapshot holds of them."""
    world = city.city.world
    again = copy.copy(city)
    again.city = City.load(json.loads(json.dumps(city.city.dump())), world.register, world.lighting, world.place)
    again.city.listen()
    again.board = AlertBoard(city.board.book, [], again.city)
    upkeep.restore(again.board, json.loads(json.dumps(upkeep.dump(city.board))))
    return again


STORY: list[Reading | Signal] = [
    power("l0", after(1), 0.0, voltage=265.0),
    power("l1", after(2), 0.0, voltage=220.0),
    Signal("gw1", after(20), online=False),
    power("l2", after(25), 0.0, voltage=245.0),
    power("l2", after(30), 100.0, voltage=200.0),
    power("l2", after(35), 0.0, voltage=245.0),
    power("l0", after(50), 100.0, voltage=238.0),
    Signal("gw1", after(70), online=True),
    power("l1", after(75), 100.0, voltage=220.0),
    power("l2", after(80), 100.0, voltage=170.0),
    power("l0", after(85), 100.0, voltage=200.0),
]


@pytest.mark.parametrize("cut", range(0, 180, 9))
def test_a_board_goes_on_from_its_snapshot_as_if_nothing_had_happened(cut: int) -> None:
    whole, parted = (trial(DARK, VOLTS, GATEWAY, FALL) for _ in range(2))
    at = after(cut)
    expected = whole.run(STORY, after(180))
    early = [s for s in STORY if (s.at if isinstance(s, Signal) else s.received) <= at]
    changes = parted.run(early, at)
    parted = reborn(parted)
    changes += parted.run(STORY[len(early) :], after(180))
    assert changes == expected
    assert len(expected) > 15
    assert parted.open() == whole.open()


def test_a_snapshot_says_which_alerts_are_withheld_and_what_every_group_was_told() -> None:
    city = trial(DARK, GATEWAY)
    changes = city.run([Signal("gw1", after(1), online=False), power("l0", after(2), 0.0)], after(20))
    city.board.teller.group_changes(changes, city.now)
    again = reborn(city)
    (source,) = again.open()
    assert again.board.teller.ledger.explained(source.id) == [("lamp-dark", "device:l0")]
    up = again.run([Signal("gw1", after(30), online=True)], after(31))
    assert said(up) == [("recovered", "gateway", "gateway:gw1"), ("raised", "lamp-dark", "device:l0")]
    groups = again.board.teller.group_changes(up, again.now)
    assert [(k, c.kind) for k, c in groups] == [
        ("gateway:gw1", GroupChangeKind.RECOVERED),
        ("road:路0", GroupChangeKind.RAISED),
    ]


def test_what_a_gateway_said_since_the_last_tick_is_in_a_snapshot_too() -> None:
    city = trial(DARK, GATEWAY)
    city.run([], after(1))
    city.board.gateway("gw1", after(2), online=False)
    again = reborn(city)
    assert again.board.signals == city.board.signals
    assert said(again.run([], after(20))) == [("raised", "gateway", "gateway:gw1")]


def test_rules_that_are_gone_are_left_out_of_a_snapshot_that_is_read() -> None:
    city = trial(DARK, VOLTS)
    city.run([power("l0", after(1), 0.0, voltage=250.0)], after(20))
    city.board.book = parse_book({"r.toml": DARK})
    assert [(a.rule, a.subject) for a in reborn(city).open()] == [("lamp-dark", "device:l0")]


# -- other rules ------------------------------------------------------------------------------------------------------


def test_a_rule_that_is_removed_closes_its_alerts_and_says_why() -> None:
    city = trial(DARK, VOLTS)
    city.run([power("l0", after(1), 0.0, voltage=250.0)], after(20))
    (closed,) = upkeep.set_rules(city.board, parse_book({"r.toml": DARK}))
    assert (closed.kind, closed.alert.rule, closed.why) == (ChangeKind.RECOVERED, "volts", upkeep.REMOVED)
    assert (closed.alert.state, closed.at) == (AlertState.RECOVERED, after(20))
    assert [a.rule for a in city.open()] == ["lamp-dark"]


def test_a_changed_condition_begins_what_is_pending_anew_and_keeps_what_fires() -> None:
    city = trial(DARK)
    city.run([power("l0", after(0), 0.0), power("l1", after(14), 0.0)], after(20))
    assert [a.subject for a in city.open()] == ["device:l0"]
    assert upkeep.set_rules(city.board, parse_book({"r.toml": DARK.replace('hold = "10s"', 'hold = "12s"', 1)})) == []
    assert [a.subject for a in city.open()] == ["device:l0"]
    changes = city.run([], after(40))
    assert said(changes) == [("seen", "lamp-dark", "device:l0"), ("raised", "lamp-dark", "device:l1")]
    assert changes[1].alert.fired_at == after(32), "12 seconds from the change on"


def test_other_words_leave_what_is_pending_alone_and_are_used_from_then_on() -> None:
    city = trial(DARK)
    city.run([power("l0", after(4), 0.0)], after(8))
    upkeep.set_rules(city.board, parse_book({"r.toml": DARK.replace("title", 'text = "{name} 不亮"\ntitle')}))
    (raised,) = city.run([], after(20))
    assert (raised.alert.fired_at, raised.alert.text) == (after(14), "l0 不亮")


def test_a_ladder_that_loses_rungs_keeps_the_alert_on_the_highest_that_is_left() -> None:
    city = trial(VOLTS)
    city.run([power("l0", after(1), voltage=270.0)], after(40))
    assert [a.severity for a in city.open()] == [Severity.CRITICAL]
    short = VOLTS.replace('  { severity = "critical", above = 260, clear = 255, hold = "30s" },\n', "")
    assert upkeep.set_rules(city.board, parse_book({"r.toml": short})) == []
    entry = city.board.entries["volts", "device:l0"]
    assert (len(entry.course.spells), entry.course.top) == (1, 0)
    changes = city.run([power("l0", after(41), voltage=220.0)], after(45))
    assert [c.kind for c in changes] == [ChangeKind.SEEN, ChangeKind.RECOVERED]


def test_a_new_rule_finds_what_is_known_already() -> None:
    city = trial(VOLTS)
    city.run([power("l0", after(1), 0.0), power("l1", after(1), 100.0)], after(5))
    upkeep.set_rules(city.board, parse_book({"a.toml": VOLTS, "b.toml": DARK}))
    assert said(city.run([], after(20))) == [("raised", "lamp-dark", "device:l0")]


# -- another register -------------------------------------------------------------------------------------------------


def test_what_is_about_a_device_that_is_gone_is_closed() -> None:
    city = trial(DARK)
    city.run([power("l0", after(1), 0.0), power("l1", after(1), 0.0)], after(20))
    city.city.set_world(register(*LAMPS[1:], number=2), PLAN, city.now)
    (closed,) = city.run([], after(21))
    assert (closed.alert.subject, closed.kind, closed.why) == ("device:l0", ChangeKind.RECOVERED, upkeep.GONE)
    assert [a.subject for a in city.open()] == ["device:l1"]


def test_what_is_about_a_device_that_a_rule_is_no_longer_about_is_closed() -> None:
    city = trial(DARK.replace("condition", 'where = { road = ["路0"] }\ncondition'))
    city.run([power("l0", after(1), 0.0)], after(20))
    moved = [replace(one, attributes={**one.attributes, "road": "路9"}) for one in LAMPS]
    city.city.set_world(register(*moved, number=2), PLAN, city.now)
    assert said(city.run([], after(21))) == [("recovered", "lamp-dark", "device:l0")]


def test_a_device_is_listened_to_from_the_instant_that_the_register_foresaw() -> None:
    city = trial(DARK, lamps=[*LAMPS, version(replace(LAMPS[0], id="l9"), after(30))])
    assert said(city.run([power("l9", after(1), 0.0)], after(20))) == []
    assert said(city.run([power("l9", after(31), 0.0)], after(50))) == [("raised", "lamp-dark", "device:l9")]


# -- people -----------------------------------------------------------------------------------------------------------


def test_what_people_ask_for_happens_to_open_alerts_only() -> None:
    city = trial(DARK)
    city.run([power("l0", after(1), 0.0)], after(20))
    (alert,) = city.open()

    def ask(kind: CommandKind, ident: str = alert.id, until: datetime | None = None) -> list[AlertChange]:
        wish = AlertCommand(1, kind, ident, "ann", city.now, until, "路上")
        return upkeep.command(city.board, wish, city.now)

    assert ask(CommandKind.ACKNOWLEDGE, "nobody") == []
    (taken,) = ask(CommandKind.ACKNOWLEDGE, until=after(60))
    assert (taken.kind, taken.by, taken.detail["comment"]) == (ChangeKind.ACKNOWLEDGED, "ann", "路上")
    assert (taken.alert.acknowledged_by, taken.alert.acknowledged_until) == ("ann", after(60))
    (shelved,) = ask(CommandKind.SHELVE, until=after(50))
    assert (shelved.alert.shelved_by, shelved.alert.state) == ("ann", AlertState.SHELVED)
    assert shelved.detail["comment"] == "路上"
    assert ask(CommandKind.SHELVE) == [], "a shelf without an end is none"
    (back,) = ask(CommandKind.UNSHELVE)
    assert (back.kind, back.alert.state) == (ChangeKind.UNSHELVED, AlertState.ACKNOWLEDGED)
    assert back.detail["comment"] == "路上"
    assert [(c.kind, c.alert.state) for c in city.run([], after(61))] == [(ChangeKind.LAPSED, AlertState.FIRING)]


def test_a_wish_that_comes_when_the_alert_is_over_changes_nothing() -> None:
    city = trial(DARK)
    city.run([power("l0", after(1), 0.0), power("l0", after(20), 100.0)], after(25))
    (alert,) = city.open()
    wish = AlertCommand(1, CommandKind.ACKNOWLEDGE, alert.id, "ann", after(25))
    over = upkeep.command(city.board, wish, after(31))
    assert said(over) == [("recovered", "lamp-dark", "device:l0")]
    assert over[0].alert.acknowledged_by == ""


# -- after a restart --------------------------------------------------------------------------------------------------


def recorded(subject: str, since: datetime = START, rule: str = "lamp-dark", **changes: object) -> Alert:
    ident = alert_id(rule, subject, since)
    place = AlertGroup("road:路0", "路0")
    plain = Alert(
        ident,
        rule,
        "熄灯",
        subject,
        subject,
        place,
        Severity.MINOR,
        AlertState.FIRING,
        Verdict.BREACH,
        since,
        since,
        since,
    )
    return replace(plain, within=("city", "road:路0", subject), **changes)  # type: ignore[arg-type]


def kinds(city: Trial, changes: list[AlertChange]) -> list[tuple[str, GroupChange]]:
    return city.board.teller.group_changes(changes, city.now)


def test_an_alert_that_only_the_database_knows_goes_on_and_its_group_is_told_of_the_end() -> None:
    city = trial(DARK)
    city.run([], after(2))
    known = recorded("device:l0", acknowledged_by="ann", acknowledged_at=START)
    assert upkeep.reconcile(city.board, [known]) == []
    assert city.open() == [known]
    seen = city.run([power("l0", after(3), 0.0)], after(6))
    assert [(c.kind, c.alert.id, c.alert.state) for c in seen] == [(ChangeKind.SEEN, known.id, AlertState.ACKNOWLEDGED)]
    assert kinds(city, seen) == [], "what goes on is no news"
    over = city.run([power("l0", after(8), 100.0)], after(30))
    assert [(k, c.kind) for k, c in kinds(city, over)] == [("road:路0", GroupChangeKind.RECOVERED)]


def test_what_the_replay_found_by_another_name_goes_on_under_the_name_that_was_told() -> None:
    city = trial(DARK)
    found = city.run([power("l0", after(1), 0.0), power("l2", after(1), 0.0)], after(20))
    city.board.teller.group_changes(found, city.now)
    known = recorded("device:l0", START - 60 * SECOND)
    changes = upkeep.reconcile(city.board, [known, recorded("device:l2", after(1))])
    assert changes == []
    assert {a.id for a in city.open()} == {known.id, alert_id("lamp-dark", "device:l2", after(1))}
    assert set(city.board.teller.groups.members("road:路0")) == {a.id for a in city.open()}
    over = city.run([power("l0", after(30), 100.0), power("l2", after(30), 100.0)], after(50))
    assert sorted(c.alert.id for c in over) == sorted({known.id, alert_id("lamp-dark", "device:l2", after(1))})
    assert [c.kind for _, c in kinds(city, over)] == [GroupChangeKind.RECOVERED]


def test_what_only_the_replay_found_is_recorded_now_and_what_no_rule_is_about_is_closed() -> None:
    city = trial(DARK)
    city.run([power("l0", after(1), 0.0)], after(20))
    orphan = recorded("device:l9", rule="no-more", version=3)
    raised, closed = upkeep.reconcile(city.board, [orphan])
    assert (raised.kind, raised.alert.subject, raised.why) == (ChangeKind.RAISED, "device:l0", "found by the replay")
    assert raised.at == after(20)
    assert (closed.kind, closed.alert.id, closed.why) == (ChangeKind.RECOVERED, orphan.id, upkeep.REMOVED)
    assert (closed.alert.recovered_at, closed.alert.changed_at, closed.alert.version) == (after(20), after(20), 4)
    assert closed.alert.state is AlertState.RECOVERED


def test_an_alert_of_the_upper_rung_goes_on_there() -> None:
    city = trial(VOLTS)
    city.run([], after(1))
    upkeep.reconcile(city.board, [recorded("device:l0", rule="volts", severity=Severity.CRITICAL)])
    assert city.board.entries["volts", "device:l0"].course.top == 1
    eased = city.run([power("l0", after(2), voltage=245.0)], after(4))
    assert [c.kind for c in eased] == [ChangeKind.SEEN, ChangeKind.EASED]
