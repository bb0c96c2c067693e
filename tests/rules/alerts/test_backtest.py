"""A rule over readings of the past: what it rests on, what it is judged with, and when it would have fired."""

from datetime import datetime, timedelta

import pytest

from domain.citytime import JINAN
from domain.measure import Direction, Target
from domain.reading import Reading
from rules.alerts.backtest import Firing, alone, backtest, kinds_of
from rules.alerts.condition import ShareOfRule
from rules.alerts.rule_file import parse_book
from tests.support.rules import NO_PLAN, lamp, local, register

START = local("2026-11-23T20:00")
MINUTE = timedelta(minutes=1)


def rule(name: str, condition: str, more: str = "") -> str:
    head = f'[[rule]]\nname = "{name}"\ntitle = "t"\nseverity = "minor"\n{more}\n'
    return f"{head}[rule.condition]\n{condition}\n"


LAMP = 'kind = "streetlight"'
BOOK = parse_book(
    {
        "x.toml": "\n".join(
            [
                rule("power", 'type = "threshold"\nmetric = "power"\nabove = 200', f'{LAMP}\ninhibits = ["rate"]'),
                rule("held", 'type = "threshold"\nmetric = "power"\nabove = 200', f'{LAMP}\nhold = "5m"'),
                rule("rate", 'type = "threshold"\nindicator = "light_on_rate"\nscope = "road"\nbelow = 98'),
                rule("limit", 'type = "target"\nindicator = "section_class"\nscope = "section"\nlimits = { "" = 3 }'),
                rule("share", 'type = "share"\nindicator = "light_on_rate"\nscope = "road"\nshare = 0.3'),
                rule("many", 'type = "share"\nrule = "power"\nscope = "road"\ncount = 2', 'inhibits = ["power"]'),
                rule("plan", 'type = "target"'),
                rule("one", 'type = "target"\ntargets = ["water"]'),
                rule("gateway", 'type = "event"\ngateway_offline = true'),
            ]
        )
    }
)


def target(name: str, indicator: str) -> Target:
    return Target(
        id=name,
        document="",
        item="",
        wording="",
        bureau=(),
        indicator=indicator,
        scope="city",
        unit="%",
        limit=1,
        direction=Direction.AT_LEAST,
    )


TARGETS = (target("lamps", "light_on_rate"), target("water", "section_class"), target("none", ""))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("power", ("streetlight",)),
        ("rate", ("streetlight",)),
        ("share", ("streetlight",)),
        ("limit", ("river_section", "section_sample")),
        ("many", ("streetlight",)),
        ("plan", ("river_section", "section_sample", "streetlight")),
        ("one", ("river_section", "section_sample")),
        ("gateway", ()),
    ],
)
def test_a_rule_rests_on_the_readings_of_its_kinds(name: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(BOOK.rules[name], BOOK, TARGETS) == kinds


def test_a_rule_is_judged_alone_or_with_what_it_counts_and_nothing_explains_it() -> None:
    assert set(alone(BOOK.rules["power"], BOOK).rules) == {"power"}
    both = alone(BOOK.rules["many"], BOOK).rules
    assert isinstance(both["many"].condition, ShareOfRule)
    assert {name: found.inhibits for name, found in both.items()} == {"many": frozenset(), "power": frozenset()}


def says(minutes: float, watts: float, device: str = "l1", late: float = 0) -> Reading:
    at = START + minutes * MINUTE
    return Reading(device, "streetlight", at, at + late * MINUTE, {"power": watts})


def fired(name: str, *readings: Reading, span: tuple[float, float] = (0, 60)) -> list[tuple[float, float | None]]:
    world = register(lamp(), lamp("l2")), NO_PLAN, JINAN
    ends = (START + span[0] * MINUTE, START + span[1] * MINUTE)
    return [_minutes(f) for f in backtest(BOOK.rules[name], BOOK, readings, world, ends, TARGETS)]


def _minutes(firing: Firing) -> tuple[float, float | None]:
    def since(at: datetime | None) -> float | None:
        return None if at is None else (at - START) / MINUTE

    began = since(firing.alert.fired_at)
    assert began is not None
    return began, since(firing.ended)


def test_each_time_that_it_would_have_fired_is_told_with_its_end() -> None:
    readings = [says(5, 300), says(10, 100), says(20, 300, "l2"), says(30, 300), says(40, 100)]
    assert fired("power", *reversed(readings)) == [(5, 10), (20, None), (30, 40)]
    assert fired("held", says(5, 300), says(9, 100), says(20, 300), says(30, 100)) == [(25, 30)]


def test_readings_before_the_span_warm_up_and_only_what_fires_within_it_is_told() -> None:
    early = [says(-5, 300), says(3, 100), says(6, 300), says(9, 100), says(20, 300)]
    assert fired("power", *early, span=(0, 20)) == [(6, 9)]
    assert fired("power", *early, span=(-5, 7)) == [(-5, 3), (6, None)]
    assert fired("power", *early, span=(6, 20)) == [(6, 9)]


def test_readings_count_when_they_arrive_and_those_after_the_end_do_not() -> None:
    assert fired("power", says(5, 300, late=70)) == []
    assert fired("power") == []


def test_a_rule_that_counts_another_fires_by_itself_only() -> None:
    assert fired("many", says(5, 300), says(6, 300, "l2"), says(9, 100)) == [
        (8, 11)
    ]  # it counts what was open at the tick before
