"""Screens and remembered hours are short cuts: they never say anything else than the long way."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import Device
from domain.kind import Value
from domain.lighting import LightingPlan, Override, OverrideAction
from domain.reading import DeviceEvent, Phase, Reading
from domain.register import Register
from domain.severity import Severity
from rules.alerts.condition import Given, Grade, Grader, Levels, Occurrence, OneDevice, Silence, State, Threshold
from rules.alerts.course import Rung, Timing
from rules.alerts.ears import Judged
from rules.alerts.gate import Gate
from rules.alerts.judges import Case, breach
from rules.alerts.rule import AlertRule, Hours, LampTime
from rules.alerts.screen import screen
from rules.indicator import World
from rules.lighting.schedule import Duty

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NUMBERS = st.floats(-200, 200) | st.sampled_from([0.0, 1.0, 30.0, 150.0]) | st.booleans()
LIMITS = st.lists(st.sampled_from([-10.0, 0.5, 1.0, 30.0, 100.0]), min_size=1, max_size=3)
LEVELS = st.builds(lambda raises, above: Levels(tuple(raises), tuple(raises), above), LIMITS, st.booleans())
GIVEN = st.sampled_from([(), (Given("dim", at_least=50),), (Given("on", equals=True),)])
CONDITIONS: st.SearchStrategy[OneDevice] = st.one_of(
    st.builds(Threshold, st.sampled_from(["power", "voltage", "current"]), LEVELS, GIVEN),
    st.builds(State, st.sampled_from(["on", "power"]), NUMBERS, GIVEN),
    st.builds(Grade, st.sampled_from(Grader), LEVELS, st.sampled_from(["", "rated_power", "length"])),
    st.builds(
        Occurrence, st.just(frozenset({"lampFailure"})), st.sampled_from([frozenset(), frozenset({"fault"})]), st.none()
    ),
    st.just(Silence(timedelta(minutes=45), powered=True)),
)
VALUES = st.dictionaries(st.sampled_from(["power", "voltage", "current", "dim", "on", "ph", "pm25"]), NUMBERS)
EVENTS = st.lists(st.builds(DeviceEvent, st.just("lampFailure"), st.sampled_from(Phase)), max_size=2).map(tuple)
FAULTS = st.lists(st.sampled_from(["fault", "other"]), max_size=2).map(tuple)


def device(attributes: dict[str, Value]) -> Device:
    return Device("L1", "streetlight", "灯1", "370102", "370102", "照明", attributes=attributes)


def rule(condition: OneDevice, lamp_time: LampTime | None = None, hours: Hours | None = None) -> AlertRule:
    timing = Timing((Rung(Severity.MINOR),) * 3)
    name = f"{lamp_time} {hours}"
    return AlertRule(name, "规则", "streetlight", condition, timing, "road", lamp_time=lamp_time, hours=hours)


@given(
    CONDITIONS,
    st.sampled_from([{}, {"rated_power": 150.0}, {"rated_power": 150.0, "length": 5.0, "body_type": "lake"}]),
    st.builds(Reading, st.just("L1"), st.just("streetlight"), st.just(AT), st.just(AT), VALUES, FAULTS, EVENTS),
)
def test_a_screen_passes_no_reading_that_breaches(
    condition: OneDevice, attributes: dict[str, Value], reading: Reading
) -> None:
    lamp = device(attributes)
    if screen(condition)(lamp, reading):
        assert breach(Case(rule(condition), lamp, reading, AT)) is None


def test_what_a_healthy_lamp_says_passes_every_screen_of_its_rules() -> None:
    said = {"power": 150.0, "voltage": 220.0, "power_factor": 0.97, "dim": 100, "on": True}
    reading = Reading("L1", "streetlight", AT, AT, said)
    conditions: list[OneDevice] = [
        Grade(Grader.LAMP_DARK, Levels((1.0,), (1.0,), above=True)),
        Threshold("power_factor", Levels((0.85,), (0.87,), above=False)),
        State("on", equals=False),
        Occurrence(frozenset({"lampFailure"}), frozenset(), None),
    ]
    assert all(screen(condition)(device({"rated_power": 150.0}), reading) for condition in conditions)


LAMPS = st.sampled_from(
    [device({}), device({"half_night": "alternate"}), device({"underpass": True}), device({"road": "R1"})]
)
LAMP_TIMES = st.builds(
    LampTime, st.sampled_from([Duty.ON, Duty.OFF]), *[st.sampled_from([timedelta(0), timedelta(minutes=25)])] * 2
)
HOURS = st.sampled_from([None, Hours(time(22), time(4, 30)), Hours(time(8), time(18), frozenset({0, 4}))])
INSTANTS = st.integers(0, 60 * 24 * 4 * 60).map(lambda s: AT + timedelta(seconds=s))
OVERRIDE = Override(
    "o1", "road:R1", OverrideAction.OFF, AT + timedelta(hours=9), AT + timedelta(hours=33), "me", "", AT
)
WORLD = World(Register({}, 0), LightingPlan((), (OVERRIDE,)), JINAN)


@given(st.lists(st.tuples(LAMPS, LAMP_TIMES | st.none(), HOURS, INSTANTS), max_size=12))
def test_hours_are_the_same_whoever_asked_before(
    asked: list[tuple[Device, LampTime | None, Hours | None, datetime]],
) -> None:
    gate, condition = Gate(WORLD), State("on", equals=True)
    for lamp, lamp_time, hours, instant in asked:
        judged = rule(condition, lamp_time, hours)
        assert gate.open(judged, lamp, instant) is Gate(WORLD).open(judged, lamp, instant)


@given(LAMPS, st.lists(st.tuples(LAMP_TIMES | st.none(), HOURS), max_size=4), st.lists(INSTANTS, max_size=8))
def test_the_rules_of_the_hour_are_those_whose_hours_are_open(
    lamp: Device, rules: list[tuple[LampTime | None, Hours | None]], instants: list[datetime]
) -> None:
    gate, condition = Gate(WORLD), State("on", equals=True)
    screened = [(rule(condition, *when), screen(condition)) for when in rules]
    judged = Judged(screened, [gate.window(one, lamp) for one, _ in screened])
    for instant in instants:
        expected = [one.name for one, _ in screened if Gate(WORLD).open(one, lamp, instant)]
        assert [one.name for one, _ in judged.open(instant)] == expected
