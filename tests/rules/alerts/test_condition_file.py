"""Every kind of condition is read as it is written, with what holds when a key is left out."""

from datetime import timedelta

import pytest

from domain.errors import ConfigError
from domain.measure import Direction
from domain.scope import ScopeKind
from rules.alerts.condition import (
    Condition,
    FeedSilence,
    GatewayOffline,
    Given,
    Grade,
    Grader,
    IndicatorThreshold,
    Levels,
    Occurrence,
    Part,
    Parts,
    PlanTarget,
    Rate,
    ShareOfDevices,
    ShareOfIndicator,
    ShareOfRule,
    Silence,
    State,
    Stuck,
    TargetMissed,
    Threshold,
)
from rules.alerts.rule_file import parse_book

HEAD = '[[rule]]\nname = "x"\ntitle = "x"\n'
OTHER = '[[rule]]\nname = "y"\ntitle = "y"\nseverity = "minor"\ncondition = { type = "target" }\n'
LAMP, SECTION, STATION = 'kind = "streetlight"', 'kind = "river_section"', 'kind = "air_station"'
HOUR = timedelta(hours=1)
DARK = Levels((1,), (1,), above=True)


def condition(text: str, more: str = "", rungs: str = "") -> Condition:
    severity = "" if rungs else 'severity = "minor"'
    rule = f"{HEAD}{severity}\n{more}\n{rungs}\n[rule.condition]\n{text}\n"
    return parse_book({"x.toml": rule, "y.toml": OTHER}).rules["x"].condition


