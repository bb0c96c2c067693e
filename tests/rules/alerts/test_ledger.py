"""The ledger: which mutes are about which alerts, and what becomes of those that are withheld or come too late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.alert import Alert, AlertGroup, AlertState, ChangeKind, Mute, MuteKind, Verdict
from domain.citytime import JINAN
from domain.lighting import LightingPlan
from domain.severity import Severity
from rules.alerts.board import Signal
from rules.alerts.ledger import alert_id, matches
from rules.alerts.rule_file import parse_book
from rules.alerts.trial import Trial
from tests.support.rules import lamp, local, power, register

START = local("2026-11-23 20:00")
SECOND = timedelta(seconds=1)
VOLTS = """
[[rule]]
name = "volts"
title = "过压"
kind = "streetlight"
group = "road"
text = "{name} {value} V，限值 {limit}"
runbook = "查变压器"
condition = { type = "threshold", metric = "voltage" }
ladder = [
  { severity = "minor", above = 240, clear = 235 },
  { severity = "critical", above = 260, clear = 255 },
]
[[rule]]
name = "gateway"
title = "网关离线"
severity = "minor"
group = "gateway"
inhibits = ["volts"]
condition = { type = "event", gateway_offline = true }
[[rule]]
name = "many"
title = "多处过压"
severity = "major"
group = "road"
inhibits = ["volts"]
condition = { type = "share", rule = "volts", scope = "road", count = 2 }
"""
BOOK = parse_book({"r.toml": VOLTS})
ALERT = Alert(
    id="a1",
    rule="volts",
    title="过压",
    subject="device:l0",
    name="l0",
    group=AlertGroup("road:经十路", "经十路"),
    severity=Severity.MINOR,
    state=AlertState.FIRING,
    verdict=Verdict.BREACH,
    since=START,
    fired_at=START,
    changed_at=START,
    unit="照明中心",
    district="370102",
    within=("city", "road:经十路", "device:l0"),
)


def after(seconds: float) -> timedelta:
    return seconds * SECOND


def trial(*, rules: tuple[str, ...] = ("volts", "gateway")) -> Trial:
    lamps = [lamp(f"l{n}", gateway="gw1") for n in range(3)]
    text = "[[rule]]".join(["", *(r for r in VOLTS.split("[[rule]]") if any(f'name = "{n}"' in r for n in rules))])
    world = register(*lamps), LightingPlan((), ()), JINAN
    return Trial(parse_book({"r.toml": text}), world, [], START, SECOND)


def mute(**matchers: str) -> Mute:
    return Mute("m1", MuteKind.SILENCE, matchers, START, START + after(60), "ann", "x", START)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule", "volts"),
        ("subject", "device:l0"),
        ("group", "road:经十路"),
        ("severity", "minor"),
        ("district", "370102"),
        ("unit", "照明中心"),
        ("within", "city"),
        ("within", "road:经十路"),
        ("within", "device:l0"),
    ],
)
def test_every_matcher_of_a_mute_must_agree(field: str, value: str) -> None:
    assert matches(mute(**{field: value}), ALERT)
    assert not matches(mute(**{field: f"{value}x"}), ALERT)
    other = "unit" if field == "rule" else "rule"
    assert not matches(mute(**{field: value, other: "another"}), ALERT)


def test_a_mute_without_matchers_is_about_everything_and_an_unknown_field_about_nothing() -> None:
    assert matches(mute(), ALERT)
    assert not matches(mute(colour="red"), ALERT)
    assert not matches(mute(name="l0"), ALERT)


def test_the_record_of_an_alert_says_what_was_found_where_and_when() -> None:
    city = trial()
    (raised,) = city.run([power("l0", START + after(2), voltage=250.0)], START + after(4))
    assert raised.alert == Alert(
        id=alert_id("volts", "device:l0", START + after(2)),
        rule="volts",
        title="过压",
        subject="device:l0",
        name="l0",
        group=AlertGroup("road:经十路", "经十路"),
        severity=Severity.MINOR,
        state=AlertState.FIRING,
        verdict=Verdict.BREACH,
        since=START + after(2),
        fired_at=START + after(2),
        changed_at=START + after(4),
        unit="市城市照明服务中心",
        district="370102",
        value=250.0,
        limit=240.0,
        text="l0 250 V，限值 240",
        runbook="查变压器",
        within=(
            "city",
            "district:370102",
            "feed:streetlight",
            "gateway:gw1",
            "supply_point:sp-1",
            "road:经十路",
            "device:l0",
        ),
    )
    assert (raised.kind, raised.at, raised.by, raised.why) == (ChangeKind.RAISED, START + after(4), "", "")
    assert raised.detail == {
        "event_at": (START + after(2)).isoformat(),
        "verdict": "breach",
        "value": 250.0,
        "limit": 240.0,
        "why": "",
        "report": (START + after(2)).isoformat(),
    }
    (worse,) = city.run([power("l0", START + after(5), voltage=270.0)], START + after(7))
    assert worse.alert == replace(
        raised.alert,
        severity=Severity.CRITICAL,
        changed_at=START + after(7),
        value=270.0,
        limit=260.0,
        text="l0 270 V，限值 260",
        version=2,
    )
    (over,) = city.run([power("l0", START + after(8), voltage=220.0)], START + after(10))
    assert over.alert == replace(
        worse.alert,
        state=AlertState.RECOVERED,
        verdict=Verdict.CLEAR,
        changed_at=START + after(10),
        recovered_at=START + after(8),
        version=3,
    )
    assert city.open() == []
    assert city.board.teller.ledger.open_below("volts", "road:经十路") == set()


def test_what_is_withheld_is_let_out_as_it_is_by_then() -> None:
    city = trial()
    city.run([Signal("gw1", START + after(1), online=False)], START + after(2))
    quiet = city.run(
        [power("l0", START + after(3), voltage=250.0), power("l0", START + after(6), voltage=270.0)], START + after(9)
    )
    assert quiet == []
    assert city.board.teller.ledger.open_below("volts", "road:经十路") == {"device:l0"}
    _, raised = city.run([Signal("gw1", START + after(10), online=True)], START + after(11))
    assert (raised.kind, raised.alert.severity, raised.alert.value) == (ChangeKind.RAISED, Severity.CRITICAL, 270.0)
    assert (raised.alert.since, raised.alert.fired_at) == (START + after(3), START + after(3))
    assert raised.alert.group == AlertGroup("road:经十路", "经十路")
    assert (raised.at, raised.alert.changed_at) == (START + after(11), START + after(11))


def test_what_is_explained_and_released_says_when_and_what_is_over_while_withheld_leaves_nothing() -> None:
    city = trial()
    city.run([power("l0", START + after(1), voltage=250.0)], START + after(3))
    down = city.run([Signal("gw1", START + after(4), online=False)], START + after(6))
    source, below = (c.alert for c in down)
    assert [c.kind for c in down] == [ChangeKind.RAISED, ChangeKind.INHIBITED]
    assert (below.inhibited_by, below.changed_at, below.version) == (source.id, START + after(5), 2)
    assert below.text == "l0 250 V，限值 240"
    spell = [power("l1", START + after(7), voltage=250.0), power("l1", START + after(9), voltage=220.0)]
    assert city.run(spell, START + after(12)) == []
    assert city.board.teller.ledger.open_below("volts", "road:经十路") == {"device:l0"}
    up = city.run([Signal("gw1", START + after(13), online=True)], START + after(15))
    assert [c.kind for c in up] == [ChangeKind.RECOVERED, ChangeKind.RELEASED]
    assert (up[1].alert.inhibited_by, up[1].alert.changed_at) == ("", START + after(14))


def test_what_is_withheld_twice_is_let_out_when_nothing_explains_it_any_more() -> None:
    city = trial(rules=("volts", "gateway", "many"))
    volts = [power(f"l{n}", START + after(1), voltage=250.0) for n in range(2)]
    city.run(volts, START + after(10))
    city.run([Signal("gw1", START + after(11), online=False)], START + after(13))
    ledger = city.board.teller.ledger
    road, source = (next(a for a in city.open() if a.rule == rule) for rule in ("many", "gateway"))
    assert {a.inhibited_by for a in city.open() if a.rule == "volts"} == {road.id}
    third = city.run([power("l2", START + after(14), voltage=250.0)], START + after(16))
    assert third == []
    assert ledger.explained(road.id) == []
    assert ledger.explained(source.id) == [("volts", "device:l2")], "the wider one comes first"
    up = city.run([Signal("gw1", START + after(17), online=True)], START + after(19))
    assert [(c.kind, c.alert.rule) for c in up] == [(ChangeKind.RECOVERED, "gateway")], "the road explains it still"
    assert ledger.explained(road.id) == [("volts", "device:l2")]


def test_late_data_is_recorded_with_what_it_showed_and_when_it_was_over() -> None:
    city = trial()
    spell = [power("l0", START + after(2), voltage=250.0), power("l0", START + after(5), voltage=220.0)]
    (corrected,) = city.run([replace(r, received=START + after(8)) for r in spell], START + after(9))
    assert (corrected.kind, corrected.at) == (ChangeKind.CORRECTED, START + after(9))
    alert = corrected.alert
    assert (alert.state, alert.since, alert.recovered_at) == (AlertState.RECOVERED, START + after(2), START + after(5))
    assert (alert.value, alert.limit, alert.severity) == (250.0, 240.0, Severity.MINOR)
    assert alert.changed_at == START + after(9)
    assert (corrected.detail["value"], corrected.detail["event_at"]) == (250.0, (START + after(2)).isoformat())
    assert city.open() == []


def test_a_mute_is_in_force_from_when_it_was_recorded_and_for_as_long_as_it_covers() -> None:
    city = trial()
    ledger = city.board.teller.ledger
    city.run([power("l0", START + after(1), voltage=250.0)], START + after(3))
    silence = replace(mute(rule="volts"), end=START + after(10), recorded_at=START + after(5))
    ledger.set_mutes([silence])
    assert city.run([], START + after(4)) == []
    (quiet,) = city.run([], START + after(5))
    assert (quiet.kind, quiet.alert.silenced_by, quiet.alert.version) == (ChangeKind.SILENCED, "m1", 2)
    assert (quiet.at, quiet.alert.changed_at) == (START + after(5), START + after(5))
    ledger.set_mutes([replace(silence, id="m2")])
    assert city.run([], START + after(6)) == [], "another mute in its place is no news"
    assert city.open()[0].silenced_by == "m2"
    (other,) = city.run([power("l1", START + after(7), voltage=250.0)], START + after(9))
    assert (other.kind, other.alert.silenced_by) == (ChangeKind.RAISED, "m2")
    loud = city.run([], START + after(10))
    assert [(c.kind, c.alert.silenced_by) for c in loud] == [(ChangeKind.RELEASED, "")] * 2
