"""A rule opens a case file by itself, once in the life of an alert; recovery is told to the case and closes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.alert_rules import load_book
from domain.alert import Alert, AlertState, CommandKind
from domain.errors import ConfigError
from domain.incident import Incident, IncidentState, Origin, Step
from domain.ports import IncidentFilter
from domain.record import EventType
from domain.severity import Severity
from rules.alerts.rule_file import parse_book
from tests.app.alert_house import RULES, AlertHouse

OPENING = 'incident = { severity = "critical", category = "lamps" }\nladder = ['
BOOK = parse_book({"rules": RULES.replace("ladder = [", OPENING)})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[AlertHouse]:
    built = AlertHouse(tmp_path, book=BOOK)
    yield built
    built.close()


def cases(house: AlertHouse) -> list[Incident]:
    return list(house.operational.incidents.list(IncidentFilter(limit=1000)))


def burning(house: AlertHouse) -> list[Alert]:
    """The open alerts of the rule; lamps that say nothing have alerts of their own."""
    return [a for a in house.open() if a.rule == "over-voltage"]


def burn(house: AlertHouse, number: int, voltage: float, seconds: int) -> None:
    """Let a lamp report the same voltage every five seconds."""
    for _ in range(seconds // 5):
        house.say(number, voltage=voltage)
        house.pass_(5)


def test_a_case_is_opened_from_the_severity_that_the_rule_names_on_and_not_before(house: AlertHouse) -> None:
    burn(house, 1, 250.0, 30)
    assert [a.severity for a in burning(house)] == [Severity.MINOR]
    assert cases(house) == []
    burn(house, 1, 265.0, 30)
    (case,) = cases(house)
    (alert,) = burning(house)
    assert (case.alert, case.origin, case.category, case.severity) == (
        alert.id,
        Origin.ALERT,
        "lamps",
        Severity.CRITICAL,
    )
    assert (case.opened_by, case.subject, case.unit, case.state) == (
        "rule:over-voltage",
        "device:L1",
        "照明中心",
        IncidentState.NEW,
    )
    assert case.id.startswith("20261123-")
    actions = [
        e.event.data["action"]
        for e in house.operational.events.after(0, 1000)
        if e.event.type is EventType.INCIDENT_CHANGED
    ]
    assert actions == ["open"]


def test_what_goes_on_opens_no_second_one_and_recovery_is_told_and_closes_nothing(house: AlertHouse) -> None:
    burn(house, 1, 265.0, 300)
    (case,) = cases(house)
    burn(house, 1, 220.0, 60)
    assert burning(house) == []
    (told,) = cases(house)
    assert (told.id, told.state) == (case.id, IncidentState.NEW)
    assert told.recovered_at is not None
    assert [(s.author, s.action) for s in house.operational.incidents.history(case.id)] == [
        ("rule:over-voltage", "open"),
        ("telemetry", "recovered"),
    ]


def test_what_comes_back_while_the_case_is_open_joins_it(house: AlertHouse) -> None:
    burn(house, 1, 265.0, 60)
    burn(house, 1, 220.0, 60)
    burn(house, 1, 265.0, 60)
    (case,) = cases(house)
    (alert,) = burning(house)
    assert (case.alerts, case.recovered_at) == ((alert.id,), None)
    burn(house, 1, 220.0, 60)
    assert cases(house)[0].recovered_at is not None


def test_after_the_case_was_closed_the_next_episode_opens_another(house: AlertHouse) -> None:
    burn(house, 1, 265.0, 60)
    burn(house, 1, 220.0, 60)
    (case,) = cases(house)
    end = Step(house.clock.at, "ops", "mistake")
    house.operational.incidents.change(case.id, end, lambda c: _mistaken(c, house))
    burn(house, 1, 265.0, 60)
    assert [c.state for c in cases(house)] == [IncidentState.NEW, IncidentState.MISTAKEN]
    assert cases(house)[0].alert != case.alert


def _mistaken(case: Incident, house: AlertHouse) -> Incident:
    return replace(case, state=IncidentState.MISTAKEN, closed_at=house.clock.at, version=case.version + 1)


def test_what_is_on_the_shelf_opens_none_until_it_is_taken_back(house: AlertHouse) -> None:
    burn(house, 1, 250.0, 30)
    (alert,) = burning(house)
    house.ask(alert, CommandKind.SHELVE, house.clock.at + timedelta(hours=1))
    burn(house, 1, 265.0, 60)
    assert [a.state for a in burning(house)] == [AlertState.SHELVED]
    assert cases(house) == []
    house.ask(alert, CommandKind.UNSHELVE)
    burn(house, 1, 265.0, 10)
    assert len(cases(house)) == 1


def story(house: AlertHouse, kills: frozenset[int], snapshots: frozenset[int]) -> list[tuple[object, ...]]:
    """Lamps burn, recover and burn again, and now and then the engine is killed; return what came of it."""
    levels = {1: (265.0, 220.0, 265.0, 220.0), 2: (250.0, 265.0, 265.0, 220.0), 3: (265.0, 265.0, 220.0, 265.0)}
    moment = 0
    for phase in range(4):
        for _ in range(8):
            for number, level in levels.items():
                house.say(number, voltage=level[phase])
            house.pass_(5)
            moment += 1
            if moment in snapshots:
                house.snapshot()
            if moment in kills:
                house.kill()
    house.work()
    steps = [s for c in cases(house) for s in house.operational.incidents.history(c.id)]
    return [(c.id, c.subject, c.all_alerts, c.recovered_at, c.version) for c in cases(house)] + [
        (s.at, s.author, s.action) for s in steps
    ]


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    house = AlertHouse(tmp_path_factory.mktemp("unharmed"), book=BOOK)
    try:
        return story(house, frozenset(), frozenset())
    finally:
        house.close()


moments = st.frozensets(st.integers(1, 32), max_size=6)


@given(kills=moments, snapshots=moments)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kills_at_any_instant_change_nothing_of_what_is_opened_joined_and_told(
    tmp_path_factory: pytest.TempPathFactory,
    unharmed: list[tuple[object, ...]],
    kills: frozenset[int],
    snapshots: frozenset[int],
) -> None:
    house = AlertHouse(tmp_path_factory.mktemp("killed"), book=BOOK)
    try:
        assert story(house, kills, snapshots) == unharmed
    finally:
        house.close()
    assert len(unharmed) > 6


def test_a_category_that_there_is_not_is_refused_with_its_rule(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(RULES.replace("ladder = [", OPENING.replace("lamps", "moon")), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"over-voltage, incident\.category: must be one of lamps, safety"):
        load_book(tmp_path)
