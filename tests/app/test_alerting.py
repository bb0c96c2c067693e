"""Alerts in the running engine: recorded with the tick, obeying people, and the same after any crash."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import AlertState, CommandKind, Mute, MuteKind
from domain.record import EventType
from rules.alerts.rule_file import parse_book
from tests.app.alert_house import NIGHT, RULES, AlertHouse

ROUNDS = 6


@pytest.fixture
def house(tmp_path: Path) -> Iterator[AlertHouse]:
    built = AlertHouse(tmp_path)
    yield built
    built.close()


def light_all(house: AlertHouse, *dark: int) -> None:
    for number in range(6):
        house.say(number, power=0.0 if number in dark else 150.0)


def test_an_alert_is_raised_when_its_hold_is_over_and_recovers(house: AlertHouse) -> None:
    light_all(house, 0)
    house.pass_(39)
    assert house.open() == []
    house.pass_(2)
    (alert,) = house.open()
    assert (alert.rule, alert.subject, alert.group.key) == ("lamp-dark", "device:L0", "road:经十路")
    assert (alert.since, alert.fired_at) == (NIGHT, NIGHT + timedelta(seconds=40))
    assert (alert.unit, alert.district, alert.state) == ("照明中心", "370102", AlertState.FIRING)
    house.say(0, power=150.0)
    house.pass_(12)
    assert house.open() == []
    kinds = [c.kind for c in house.operational.alerts.history(alert.id)]
    assert kinds == ["raised", "recovered"]
    events = [e.event.type for e in house.operational.events.after(0, 1000)]
    assert [t for t in events if t.value.startswith("alert.")] == [EventType.ALERT_RAISED, EventType.ALERT_RECOVERED]


def test_what_people_ask_for_is_done_by_the_next_tick_and_only_once(house: AlertHouse) -> None:
    light_all(house, 0)
    house.pass_(41)
    house.ask(house.open()[0], CommandKind.ACKNOWLEDGE)
    house.pass_(2)
    (alert,) = house.open()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ops")
    house.kill()
    house.pass_(2)
    assert [c.kind for c in house.operational.alerts.history(alert.id)] == ["raised", "acknowledged"]
    house.ask(alert, CommandKind.SHELVE, house.clock.at + timedelta(seconds=20))
    house.pass_(2)
    assert house.open()[0].state is AlertState.SHELVED
    house.pass_(25)
    assert house.open()[0].state is AlertState.ACKNOWLEDGED


def test_a_silence_keeps_alerts_quiet_while_it_lasts(house: AlertHouse) -> None:
    end = NIGHT + timedelta(seconds=60)
    matchers = {"within": "supply_point:SP0"}
    house.operational.mutes.add(Mute("m1", MuteKind.WORK_ORDER, matchers, NIGHT, end, "ops", "repair", NIGHT))
    light_all(house, 0)
    house.pass_(45)
    (alert,) = house.open()
    assert alert.silenced_by == "m1"
    assert alert.muted
    house.pass_(20)
    (alert,) = house.open()
    assert not alert.muted
    assert [c.kind for c in house.operational.alerts.history(alert.id)] == ["raised", "released"]


def test_other_rules_are_taken_over_without_a_restart(house: AlertHouse) -> None:
    light_all(house, 0)
    house.pass_(1)
    house.say(1, power=150.0, voltage=245.0)
    house.pass_(40)
    assert {a.rule for a in house.open()} == {"lamp-dark", "over-voltage"}
    house.say(1, power=150.0)  # without a voltage: nothing is known of it now
    changed = RULES.replace("above = 240, clear = 235", "above = 300, clear = 295").replace(
        "above = 260", "above = 310"
    )
    house.engine.alerting.set_rules(parse_book({"rules": changed.replace("clear = 255", "clear = 305")}))
    house.pass_(2)
    assert {a.rule for a in house.open()} == {"lamp-dark", "over-voltage"}, "what fires stays until it is seen clear"
    house.say(1, power=150.0, voltage=245.0)
    house.pass_(2)
    assert {a.rule for a in house.open()} == {"lamp-dark"}
    house.engine.alerting.set_rules(parse_book({}))
    house.pass_(2)
    assert house.open() == []


def test_what_was_read_before_a_snapshot_and_not_judged_yet_is_judged_after_a_crash(house: AlertHouse) -> None:
    light_all(house)
    house.pass_(5)
    house.say(0, power=0.0)
    house.gateway(online=False)
    while house.engine._drain():
        pass
    house.snapshot()
    house.kill()
    house.pass_(45)
    assert sorted((a.rule, a.subject, a.fired_at) for a in house.open()) == [
        ("gateway", "gateway:GW1", NIGHT + timedelta(seconds=15)),
        ("lamp-dark", "device:L0", NIGHT + timedelta(seconds=45)),
    ]


def story(seed: int) -> list[tuple[str, int]]:
    """What happens, second by second: lamps report or fall silent, a gateway comes and goes, people act."""
    chance = random.Random(seed)
    acts: list[tuple[str, int]] = []
    for _ in range(60):
        acts.append(
            (
                chance.choice(["dark", "dark", "lit", "high", "higher", "on", "off", "ack", "shelve"]),
                chance.randrange(6),
            )
        )
        acts.append(("wait", chance.randrange(1, 15)))
    return acts


def live(house: AlertHouse, acts: list[tuple[str, int]], kills: dict[int, str]) -> None:
    for step, (act, number) in enumerate(acts):
        match act:
            case "wait":
                house.pass_(number)
            case "dark" | "lit":
                house.say(number, power=0.0 if act == "dark" else 150.0, voltage=220.0)
            case "high" | "higher":
                house.say(number, power=150.0, voltage=245.0 if act == "high" else 265.0)
            case "on" | "off":
                house.gateway(online=act == "on")
            case _:
                alerts = sorted(house.open(), key=lambda a: a.id)
                if alerts:
                    kind = CommandKind.ACKNOWLEDGE if act == "ack" else CommandKind.SHELVE
                    house.ask(alerts[number % len(alerts)], kind, house.clock.at + timedelta(seconds=30))
        match kills.get(step):
            case "kill":
                house.kill()
            case "snapshot":
                house.snapshot()
            case _:
                pass
    house.pass_(200)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_alert_lives_the_same_life_however_often_the_engine_is_killed(seed: int, tmp_path: Path) -> None:
    acts = story(seed)
    chance = random.Random(1000 + seed)
    kills = {step: chance.choice(["kill", "snapshot"]) for step in chance.sample(range(len(acts)), 12)}
    calm, killed = AlertHouse(tmp_path / "calm"), AlertHouse(tmp_path / "killed")
    live(calm, acts, {})
    live(killed, acts, kills)
    assert killed.lived() == calm.lived()
    assert [(a.id, a.fired_at) for a in killed.all()] == [(a.id, a.fired_at) for a in calm.all()]
    calm.close()
    killed.close()
