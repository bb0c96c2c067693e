"""Test cases of rule files: what a story becomes, what is told of one that comes out otherwise, and mistakes."""

from datetime import timedelta

import pytest

from domain.device import AssetState
from domain.errors import ConfigError
from domain.reading import DeviceEvent, Phase, Reading
from rules.alerts.board import Signal
from rules.alerts.case_file import RuleCase, parse_cases
from rules.alerts.rule_file import parse_book
from tests.support.rules import local

BOOK = parse_book(
    {
        "x.toml": """
[[rule]]
name = "power"
title = "过载"
kind = "streetlight"
severity = "minor"
condition = { type = "threshold", metric = "power", above = 200 }
"""
    }
)
START = local("2026-11-23T16:00:00")
MINUTE = timedelta(minutes=1)
STORY = """
[[case]]
name = "story"
start = 2026-11-23T16:00:00
rules = ["power"]
gateway = [{ gateway = "g", at = "1m30s", online = true }, { gateway = "g", at = "30s" }]
expect = [{ at = "9m", alerts = [] }, { at = "5m", alerts = [{ rule = "power" }] }]

[[case.device]]
id = "A"
kind = "streetlight"

[[case.device]]
id = "B"
copies = 2
kind = "streetlight"
district = "370103"
responsible_unit = "u"
state = "scrapped"
attributes = { road = "r" }

[[case.reading]]
device = "B-*"
at = "2m"
until = "4m"
every = "2m"
arrives_after = "1m"
values = { power = 1.0 }

[[case.reading]]
device = "A"
at = 2026-11-23T08:01:00Z
faults = ["relayFailure"]
events = [{ type = "e", phase = "begin" }, { type = "f" }]
"""


def only(text: str) -> RuleCase:
    (case,) = parse_cases(text, "x.cases.toml", BOOK)
    return case


def test_a_story_is_read_in_the_order_of_arrival_with_its_devices_and_instants() -> None:
    case = only(STORY)
    assert (case.name, case.file, case.start, case.rules) == ("story", "x.cases.toml", START, frozenset({"power"}))
    a, b1, b2 = case.devices
    assert (a.id, a.kind, a.name, a.district, a.management_area) == ("A", "streetlight", "A", "370102", "370102")
    assert (a.responsible_unit, a.state, a.attributes) == ("", AssetState.IN_SERVICE, {})
    assert (b1.id, b2.id, b1.district, b1.management_area) == ("B-1", "B-2", "370103", "370103")
    assert (b1.responsible_unit, b1.state, b1.attributes) == ("u", AssetState.SCRAPPED, {"road": "r"})

    def told(device: str, minutes: int) -> Reading:
        at = START + minutes * MINUTE
        return Reading(device, "streetlight", at, at + MINUTE, {"power": 1.0})

    at = START + MINUTE
    events = (DeviceEvent("e", Phase.BEGIN), DeviceEvent("f", Phase.ONCE))
    assert case.inputs == (
        Signal("g", START + MINUTE / 2, online=False),
        Reading("A", "streetlight", at, at, {}, ("relayFailure",), events),
        Signal("g", START + MINUTE * 1.5, online=True),
        *(told("B-1", 2), told("B-2", 2), told("B-1", 4), told("B-2", 4)),
    )
    assert [(e.at, e.place, e.alerts) for e in case.expected] == [
        (START + 5 * MINUTE, "at 2026-11-23 16:05:00", ({"rule": "power"},)),
        (START + 9 * MINUTE, "at 2026-11-23 16:09:00", ()),
    ]


RUN = """
[[case]]
name = "run"
start = 2026-11-23T16:00:00
{rules}
device = [{{ id = "A", kind = "streetlight" }}, {{ id = "B", kind = "streetlight" }}]
reading = [{{ device = "*", at = "1m", values = {{ power = 300.0 }} }}]
expect = [{{ at = "2m", alerts = [{alerts}] }}]
"""
A = "rule=power subject=device:A severity=minor state=firing group=device:A"
B = "rule=power subject=device:B severity=minor state=firing group=device:B"