@pytest.mark.parametrize(
    ("text", "more", "found"),
    [
        (
            'type = "threshold"\nmetric = "power"\nabove = 5',
            LAMP,
            Threshold("power", Levels((5.0,), (5.0,), above=True)),
        ),
        (
            'type = "threshold"\nmetric = "power"\nbelow = 5\nclear = 7',
            LAMP,
            Threshold("power", Levels((5.0,), (7.0,), above=False)),
        ),
        (
            'type = "threshold"\nmetric = "power"\nabove = 0\ngiven = [{ metric = "dim", at_least = 1, at_most = 9 }]',
            LAMP,
            Threshold("power", Levels((0.0,), (0.0,), above=True), (Given("dim", None, 1.0, 9.0),)),
        ),
        (
            'type = "state"\nmetric = "on"\nequals = true\ngiven = [{ metric = "dim", equals = 100 }]',
            LAMP,
            State("on", equals=True, given=(Given("dim", 100),)),
        ),
        (
            'type = "threshold"\nindicator = "light_on_rate"\nscope = "road"\nbelow = 98',
            "",
            IndicatorThreshold("light_on_rate", ScopeKind.ROAD, Levels((98.0,), (98.0,), above=False), 0),
        ),
        (
            'type = "threshold"\nindicator = "light_on_rate"\nscope = "city"\nbelow = 8\ncoverage = 0.5\nfield = "a.b"',
            "",
            IndicatorThreshold("light_on_rate", ScopeKind.CITY, Levels((8.0,), (8.0,), above=False), 0.5, "a.b"),
        ),
        ('type = "class"\ngrade = "lamp_dark"', LAMP, Grade(Grader.LAMP_DARK, DARK)),
        ('type = "class"\ngrade = "lamp_lit"', LAMP, Grade(Grader.LAMP_LIT, DARK)),
        (
            'type = "class"\ngrade = "water_class"\nabove = 1\nclear = 0\nagainst = "target_class"',
            SECTION,
            Grade(Grader.WATER_CLASS, Levels((1.0,), (0.0,), above=True), "target_class"),
        ),
        (
            'type = "class"\ngrade = "air_index"\nabove = 201',
            STATION,
            Grade(Grader.AIR_INDEX, Levels((201.0,), (201.0,), above=True)),
        ),
        (
            'type = "rate"\nmetric = "power"\nwindow = "1h"\nmoves = "falls"\nabove = 3',
            LAMP,
            Rate("power", HOUR, Levels((3.0,), (3.0,), above=True), falling=True, relative=False),
        ),
        (
            (
                'type = "rate"\nmetric = "power"\nwindow = "1h"\nmoves = "rises"\nrelative = true\nabove = 0.5\n'
                'given = [{ metric = "dim", at_most = 9 }]'
            ),
            LAMP,
            Rate(
                *("power", HOUR, Levels((0.5,), (0.5,), above=True)),
                falling=False,
                relative=True,
                given=(Given("dim", at_most=9.0),),
            ),
        ),
        (
            'type = "stuck"\nmetrics = ["power", "voltage"]\nlasts = "1h"',
            LAMP,
            Stuck(("power", "voltage"), HOUR, not_positive=False),
        ),
        (
            'type = "stuck"\nmetrics = "power"\nlasts = "1h"\nor_not_positive = true',
            LAMP,
            Stuck(("power",), HOUR, not_positive=True),
        ),
        ('type = "event"\nfaults = ["relayFailure"]', LAMP, Occurrence(frozenset(), frozenset({"relayFailure"}), None)),
        (
            'type = "event"\nfaults = ["relayFailure"]\nlasts = "1h"',
            LAMP,
            Occurrence(frozenset(), frozenset({"relayFailure"}), HOUR),
        ),
        ('type = "event"\ngateway_offline = true', "", GatewayOffline()),
        ('type = "silence"\nafter = "1h"', STATION, Silence(HOUR, powered=False)),
        ('type = "silence"\nafter = "1h"\nwhile_powered = true', LAMP, Silence(HOUR, powered=True)),
        ('type = "silence"\nafter = "1h"\nof = "feed"', STATION, FeedSilence(HOUR)),
        ('type = "target"', "", PlanTarget(())),
        ('type = "target"\ntargets = ["a", "b"]', "", PlanTarget(("a", "b"))),
        (
            'type = "target"\nindicator = "light_on_rate"\nscope = "road"\nlimits = { "" = 98 }',
            "",
            TargetMissed("light_on_rate", ScopeKind.ROAD, Direction.AT_LEAST, {"": 98.0}, "", 0),
        ),
        (
            (
                'type = "target"\nindicator = "light_on_rate"\nscope = "road"\n'
                'limits = { arterial = 98, branch = 9.5 }\nlimit_by = "road_class"\ndirection = "<="\ncoverage = 0.8'
            ),
            "",
            TargetMissed(
                *("light_on_rate", ScopeKind.ROAD, Direction.AT_MOST),
                {"arterial": 98.0, "branch": 9.5},
                *("road_class", 0.8),
            ),
        ),
        (
            'type = "share"\nindicator = "light_on_rate"\nscope = "road"\nshare = 0.3',
            "",
            ShareOfIndicator("light_on_rate", ScopeKind.ROAD, Parts((Part(0.3),), (Part(0.3),))),
        ),
        (
            'type = "share"\nrule = "y"\nscope = "district"\nshare = 1\ncount = 10\nclear_share = 0.2\nclear_count = 5',
            "",
            ShareOfRule("y", ScopeKind.DISTRICT, Parts((Part(1.0, 10),), (Part(0.2, 5),))),
        ),
        (
            'type = "share"\nscope = "city"\ncount = 2\nmember = { type = "silence", after = "1h" }',
            STATION,
            ShareOfDevices(Silence(HOUR, powered=False), ScopeKind.CITY, Parts((Part(None, 2),), (Part(None, 2),))),
        ),
        (
            'type = "share"\nscope = "city"\nshare = 0.5\nmember = { type = "class", grade = "air_index", above = 99 }',
            STATION,
            ShareOfDevices(
                *(Grade(Grader.AIR_INDEX, Levels((99.0,), (99.0,), above=True)), ScopeKind.CITY),
                Parts((Part(0.5),), (Part(0.5),)),
            ),
        ),
    ],
)
def test_a_condition_is_read_as_it_is_written(text: str, more: str, found: Condition) -> None:
    assert condition(text, more) == found


LADDER = 'ladder = [{{ severity = "minor", {} }}, {{ severity = "major", {} }}]'


def test_the_levels_of_a_ladder_are_those_of_its_rungs() -> None:
    volts = condition('type = "threshold"\nmetric = "power"', LAMP, LADDER.format("below = 9", "below = 5, clear = 6"))
    assert volts == Threshold("power", Levels((9.0, 5.0), (9.0, 6.0), above=False))
    equal = condition('type = "threshold"\nmetric = "power"', LAMP, LADDER.format("above = 5", "above = 5"))
    assert equal == Threshold("power", Levels((5.0, 5.0), (5.0, 5.0), above=True))
    dark = condition('type = "class"\ngrade = "lamp_dark"', LAMP, LADDER.format("reports = 2", "reports = 9"))
    assert dark == Grade(Grader.LAMP_DARK, Levels((1, 1), (1, 1), above=True))


