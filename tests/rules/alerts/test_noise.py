"""What keeps the noise down: inhibition, silences, groups, and a flood that is a few groups."""

from datetime import timedelta

from domain.alert import Alert, AlertChange, ChangeKind, Mute, MuteKind
from domain.citytime import JINAN
from domain.device import Device
from domain.escalation import GroupChange, GroupChangeKind
from domain.lighting import LightingPlan
from domain.severity import Severity
from rules.alerts.board import Signal
from rules.alerts.book import RuleBook
from rules.alerts.grouping import STORM_GROUPS
from rules.alerts.rule_file import parse_book
from rules.alerts.trial import Trial
from tests.support.rules import lamp, local, power, register

START = local("2026-11-23 20:00")
SECOND = timedelta(seconds=1)
DARK = """
[[rule]]
name = "lamp-dark"
title = "熄灯"
kind = "streetlight"
severity = "minor"
group = "road"
condition = { type = "class", grade = "lamp_dark" }
"""
CIRCUIT = """
[[rule]]
name = "circuit-dark"
title = "整路熄灯"
severity = "major"
group = "supply_point"
inhibits = ["lamp-dark"]
condition = { type = "share", indicator = "light_on_rate", scope = "supply_point", share = 0.5, clear_share = 0.3 }
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


def trial(*rules: str, lamps: list[Device]) -> Trial:
    book: RuleBook = parse_book({f"r{n}.toml": text for n, text in enumerate(rules)})
    return Trial(book, (register(*lamps), LightingPlan((), ()), JINAN), [], START, SECOND)


def lamps(count: int, *, roads: int = 1, points: int = 1) -> list[Device]:
    return [
        lamp(f"l{n:04}", road=f"路{n % roads}", supply_point=f"sp{n % points}", gateway="gw1") for n in range(count)
    ]


def said(changes: list[AlertChange]) -> list[tuple[str, str]]:
    return [(c.kind.value, c.alert.subject) for c in changes]


def groups_of(city: Trial, changes: list[AlertChange]) -> list[tuple[str, GroupChange]]:
    return city.board.teller.group_changes(changes, city.now)


def test_a_fault_above_withholds_what_is_below_and_lets_it_out_when_it_is_over() -> None:
    city = trial(DARK, GATEWAY, lamps=lamps(4))
    down = city.run([Signal("gw1", START + SECOND, online=False)], START + 2 * SECOND)
    dark = city.run([power("l0000", START + 3 * SECOND, 0.0)], START + 5 * SECOND)
    assert (said(down), dark) == ([("raised", "gateway:gw1")], [])
    ledger = city.board.teller.ledger
    (source,) = ledger.open.values()
    assert ledger.explained(source.id) == [("lamp-dark", "device:l0000")]
    up = city.run([Signal("gw1", START + 9 * SECOND, online=True)], START + 11 * SECOND)
    assert said(up) == [("recovered", "gateway:gw1"), ("raised", "device:l0000")]
    assert up[-1].alert.fired_at < START + 5 * SECOND, "it fired when it did, and is told now"


def test_what_is_below_and_over_before_it_is_let_out_is_never_raised() -> None:
    city = trial(DARK, GATEWAY, lamps=lamps(4))
    city.run([Signal("gw1", START + SECOND, online=False)], START + 2 * SECOND)
    readings = [power("l0000", START + 3 * SECOND, 0.0), power("l0000", START + 6 * SECOND, 100.0)]
    assert city.run(readings, START + 8 * SECOND) == []
    up = city.run([Signal("gw1", START + 9 * SECOND, online=True)], START + 11 * SECOND)
    assert said(up) == [("recovered", "gateway:gw1")]


def test_what_was_raised_before_the_fault_above_is_muted_and_released() -> None:
    city = trial(DARK, GATEWAY, lamps=lamps(4))
    first = city.run([power("l0000", START + SECOND, 0.0)], START + 3 * SECOND)
    down = city.run([Signal("gw1", START + 4 * SECOND, online=False)], START + 6 * SECOND)
    assert said(first + down) == [
        ("raised", "device:l0000"),
        ("raised", "gateway:gw1"),
        ("inhibited", "device:l0000"),
    ]
    assert down[-1].alert.inhibited_by == down[0].alert.id
    up = city.run([Signal("gw1", START + 7 * SECOND, online=True)], START + 9 * SECOND)
    assert said(up) == [("recovered", "gateway:gw1"), ("released", "device:l0000")]
    assert up[-1].tells


def test_a_source_explains_only_what_lies_below_it() -> None:
    city = trial(DARK, CIRCUIT, lamps=lamps(20, points=2))
    readings = [power(f"l{n:04}", START + SECOND, 0.0 if n % 2 == 0 or n == 1 else 100.0) for n in range(20)]
    changes = city.run(readings, START + 30 * SECOND)
    subjects = {s for _, s in said(changes)}
    assert "supply_point:sp0" in subjects
    assert "device:l0001" in subjects
    muted = {c.alert.subject for c in changes if c.kind is ChangeKind.INHIBITED}
    assert muted == {f"device:l{n:04}" for n in range(0, 20, 2)}


def test_a_silence_begins_and_ends_for_what_is_open_too() -> None:
    city = trial(DARK, lamps=lamps(4))
    mute = Mute("m", MuteKind.SILENCE, {"rule": "lamp-dark"}, START + 5 * SECOND, START + 9 * SECOND, "o", "r", START)
    city.board.teller.ledger.set_mutes([mute])
    changes = city.run([power("l0000", START + SECOND, 0.0)], START + 20 * SECOND)
    assert said(changes) == [("raised", "device:l0000"), ("silenced", "device:l0000"), ("released", "device:l0000")]
    assert [c.at for c in changes[1:]] == [START + 5 * SECOND, START + 9 * SECOND]
    assert [c.tells for c in changes] == [True, False, True]


def test_the_alerts_of_a_road_are_one_group_and_told_as_one() -> None:
    city = trial(DARK, lamps=lamps(6))
    first = city.run([power("l0000", START + SECOND, 0.0)], START + 3 * SECOND)
    ((key, opened),) = groups_of(city, first)
    assert (key, opened.kind, opened.severity) == ("road:路0", GroupChangeKind.RAISED, Severity.MINOR)
    assert opened.facts is not None
    assert (opened.facts["count"], opened.facts["names"], opened.unit) == (1, ["l0000"], "市城市照明服务中心")
    more = city.run([power(f"l000{n}", START + 4 * SECOND, 0.0) for n in (1, 2)], START + 6 * SECOND)
    ((_, grown),) = groups_of(city, more)
    assert grown.kind is GroupChangeKind.UPDATED
    assert grown.facts is not None
    assert grown.facts["count"] == 3
    lit = city.run([power(f"l000{n}", START + 7 * SECOND, 100.0) for n in range(3)], START + 9 * SECOND)
    ((_, over),) = groups_of(city, lit)
    assert over.kind is GroupChangeKind.RECOVERED
    assert city.board.teller.groups.members("road:路0") == {}


def test_a_flood_of_lamps_is_a_few_groups_and_recovers_as_such() -> None:
    many = lamps(2000, roads=200)
    city = trial(DARK, lamps=many)
    changes = city.run([power(d.id, START + SECOND, 0.0) for d in many], START + 3 * SECOND)
    assert len(changes) == 2000
    told = groups_of(city, changes)
    assert [key for key, _ in told] == ["storm:lamp-dark"]
    facts = told[0][1].facts
    assert facts is not None
    assert facts["count"] == 2000
    lit = city.run([power(d.id, START + 4 * SECOND, 100.0) for d in many], START + 6 * SECOND)
    assert [(k, g.kind) for k, g in groups_of(city, lit)] == [("storm:lamp-dark", GroupChangeKind.RECOVERED)]


def test_places_that_open_one_after_the_other_become_a_storm_too_and_end_with_it() -> None:
    many = lamps(60, roads=60)
    city = trial(DARK, lamps=many)
    keys: list[str] = []
    for number, device in enumerate(many[:30]):
        at = START + (2 * number + 1) * SECOND
        keys += [k for k, _ in groups_of(city, city.run([power(device.id, at, 0.0)], at + 2 * SECOND))]
    assert len(set(keys)) == STORM_GROUPS + 1
    later = START + timedelta(minutes=30)
    changes = city.run([power(many[40].id, later, 0.0)], later + 2 * SECOND)
    raised = [c.alert for c in changes if c.kind is ChangeKind.RAISED]
    assert [a.group.key for a in raised] == ["road:路40"]


def acknowledged(city: Trial, alert: Alert) -> list[tuple[str, GroupChange]]:
    from domain.alert import AlertCommand, CommandKind
    from rules.alerts import upkeep

    wish = AlertCommand(1, CommandKind.ACKNOWLEDGE, alert.id, "ops", city.now)
    return groups_of(city, upkeep.command(city.board, wish, city.now))


def test_a_group_is_acknowledged_when_each_of_its_alerts_is_and_worsens_with_a_new_one() -> None:
    city = trial(DARK, lamps=lamps(4))
    first = city.run([power(f"l000{n}", START + SECOND, 0.0) for n in (0, 1)], START + 3 * SECOND)
    groups_of(city, first)
    assert acknowledged(city, first[0].alert) == []
    ((_, taken),) = acknowledged(city, first[1].alert)
    assert (taken.kind, taken.by) == (GroupChangeKind.ACKNOWLEDGED, "ops")
    more = city.run([power("l0002", START + 4 * SECOND, 0.0)], START + 6 * SECOND)
    ((_, worse),) = groups_of(city, more)
    assert worse.kind is GroupChangeKind.WORSENED


def test_a_group_of_which_nothing_is_known_is_held_and_goes_on_when_it_is_seen() -> None:
    city = trial(DARK, lamps=lamps(4))
    groups_of(city, city.run([power("l0000", START + SECOND, 0.0)], START + 3 * SECOND))
    city.grid = timedelta(minutes=1)
    lost = city.run([], START + timedelta(minutes=45))
    assert [g.kind for _, g in groups_of(city, lost)] == [GroupChangeKind.HELD]
    at = START + timedelta(minutes=50)
    seen = city.run([power("l0000", at, 0.0)], at + timedelta(minutes=2))
    assert [g.kind for _, g in groups_of(city, seen)] == [GroupChangeKind.RESUMED]


def test_late_data_of_what_is_over_is_recorded_and_told_to_nobody() -> None:
    city = trial(DARK, lamps=lamps(4))
    city.through(START + 60 * SECOND)
    backlog = [
        power("l0000", START + 10 * SECOND, 0.0),
        power("l0000", START + 20 * SECOND, 100.0),
    ]
    for reading in backlog:
        city.city.apply(reading)
    changes = city.through(START + 62 * SECOND)
    assert said(changes) == [("corrected", "device:l0000")]
    assert (changes[0].alert.since, changes[0].alert.recovered_at) == (START + 10 * SECOND, START + 20 * SECOND)
    assert not changes[0].tells
    assert groups_of(city, changes) == []


def test_late_data_of_what_still_holds_is_told_with_its_own_instants() -> None:
    city = trial(DARK, lamps=lamps(4))
    city.through(START + 60 * SECOND)
    city.city.apply(power("l0000", START + 10 * SECOND, 0.0))
    (change,) = city.through(START + 62 * SECOND)
    assert change.tells
    assert (change.alert.fired_at, change.at) == (START + 10 * SECOND, START + 61 * SECOND)


def test_a_reading_older_than_the_newest_changes_nothing() -> None:
    city = trial(DARK, lamps=lamps(4))
    city.run([power("l0000", START + 10 * SECOND, 100.0)], START + 12 * SECOND)
    city.city.apply(power("l0000", START + 5 * SECOND, 0.0))
    assert city.through(START + 20 * SECOND) == []