@pytest.mark.parametrize(
    ("rules", "alerts", "told"),
    [
        ('rules = ["power"]', '{ subject = "device:B" }, { rule = "power", severity = "minor", state = "firing" }', []),
        ('rules = ["power"]', '{ subject = "device:A" }', [f"at 2026-11-23 16:02:00: not expected: {B}"]),
        (
            'rules = ["power"]',
            '{ rule = "power" }, { rule = "power" }, { subject = "device:C", state = "firing" }',
            [f"at 2026-11-23 16:02:00: expected subject=device:C state=firing; there are {A}; {B}"],
        ),
        ("", '{ rule = "power" }', ["at 2026-11-23 16:02:00: expected rule=power; there are none"]),
        ("", "", []),
    ],
)
def test_what_comes_out_otherwise_is_told(rules: str, alerts: str, told: list[str]) -> None:
    assert only(RUN.format(rules=rules, alerts=alerts)).run(BOOK) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "story"', "", "x.cases.toml:2: case.1.name: is missing"),
        (
            "start = 2026-11-23T16:00:00",
            'start = "5m"',
            (
                "x.cases.toml:4: case.1.start: must be a local date and time, or (but for `start`) a span after the "
                "start such as 90m"
            ),
        ),
        ('rules = ["power"]', 'rules = ["other"]', "x.cases.toml:5: case.1.rules: there is no rule 'other'"),
        ('rules = ["power"]', 'rule = ["power"]', "x.cases.toml:5: case.1.rule: unknown key; here are known "),
        (
            '"A"\nkind = "streetlight"',
            '"A"\nkind = "lamp"',
            "x.cases.toml:11: case.1.device.1.kind: 'lamp' is none of ",
        ),
        (
            'attributes = { road = "r" }',
            'attributes = { colour = "r" }',
            "case.1.device.2.attributes: streetlight has no attribute 'colour'",
        ),
        ("copies = 2", "copies = -1", "case.1.device.2.copies: must be a whole number from 0 on"),
        ('state = "scrapped"', 'state = "gone"', "case.1.device.2.state: 'gone' is none of"),
        ('device = "A"', 'device = "Z*"', "case.1.reading.2.device: 'Z*' is no device of this case"),
        ("power = 1.0", "heat = 1.0", "case.1.reading.1.values: streetlight has no metric 'heat'"),
        ('every = "2m"', 'every = "soon"', "case.1.reading.1.every: must be a span of time such as 90s, 5m, 2h30m or"),
        ('gateway = "g", at = "30s"', 'at = "30s"', "case.1.gateway.2.gateway: is missing"),
        ("online = true", "online = 1", "case.1.gateway.1.online: must be true or false"),
        (
            '[{ rule = "power" }]',
            '{ rule = "power" }',
            "case.1.expect.2.alerts: must be a list of tables such as { rule = …, subject = … }; [] = none",
        ),
        (
            '{ rule = "power" }',
            '{ name = "power" }',
            "case.1.expect.2.alerts: 'name' is none of rule, subject, severity, state, group",
        ),
        ("expect =", "expects =", "case.1.expects: unknown key; here are known device, expect, gateway, name, reading"),
    ],
)
def test_a_mistake_of_a_case_is_told_with_its_place(before: str, after: str, told: str) -> None:
    text = STORY.replace(before, after)
    assert text != STORY
    with pytest.raises(ConfigError) as refused:
        parse_cases(text, "x.cases.toml", BOOK)
    assert any(told in str(p) and str(p).startswith("x.cases.toml:") for p in refused.value.problems), str(
        refused.value
    )


def test_a_file_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^x.cases.toml: is no TOML: "):
        parse_cases("[[case", "x.cases.toml", BOOK)


def test_a_file_without_a_case_has_none_and_another_table_is_a_mistake() -> None:
    assert parse_cases("", "x.cases.toml", BOOK) == []
    with pytest.raises(ConfigError, match="unknown key"):
        parse_cases("[[story]]\nname = 1", "x.cases.toml", BOOK)
