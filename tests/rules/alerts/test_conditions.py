"""What the parts of a condition say at their limits, and what a rule finds at one device, with its reason."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from domain.alert import Verdict
from domain.citytime import JINAN
from domain.device import AssetState
from domain.kind import Value
from domain.reading import DeviceEvent, Phase, Reading
from domain.severity import Severity
from rules.alerts.condition import (
    Given,
    Grade,
    Grader,
    Levels,
    Occurrence,
    OneDevice,
    Part,
    Parts,
    Rate,
    Silence,
    State,
    Stuck,
    Threshold,
)
from rules.alerts.course import Finding, Rung, Timing
from rules.alerts.gate import OUTSIDE, Gate
from rules.alerts.judges import NO_READING, NOT_GIVEN, NOT_SAID, STALE, Case, breach, judge
from rules.alerts.memory import Memory, RateMemory, StuckMemory
from rules.alerts.rule import AlertRule, Hours
from rules.indicator import World
from tests.support.rules import NO_PLAN, lamp, local, register

NOON = local("2026-11-23T12:00")  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HIGH, LOW = Levels((5.0, 9.0), (4.0, 7.0), above=True), Levels((5.0, 1.0), (6.0, 3.0), above=False)


@pytest.mark.parametrize(
    ("levels", "value", "on", "rung"),
    [
        *((HIGH, 4.9, -1, -1), (HIGH, 5.0, -1, 0), (HIGH, 8.9, -1, 0), (HIGH, 9.0, -1, 1)),
        *((HIGH, 4.1, 0, 0), (HIGH, 4.0, 0, -1), (HIGH, 7.1, 1, 1), (HIGH, 7.0, 1, 0), (HIGH, 7.1, 0, 0)),
        *((LOW, 5.1, -1, -1), (LOW, 5.0, -1, 0), (LOW, 1.1, -1, 0), (LOW, 1.0, -1, 1)),
        *((LOW, 5.9, 0, 0), (LOW, 6.0, 0, -1), (LOW, 2.9, 1, 1), (LOW, 3.0, 1, 0)),
    ],
)
def test_a_rung_is_reached_at_its_level_and_held_until_its_clearing_level(
    levels: Levels, value: float, on: int, rung: int
) -> None:
    assert levels.level(value, on) == rung


PARTS = Parts((Part(0.3, 10), Part(0.5)), (Part(0.2), Part(0.4)))


@pytest.mark.parametrize(
    ("number", "expected", "on", "rung"),
    [
        *((29, 100, -1, 0), (9, 100, -1, -1), (10, 100, -1, 0), (3, 10, -1, 0), (2, 10, -1, -1), (5, 10, -1, 1)),
        *((2, 10, 0, 0), (1, 10, 0, -1), (4, 10, 1, 1), (3, 10, 1, 0), (4, 10, 0, 0), (10, 0, 1, -1)),
    ],
)
def test_a_share_or_a_number_is_enough_of_those_expected(number: float, expected: float, on: int, rung: int) -> None:
    assert PARTS.level(number, expected, on) == rung


@pytest.mark.parametrize(
    ("given", "values", "holds"),
    [
        (Given("dim", equals=100), {"dim": 100}, True),
        (Given("dim", equals=100), {"dim": 99}, False),
        (Given("dim", equals=100), {}, False),
        (Given("mode", equals="auto"), {"mode": "auto"}, True),
        (Given("mode", at_least=1), {"mode": "auto"}, False),
        (Given("dim", at_least=1, at_most=9), {"dim": 1}, True),
        (Given("dim", at_least=1, at_most=9), {"dim": 9}, True),
        (Given("dim", at_least=1, at_most=9), {"dim": 0.9}, False),
        (Given("dim", at_least=1, at_most=9), {"dim": 9.1}, False),
        (Given("dim", at_most=9), {"dim": -5}, True),
    ],
)
def test_what_is_presupposed_holds_or_not(given: Given, values: dict[str, Value], *, holds: bool) -> None:
    assert given.holds(values) is holds


OFFICE, NIGHT = Hours(time(8), time(18), frozenset({0, 4})), Hours(time(22), time(6), frozenset({0}))


@pytest.mark.parametrize(
    ("hours", "at", "covered"),
    [
        *((OFFICE, "2026-11-23T07:59:59", False), (OFFICE, "2026-11-23T08:00", True)),
        *(
            (OFFICE, "2026-11-23T17:59:59", True),
            (OFFICE, "2026-11-23T18:00", False),
            (OFFICE, "2026-11-24T12:00", False),
        ),
        *(
            (NIGHT, "2026-11-23T21:59:59", False),
            (NIGHT, "2026-11-23T22:00", True),
            (NIGHT, "2026-11-24T05:59:59", True),
        ),
        *((NIGHT, "2026-11-24T06:00", False), (NIGHT, "2026-11-23T05:00", False), (NIGHT, "2026-11-24T22:00", False)),
        *((Hours(time(0), time(0)), "2026-11-24T00:00", True), (Hours(time(0), time(0)), "2026-11-24T23:59:59", True)),
    ],
)
def test_hours_cover_their_days_and_run_over_midnight(hours: Hours, at: str, *, covered: bool) -> None:
    assert hours.covers(local(at), JINAN.tz) is covered


@pytest.mark.parametrize(
    ("at", "edge"),
    [
        ("2026-11-23T05:59:59", "2026-11-23T06:00"),
        ("2026-11-23T06:00", "2026-11-23T22:00"),
        ("2026-11-23T22:00", "2026-11-24T06:00"),
    ],
)
def test_hours_know_their_next_edge(at: str, edge: str) -> None:
    assert NIGHT.next_edge(local(at), JINAN.tz) == local(edge)


LAMP = lamp()
TWO = Timing((Rung(Severity.MINOR), Rung(Severity.MAJOR)))
GATE = Gate(World(register(LAMP), NO_PLAN, JINAN))


def said(values: dict[str, Value] | None = None, at: datetime = NOON, **more: object) -> Reading:
    return replace(Reading(LAMP.id, "streetlight", at, at, values or {}), **more)  # type: ignore[arg-type]


def found(
    condition: OneDevice, reading: Reading | None, now: datetime = NOON, *, memory: Memory | None = None, on: int = -1
) -> Finding | None:
    rule = AlertRule("x", "x", "streetlight", condition, TWO, "subject")
    return judge(Case(rule, LAMP, reading, now, on, memory), GATE)


def says(
    verdict: Verdict, level: int, *, value: float | None = None, limit: float | None = None, why: str = ""
) -> Finding:
    return Finding(verdict, NOON, level, NOON, value, limit, why)


def unknown(why: str) -> Finding:
    return Finding(Verdict.UNKNOWN, NOON, why=why)


CLEAR, BREACH = says(Verdict.CLEAR, -1), says(Verdict.BREACH, 1)
POWER = Threshold("power", HIGH, (Given("dim", at_least=50),))
ON = State("on", equals=False, given=(Given("dim", at_least=50),))
DARK = Grade(Grader.LAMP_DARK, Levels((1, 1), (1, 1), above=True))
FAULTY = Occurrence(frozenset({"lampFailure"}), frozenset({"relayFailure"}), None)
EVENT = Occurrence(frozenset({"lampFailure"}), frozenset(), None)


@pytest.mark.parametrize(
    ("condition", "reading", "finding"),
    [
        (POWER, said({"power": 4.9, "dim": 50}), says(Verdict.CLEAR, -1, value=4.9, limit=5.0)),
        (POWER, said({"power": 5, "dim": 50}), says(Verdict.BREACH, 0, value=5.0, limit=5.0)),
        (POWER, said({"power": 9, "dim": 50}), says(Verdict.BREACH, 1, value=9.0, limit=9.0)),
        (POWER, said({"power": 9, "dim": 49}), unknown(NOT_GIVEN)),
        (POWER, said({"dim": 50}), unknown(NOT_SAID)),
        (POWER, said({"power": "much", "dim": 50}), unknown(NOT_SAID)),
        (POWER, None, unknown(NO_READING)),
        (ON, said({"on": False, "dim": 50}), BREACH),
        (ON, said({"on": True, "dim": 50}), CLEAR),
        (ON, said({"on": False, "dim": 49}), unknown(NOT_GIVEN)),
        (ON, said({"dim": 50}), unknown(NOT_SAID)),
        (DARK, said({"power": 0.0}), says(Verdict.BREACH, 1, value=1.0, limit=1)),
        (DARK, said({"power": 100.0}), says(Verdict.CLEAR, -1, value=0.0, limit=1)),
        (DARK, said(), unknown(NOT_SAID)),
        (
            Grade(Grader.LAMP_DARK, Levels((1, 1), (1, 1), above=True), "length"),
            said({"power": 0.0}),
            unknown("the device has no length"),
        ),
        (
            Grade(Grader.LAMP_DARK, Levels((1, 1), (1, 1), above=True), "road"),
            said({"power": 0.0}),
            unknown("the device has no road"),
        ),
        (
            Grade(Grader.LAMP_DARK, Levels((1, 1), (1, 1), above=True), "rated_power"),
            said({"power": 0.0}),
            says(Verdict.CLEAR, -1, value=-99.0, limit=1),
        ),
        (FAULTY, said(faults=("other", "relayFailure")), BREACH._replace(why="relayFailure")),
        (FAULTY, said(faults=("other",)), CLEAR),
        (EVENT, said(events=(DeviceEvent("lampFailure", Phase.BEGIN),)), BREACH._replace(why="lampFailure")),
        (EVENT, said(events=(DeviceEvent("lampFailure", Phase.ONCE),)), BREACH._replace(why="lampFailure")),
        (EVENT, said(events=(DeviceEvent("lampFailure", Phase.END),)), CLEAR),
        (EVENT, said(events=(DeviceEvent("other", Phase.BEGIN),)), None),
        (EVENT, said(), None),
    ],
)
def test_a_reading_says_what_the_condition_asks(
    condition: OneDevice, reading: Reading | None, finding: Finding | None
) -> None:
    assert found(condition, reading) == finding


@pytest.mark.parametrize(
    ("condition", "now", "verdict"),
    [
        (replace(EVENT, lasts=10 * MINUTE), NOON + 9 * MINUTE, Verdict.BREACH),
        (replace(EVENT, lasts=10 * MINUTE), NOON + 10 * MINUTE, Verdict.CLEAR),
        (EVENT, NOON + 10 * MINUTE, Verdict.BREACH),
    ],
)
def test_an_event_that_is_never_ended_lasts_so_long(condition: Occurrence, now: datetime, verdict: Verdict) -> None:
    finding = found(condition, said(events=(DeviceEvent("lampFailure", Phase.BEGIN),)), now)
    assert finding is not None
    assert finding.verdict is verdict


def test_what_was_counted_lapses_when_the_device_reports_on_without_it() -> None:
    rule = AlertRule("x", "x", "streetlight", replace(EVENT, lasts=HOUR), TWO, "subject")
    case = Case(rule, LAMP, said(), NOON, counted=NOON - HOUR)
    assert judge(case, GATE) == Finding(Verdict.CLEAR, NOON)
    assert judge(case._replace(counted=NOON - HOUR + MINUTE), GATE) is None
    assert judge(case._replace(counted=None), GATE) is None


def test_a_device_out_of_service_a_stale_reading_and_one_from_outside_the_hours_say_nothing() -> None:
    rule = AlertRule("x", "x", "streetlight", Threshold("power", HIGH), TWO, "subject", fresh=HOUR)
    reading = said({"power": 9})
    assert judge(Case(rule, LAMP, reading, NOON + HOUR), GATE) == says(
        Verdict.BREACH, 1, value=9.0, limit=9.0
    )._replace(at=NOON + HOUR)
    late = NOON + HOUR + MINUTE
    assert judge(Case(rule, LAMP, reading, late), GATE) == Finding(Verdict.UNKNOWN, late, why=STALE)
    scrapped = lamp(state=AssetState.SCRAPPED)
    assert judge(Case(rule, scrapped, reading, NOON), GATE) == unknown("the device is scrapped")
    hours = replace(rule, hours=Hours(time(12), time(13)), fresh=DAY)
    assert judge(Case(hours, LAMP, reading, NOON + MINUTE), GATE) is not None
    out = NOON + HOUR
    assert judge(Case(hours, LAMP, reading, out), GATE) == Finding(Verdict.UNKNOWN, out, why=OUTSIDE)
    before = said({"power": 9}, NOON - MINUTE)
    assert judge(Case(replace(hours, name="y"), LAMP, before, NOON), GATE) == unknown(OUTSIDE)


def test_only_a_breach_is_one() -> None:
    rule = AlertRule("x", "x", "streetlight", Threshold("power", HIGH), TWO, "subject")
    assert breach(Case(rule, LAMP, None, NOON)) is None
    assert breach(Case(rule, LAMP, said({"power": 4}), NOON)) is None
    assert breach(Case(rule, LAMP, said({"power": 5}), NOON)) == says(Verdict.BREACH, 0, value=5.0, limit=5.0)
    assert breach(Case(rule, LAMP, said({"power": 4.5}), NOON, on=0)) == says(Verdict.BREACH, 0, value=4.5, limit=5.0)


@pytest.mark.parametrize(
    ("after", "now", "finding"),
    [
        (HOUR, NOON + HOUR, Finding(Verdict.CLEAR, NOON + HOUR)),
        (HOUR, NOON + 90 * MINUTE, Finding(Verdict.BREACH, NOON + 90 * MINUTE, 1, NOON, 1.5, 1.0)),
    ],
)
def test_silence_is_told_in_hours(after: timedelta, now: datetime, finding: Finding) -> None:
    assert found(Silence(after, powered=False), said(), now) == finding


def test_one_that_never_spoke_is_silent_and_one_without_power_may_be() -> None:
    assert found(Silence(HOUR, powered=False), None) == Finding(Verdict.BREACH, NOON, 1, None, None, 1.0)
    assert found(Silence(HOUR, powered=True), None) == unknown("its circuit is off by schedule")
    night = NOON + 10 * HOUR
    at_night = found(Silence(HOUR, powered=True), None, night)
    assert at_night == Finding(Verdict.BREACH, night, 1, None, None, 1.0)


def heard(condition: Rate, *values: float | None) -> RateMemory:
    memory = RateMemory(condition)
    for n, value in enumerate(values):
        memory.hear(
            said({} if value is None else {"power": value, "dim": 9}, NOON + (n - len(values) + 1) * 10 * MINUTE)
        )
    return memory


@pytest.mark.parametrize(
    ("values", "falling", "relative", "moved"),
    [
        ((5.0,), True, False, None),
        ((5.0, 3.0), True, False, 2.0),
        ((5.0, 3.0), False, False, -2.0),
        ((5.0, 8.0, 4.0, 7.0), False, False, 3.0),
        ((5.0, 8.0, 4.0, 7.0), True, False, 1.0),
        ((4.0, None, 5.0), False, True, 0.25),
        ((-4.0, -5.0), True, True, 0.25),
        ((0.0, 5.0), False, True, None),
        ((99.0, 5.0, 5.0, 5.0, 6.0), False, False, 1.0),
        ((99.0, 5.0, 5.0, 5.0, 6.0), True, False, -1.0),
    ],
)
def test_how_far_a_metric_moved_within_the_window(
    values: tuple[float | None, ...], *, falling: bool, relative: bool, moved: float | None
) -> None:
    condition = Rate("power", 30 * MINUTE, HIGH, falling, relative, (Given("dim", at_most=9),))
    memory = heard(condition, *values)
    assert memory.moved(LAMP.id) == (None if moved is None else pytest.approx(moved))
    again = RateMemory(condition)
    again.restore(memory.dump())
    assert again.moved(LAMP.id) == memory.moved(LAMP.id)


def test_what_does_not_count_moves_nothing_and_a_revision_takes_its_place() -> None:
    condition = Rate("power", HOUR, HIGH, falling=False, relative=False, given=(Given("dim", at_most=9),))
    memory = heard(condition, 1.0, 3.0)
    memory.hear(said({"power": 99.0, "dim": 10}, NOON + MINUTE))
    memory.hear(said({"power": "much", "dim": 1}, NOON + MINUTE))
    assert memory.moved(LAMP.id) == 2.0
    memory.hear(said({"power": 7.0, "dim": 1}, NOON))
    assert memory.moved(LAMP.id) == 6.0
    assert memory.moved("other") is None
    reading = said({"power": 7.0, "dim": 1})
    assert found(condition, reading, memory=memory) == says(Verdict.BREACH, 0, value=6.0, limit=5.0)
    assert found(condition, reading) == unknown(NOT_SAID)


STILL = Stuck(("power", "voltage"), HOUR, not_positive=True)


def test_a_metric_that_stands_still_is_told_by_the_one_that_does_so_the_longest() -> None:
    memory = StuckMemory(STILL)
    for n, volts in ((0, 220.0), (1, 221.0), (2, 221.0)):
        memory.hear(said({"power": 5.0, "voltage": volts}, NOON + (n - 2) * 30 * MINUTE))
    reading = said({"power": 5.0, "voltage": 221.0})
    assert memory.longest(reading) == ("power", HOUR)
    still = BREACH._replace(why="power has been the same for 1 h")
    assert found(STILL, reading, memory=memory) == still
    longer = replace(STILL, lasts=HOUR + MINUTE)
    assert found(longer, reading, memory=memory) == CLEAR._replace(why="power has been the same for 1 h")
    again = StuckMemory(STILL)
    again.restore(memory.dump())
    assert again.longest(reading) == ("power", HOUR)
    again.hear(said({"voltage": 221.0}))
    again.hear(said({"power": 5.0, "voltage": 221.0}))
    assert again.longest(reading) == ("voltage", HOUR / 2)


def test_zero_or_less_is_stuck_at_once_if_asked_and_nothing_said_is_unknown() -> None:
    zero = said({"power": 0.0, "voltage": 220.0})
    assert found(STILL, zero) == BREACH._replace(why="power is zero or less")
    memory = StuckMemory(STILL)
    memory.hear(zero)
    plain = replace(STILL, not_positive=False)
    assert found(plain, zero, memory=memory) == CLEAR._replace(why="power has been the same for 0 h")
    assert found(plain, zero) == unknown(NOT_SAID)
    assert found(plain, said(), memory=memory) == unknown(NOT_SAID)
