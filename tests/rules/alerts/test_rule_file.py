"""Rule files: what is wrong is told with file, line, field and reason, and the files are refused as a whole."""

from datetime import time, timedelta

import pytest

from domain.errors import ConfigError
from domain.severity import Severity
from rules.alerts.condition import Levels, Threshold
from rules.alerts.course import Flap, Rung, Timing
from rules.alerts.rule import AlertRule, Hours, LampTime, Opening
from rules.alerts.rule_file import parse_book
from rules.alerts.rule_json import rule_to_json
from rules.lighting.schedule import Duty

GOOD = """
[[rule]]
name = "hot"
title = "过热"
kind = "streetlight"
severity = "minor"
hold = "5m"
where = { road_class = ["arterial"] }
flap = { raises = 3 }

[rule.condition]
type = "threshold"
metric = "temperature"
above = 75
clear = 70
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        parse_book({"rules/x.toml": text})
    return [str(p) for p in refused.value.problems]


def test_a_good_file_is_read_and_can_be_shown() -> None:
    rule = parse_book({"rules/x.toml": GOOD}).rules["hot"]
    shown = rule_to_json(rule)
    assert shown["condition"]["type"] == "Threshold"
    assert shown["condition"]["levels"] == {"raises": [75.0], "clears": [70.0], "above": True}
    assert shown["ladder"] == [{"severity": "minor", "hold": 300.0, "reports": 1, "label": ""}]
    assert (shown["where"], shown["flap"]["raises"]) == ({"road_class": ["arterial"]}, 3)


WHOLE = """
[[rule]]
name = "hot"
title = "过热"
kind = "streetlight"
group = "road"
inhibits = ["plain"]
text = "{name}"
runbook = "r"
responsible_unit = "u"
or_report_at = "07:00"
fresh = "2h"
hold = "5m"
reports = 2
clear_hold = "1m"
where = { road_class = ["arterial", ""], district = "370102" }
flap = { raises = 3, window = "10m", calm = "2m" }
schedule = { lamps = "off", after = "5m", before = "6m", hours = "22:00-06:00", days = ["mon", "sun"] }
incident = { severity = "critical", category = "c" }
ladder = [{ severity = "minor", above = 75, label = "l" }, { severity = "major", above = 80, hold = "1m", reports = 9 }]
condition = { type = "threshold", metric = "temperature" }