@pytest.mark.parametrize(
    ("text", "more", "rungs", "told"),
    [
        (
            'type = "threshold"\nmetric = "power"',
            LAMP,
            LADDER.format("above = 5", "below = 4"),
            "x.toml:6: rule.1.ladder.1.above: say either `above` or `below`, the same on every rung",
        ),
        (
            'type = "threshold"\nmetric = "power"',
            LAMP,
            LADDER.format("below = 5", "below = 6"),
            "x.toml:6: rule.1.ladder.2.below: a worse rung comes after a milder one and has a worse level",
        ),
        (
            'type = "threshold"\nmetric = "power"\nbelow = 5\nclear = 4',
            LAMP,
            "",
            "x.toml:11: rule.1.condition.clear: must lie on the good side of `below`",
        ),
        (
            'type = "stuck"\nmetrics = ["power"]\nlasts = "1h"',
            LAMP,
            LADDER.format("reports = 1", "reports = 2"),
            "x.toml:8: rule.1.condition.type: knows no levels, so that a ladder makes no sense",
        ),
        (
            'type = "state"\nmetric = "power"\nequals = true',
            LAMP,
            "",
            "x.toml:10: rule.1.condition.equals: power is of the type float",
        ),
        (
            'type = "target"\nindicator = "light_on_rate"\nscope = "road"\nlimits = { a = true }',
            "",
            "",
            (
                "x.toml:11: rule.1.condition.limits: must be a table of numbers, by the value of `limit_by` "
                '(or of one key, "")'
            ),
        ),
        (
            'type = "share"\nindicator = "light_on_rate"\nscope = "road"\nshare = 0.3\nclear_share = 0',
            "",
            "",
            "x.toml:12: rule.1.condition.clear_share: must lie above 0 and up to 1",
        ),
        (
            'type = "share"\nindicator = "light_on_rate"\nscope = "road"\ncount = -1',
            "",
            "",
            "x.toml:11: rule.1.condition.count: must be a whole number from 1 on",
        ),
        (
            'type = "class"\ngrade = "lamp_lit"',
            SECTION,
            "",
            "x.toml:9: rule.1.condition.grade: lamp_lit is of streetlight, not of river_section",
        ),
        (
            'type = "event"\nevents = ["nothing"]',
            STATION,
            "",
            "x.toml:9: rule.1.condition.events: air_station has no 'nothing'; it has none",
        ),
        (
            'type = "silence"\nafter = "1h"\nof = "city"',
            STATION,
            "",
            "x.toml:10: rule.1.condition.of: 'city' is none of device, feed",
        ),
        (
            'type = "threshold"\nmetric = "power"\nabove = inf',
            LAMP,
            "",
            "x.toml:10: rule.1.condition.above: must be a number",
        ),
        (
            'type = "threshold"\nmetric = "power"\nbelow = -inf',
            LAMP,
            "",
            "x.toml:10: rule.1.condition.below: must be a number",
        ),
        (
            'type = "event"\nfaults = 5',
            LAMP,
            "",
            "x.toml:9: rule.1.condition.faults: must be a text or a list of texts",
        ),
        (
            'type = "target"\nindicator = "light_on_rate"\nscope = "road"',
            "",
            LADDER.format("reports = 1", "reports = 2"),
            "x.toml:8: rule.1.condition.type: knows no levels, so that a ladder makes no sense",
        ),
        (
            'type = "target"\nindicator = "light_on_rate"\nlimits = { a = 1 }',
            "",
            "",
            "x.toml:7: rule.1.condition.scope: is missing",
        ),
        (
            'type = "silence"\nafter = "1h"',
            STATION + '\nschedule = { lamps = "on" }',
            "",
            "x.toml:6: rule.1.schedule.lamps: only streetlights have a timetable",
        ),
    ],
)
def test_a_mistake_of_a_condition_is_told_in_full(text: str, more: str, rungs: str, told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        condition(text, more, rungs)
    assert told in [str(p) for p in refused.value.problems]