[[rule]]
name = "plain"
title = "p"
kind = "streetlight"
severity = "critical"
label = "m"
flap = {}
schedule = { days = "tue" }
condition = { type = "threshold", metric = "temperature", above = 75 }
"""
LEVELS = Levels((75.0, 80.0), (75.0, 80.0), above=True)
LADDER = (Rung(Severity.MINOR, timedelta(minutes=5), 2, "l"), Rung(Severity.MAJOR, timedelta(minutes=1), 9, ""))


def test_every_key_of_a_rule_is_read_and_what_is_left_out_has_its_default() -> None:
    rules = parse_book({"x.toml": WHOLE}).rules
    assert rules["hot"] == AlertRule(
        name="hot",
        title="过热",
        kind="streetlight",
        condition=Threshold("temperature", LEVELS),
        timing=Timing(LADDER, timedelta(minutes=1), Flap(3, timedelta(minutes=10), timedelta(minutes=2))),
        group="road",
        lamp_time=LampTime(Duty.OFF, timedelta(minutes=5), timedelta(minutes=6)),
        hours=Hours(time(22), time(6), frozenset({0, 6})),
        where={"district": frozenset({"370102"}), "road_class": frozenset({"arterial", ""})},
        inhibits=frozenset({"plain"}),
        text="{name}",
        runbook="r",
        or_report_at=time(7),
        fresh=timedelta(hours=2),
        responsible_unit="u",
        opens=Opening(Severity.CRITICAL, "c"),
        file="x.toml",
    )
    assert rules["plain"] == AlertRule(
        name="plain",
        title="p",
        kind="streetlight",
        condition=Threshold("temperature", Levels((75.0,), (75.0,), above=True)),
        timing=Timing((Rung(Severity.CRITICAL, timedelta(0), 1, "m"),), timedelta(0), Flap()),
        group="subject",
        hours=Hours(time(0), time(0), frozenset({1})),
        file="x.toml",
    )


def test_a_rule_is_shown_as_plain_json() -> None:
    assert rule_to_json(parse_book({"x.toml": WHOLE}).rules["hot"]) == {
        "name": "hot",
        "title": "过热",
        "kind": "streetlight",
        "condition": {
            "type": "Threshold",
            "metric": "temperature",
            "levels": {"raises": [75.0, 80.0], "clears": [75.0, 80.0], "above": True},
            "given": [],
        },
        "ladder": [
            {"severity": "minor", "hold": 300.0, "reports": 2, "label": "l"},
            {"severity": "major", "hold": 60.0, "reports": 9, "label": ""},
        ],
        "clear_hold": 60.0,
        "flap": {"raises": 3, "window": 600.0, "calm": 120.0},
        "group": "road",
        "inhibits": ["plain"],
        "where": {"district": ["370102"], "road_class": ["", "arterial"]},
        "lamp_time": {"duty": "off", "after": 300.0, "before": 360.0},
        "hours": {"start": "22:00", "until": "06:00", "days": [0, 6]},
        "or_report_at": "07:00",
        "fresh": 7200.0,
        "incident": {"severity": "critical", "category": "c"},
        "text": "{name}",
        "runbook": "r",
        "responsible_unit": "u",
        "file": "x.toml",
    }
    plain = rule_to_json(parse_book({"x.toml": WHOLE.replace("flap = {}\nschedule", "schedule")}).rules["plain"])
    assert {key for key, value in plain.items() if value is None} == {
        *("flap", "lamp_time", "incident", "or_report_at", "fresh")
    }


@pytest.mark.parametrize(
    ("before", "after", "line", "field", "reason"),
    [
        ('hold = "5m"', 'hold = "5 minutes"', 7, "rule.1.hold", "span of time"),
        ('hold = "5m"', "holt = 1", 7, "rule.1.holt", "unknown key"),
        ('severity = "minor"', 'severity = "bad"', 6, "rule.1.severity", "none of info"),
        ('severity = "minor"', "", 2, "rule.1.severity", "is missing"),
        ('kind = "streetlight"', 'kind = "lamp"', 5, "rule.1.kind", "none of"),
        ('metric = "temperature"', 'metric = "heat"', 13, "rule.1.condition.metric", "no metric 'heat'"),
        ("above = 75", "above = 60", 15, "rule.1.condition.clear", "good side"),
        ("above = 75", 'above = "75"', 14, "rule.1.condition.above", "number"),
        ("above = 75\n", "", 11, "rule.1.condition.above", "either `above` or `below`"),
        ('type = "threshold"', 'type = "magic"', 12, "rule.1.condition.type", "none of threshold"),
        ("road_class", "colour", 8, "rule.1.where.colour", "unknown key"),
        ("raises = 3", "raises = 1", 9, "rule.1.flap.raises", "from 2 on"),
        ('name = "hot"', 'name = "Hot!"', 3, "rule.1.name", "letters a-z"),
        ('title = "过热"', 'title = ""', 4, "rule.1.title", "not empty"),
        ('hold = "5m"', 'inhibits = ["nothing"]', 7, "rule.1.inhibits", "no rule 'nothing'"),
        ('hold = "5m"', 'text = "{nam}"', 7, "rule.1.text", "names 'nam'"),
        ('hold = "5m"', 'text = "{"', 7, "rule.1.text", "names '{'"),
        ('hold = "5m"', 'schedule = { hours = "6 to 9" }', 7, "rule.1.schedule.hours", "06:00-22:00"),
        ('hold = "5m"', 'schedule = { days = ["someday"] }', 7, "rule.1.schedule.days", "none of mon"),
        ('hold = "5m"', 'schedule = { after = "5m" }', 7, "rule.1.schedule.after", "belongs to `lamps`"),
        ('hold = "5m"', 'or_report_at = "7"', 7, "rule.1.or_report_at", "time of day"),
        ('hold = "5m"', 'group = "village"', 7, "rule.1.group", "none of subject"),
    ],
)
def test_a_mistake_is_told_with_its_place(before: str, after: str, line: int, field: str, reason: str) -> None:
    text = GOOD.replace(before, after)
    assert text != GOOD
    told = mistakes(text)
    assert any(t.startswith(f"rules/x.toml:{line}: {field}: ") and reason in t for t in told), told


def condition(text: str, more: str = "") -> str:
    head = '[[rule]]\nname = "x"\ntitle = "x"\nseverity = "minor"\n'
    return f"{head}{more}\n[rule.condition]\n{text}\n"


LAMP = 'kind = "streetlight"'


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ('type = "threshold"\nmetric = "power"\nabove = 1', "", "must name their `kind`"),
        ('type = "threshold"\nindicator = "nothing"\nscope = "city"\nabove = 1', "", "none of"),
        ('type = "threshold"\nindicator = "light_on_rate"\nscope = "river"\nbelow = 1', "", "'river' is none of"),
        ('type = "state"\nmetric = "on"\nequals = 1', LAMP, "of the type bool"),
        ('type = "state"\nmetric = "on"', LAMP, "is missing"),
        ('type = "class"\ngrade = "water_class"\nabove = 1', LAMP, "is of river_section"),
        ('type = "class"\ngrade = "lamp_dark"\nagainst = "height"', LAMP, "no attribute 'height'"),
        ('type = "rate"\nmetric = "power"\nmoves = "up"\nwindow = "5m"\nabove = 1', LAMP, "none of falls, rises"),
        ('type = "stuck"\nmetrics = ["nothing"]\nlasts = "1h"', LAMP, "no metric 'nothing'"),
        ('type = "event"\nevents = ["nothing"]', LAMP, "has no 'nothing'"),
        ('type = "event"\nfaults = ["nothing"]', LAMP, "has no 'nothing'"),
        ('type = "event"', LAMP, "name events, faults"),
        ('type = "silence"', LAMP, "is missing"),
        ('type = "silence"\nafter = "1h"\nwhile_powered = true', 'kind = "air_station"', "only the circuits"),
        ('type = "target"\nindicator = "light_on_rate"\nscope = "road"', "", "table of numbers"),
        ('type = "share"\nindicator = "light_on_rate"\nscope = "road"', "", "say a `share`"),
        ('type = "share"\nindicator = "light_on_rate"\nscope = "road"\nshare = 30', "", "up to 1"),
        ('type = "share"\nrule = "y"\nscope = "road"\nshare = 0.3', "", "no such other rule"),
        ('type = "share"\nrule = "x"\nscope = "road"\nshare = 0.3', "", "no such other rule"),
        (
            'type = "share"\nscope = "road"\nshare = 0.3\nmember = { type = "event", faults = ["relayFailure"] }',
            LAMP,
            "a member's condition",
        ),
        (
            'type = "threshold"\nmetric = "power"\nabove = 1\ngiven = [{ metric = "dim" }]',
            LAMP,
            "say what must hold",
        ),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(text: str, more: str, reason: str) -> None:
    assert any(reason in told for told in mistakes(condition(text, more))), mistakes(condition(text, more))


def test_a_ladder_goes_from_mild_to_bad_in_severity_and_in_level() -> None:
    ladder = 'ladder = [{ severity = "major", above = 5 }, { severity = "minor", above = 4 }]'
    text = condition('type = "threshold"\nmetric = "power"', f"{LAMP}\n{ladder}").replace('severity = "minor"\n', "", 1)
    told = mistakes(text)
    assert any("mildest rung to the worst" in m for m in told)
    assert any("worse level" in m for m in told)


def test_every_mistake_of_every_file_is_told_and_names_are_taken_once() -> None:
    with pytest.raises(ConfigError) as refused:
        parse_book({"a.toml": GOOD, "b.toml": GOOD, "c.toml": "[[rule]]\nname = 5 5\n", "d.toml": "[rules]\nx = 1"})
    told = [str(p) for p in refused.value.problems]
    assert any(t.startswith("b.toml:3: rule.1.name: 'hot' is taken") for t in told)
    assert any(t.startswith("c.toml:2: is no TOML") for t in told)
    assert any(t.startswith("d.toml") and "unknown key" in t for t in told)
