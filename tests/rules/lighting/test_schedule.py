"""When lamps must be on: timetables, groups, underpasses, overrides by scope, and the window of verdicts."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.device import Device
from domain.lighting import HalfNight, LightingPlan, Override, OverrideAction, Timetable
from rules.lighting.schedule import STANDARD, Duty, Phase, Schedule
from tests.support.rules import fixed_nights, lamp, local, override

MINUTE = timedelta(minutes=1)
TICK = timedelta.resolution
EVENINGS = ("2026-11-22", "2026-11-23", "2026-11-24")
CITY = fixed_nights(*EVENINGS)
HALF = Timetable("half", "半夜灯", half_night=HalfNight(), nights=CITY.nights)
ON, OFF, DARK_DAY = local("2026-11-23T17:00"), local("2026-11-24T07:00"), local("2026-11-23T15:00")


def _phase(at: datetime, *overrides: Override, of: Device | None = None, table: Timetable = CITY) -> Phase:
    return Schedule(LightingPlan((table,), overrides), JINAN).rota(of or lamp()).phase(at)


@pytest.mark.parametrize(
    ("at", "duty"),
    [
        (ON - TICK, Duty.OFF),
        (ON, Duty.ON),
        (OFF - TICK, Duty.ON),
        (OFF, Duty.OFF),
        (local("2026-11-23T12:00"), Duty.OFF),
    ],
)
def test_lamps_are_on_from_on_until_off(at: datetime, duty: Duty) -> None:
    assert _phase(at).duty is duty


@pytest.mark.parametrize(
    ("at", "settled"),
    [
        (ON - 30 * MINUTE, True),
        (ON - 30 * MINUTE + TICK, False),
        (ON - TICK, False),
        (ON, False),
        (ON + 30 * MINUTE - TICK, False),
        (ON + 30 * MINUTE, True),
        (OFF - 30 * MINUTE, True),
        (OFF - 30 * MINUTE + TICK, False),
        (OFF - TICK, False),
        (OFF, False),
        (OFF + 40 * MINUTE - TICK, False),
        (OFF + 40 * MINUTE, True),
    ],
)
def test_a_verdict_waits_30_minutes_around_on_and_before_off_and_40_after_off(at: datetime, settled: bool) -> None:  # noqa: FBT001
    assert _phase(at).settled is settled


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (ON - 60 * MINUTE, ON - 30 * MINUTE + TICK),
        (ON - MINUTE, ON),
        (ON, ON + 30 * MINUTE),
        (ON + 30 * MINUTE, OFF - 30 * MINUTE + TICK),
        (OFF - 30 * MINUTE + TICK, OFF),
        (OFF, OFF + 40 * MINUTE),
        (OFF + 40 * MINUTE, local("2026-11-24T12:00")),
    ],
)
def test_a_phase_says_when_to_look_again(at: datetime, until: datetime) -> None:
    assert _phase(at).until == until


def test_a_24_hour_underpass_is_always_on_and_always_settled() -> None:
    for at in (ON, OFF, local("2026-11-23T12:00")):
        assert (_phase(at, of=lamp(underpass=True)).duty, _phase(at, of=lamp(underpass=True)).settled) == (
            Duty.ON,
            True,
        )


def test_alternate_lamps_pause_and_settle_again_after_their_return() -> None:
    alternate = lamp(half_night="alternate")

    def at(text: str) -> tuple[Duty, bool]:
        phase = _phase(local(text), of=alternate, table=HALF)
        return phase.duty, phase.settled

    assert at("2026-11-23T22:00") == (Duty.ON, True)
    assert at("2026-11-23T22:00:01") == (Duty.ON, False)
    assert at("2026-11-23T22:30") == (Duty.OFF, False)
    assert at("2026-11-23T23:10") == (Duty.OFF, True)
    assert at("2026-11-24T05:30") == (Duty.OFF, True)
    assert at("2026-11-24T05:59") == (Duty.OFF, False)
    assert at("2026-11-24T06:00") == (Duty.ON, False)
    assert at("2026-11-24T06:30") == (Duty.ON, True)


@pytest.mark.parametrize("group", ["none", ""])
def test_other_lamps_burn_through_the_pause(group: str) -> None:
    assert _phase(local("2026-11-24T01:00"), of=lamp(half_night=group), table=HALF).duty is Duty.ON


def test_a_dark_day_switches_on_early_and_settles_from_then() -> None:
    early = override("city", OverrideAction.ON, DARK_DAY, ON)
    assert _phase(DARK_DAY - TICK, early).duty is Duty.OFF
    assert _phase(DARK_DAY, early) == Phase(Duty.ON, settled=False, until=DARK_DAY + 30 * MINUTE)
    assert _phase(DARK_DAY + 30 * MINUTE, early).settled
    # the timetable takes over without a new switch-on
    assert _phase(ON, early).settled


@pytest.mark.parametrize(
    "scope",
    [
        "city",
        "district:370102",
        "management_area:370102",
        "road_class:arterial",
        "road:经十路",
        "supply_point:sp-1",
        "device:l1",
    ],
)
def test_overrides_reach_their_scope_and_nothing_else(scope: str) -> None:
    off = override(scope, OverrideAction.OFF, ON, OFF)
    other = lamp("l2", district="370103", road_class="alley", road="芙蓉街", supply_point="sp-2")
    at = ON + timedelta(hours=2)
    assert _phase(at, off).duty is Duty.OFF
    assert _phase(at, off, of=other).duty is (Duty.OFF if scope == "city" else Duty.ON)


def test_no_judgement_takes_lamps_out_whether_it_is_night_or_day() -> None:
    test = override("city", OverrideAction.NO_JUDGEMENT, local("2026-11-23T10:00"), local("2026-11-23T20:00"))
    assert _phase(local("2026-11-23T10:00"), test) == Phase(
        Duty.NO_JUDGEMENT, settled=True, until=local("2026-11-23T12:00")
    )
    assert _phase(local("2026-11-23T19:00"), test).duty is Duty.NO_JUDGEMENT
    assert _phase(local("2026-11-23T20:00"), test) == Phase(Duty.ON, settled=False, until=local("2026-11-23T20:30"))


def test_an_override_reaches_underpasses_too() -> None:
    off = override("city", OverrideAction.OFF, ON, OFF)
    assert _phase(ON, off, of=lamp(underpass=True)).duty is Duty.OFF


def test_of_several_overrides_the_latest_recorded_wins() -> None:
    first = override("device:l1", OverrideAction.OFF, ON, OFF, name="a", recorded=ON)
    second = override("city", OverrideAction.NO_JUDGEMENT, ON, OFF, name="b", recorded=ON + TICK)
    at = ON + timedelta(hours=2)
    assert _phase(at, first, second).duty is Duty.NO_JUDGEMENT
    assert _phase(at, second, first).duty is Duty.NO_JUDGEMENT


def test_overrides_recorded_at_the_same_instant_are_ordered_by_their_ids() -> None:
    one = override("city", OverrideAction.OFF, ON, OFF, name="a")
    two = override("city", OverrideAction.NO_JUDGEMENT, ON, OFF, name="b")
    assert _phase(ON, one, two).duty is _phase(ON, two, one).duty is Duty.NO_JUDGEMENT


def test_an_override_counts_from_its_start_until_its_end_and_not_when_withdrawn() -> None:
    off = override("city", OverrideAction.OFF, ON + 60 * MINUTE, ON + 90 * MINUTE)
    assert _phase(ON + 60 * MINUTE - TICK, off).duty is Duty.ON
    assert _phase(ON + 60 * MINUTE, off).duty is Duty.OFF
    assert _phase(ON + 90 * MINUTE - TICK, off).duty is Duty.OFF
    assert _phase(ON + 90 * MINUTE, off).duty is Duty.ON
    gone = override("city", OverrideAction.OFF, ON, OFF, withdrawn=ON)
    assert _phase(ON, gone).duty is Duty.ON


def test_a_lamp_follows_the_timetable_it_names_and_else_the_first() -> None:
    late = fixed_nights(*EVENINGS, on="20:00")
    late = Timetable("late", "晚", nights=late.nights)
    schedule = Schedule(LightingPlan((CITY, late), ()), JINAN)
    duties = [schedule.rota(lamp(timetable=name)).duty(ON) for name in ("late", "city", "none such", "")]
    assert duties == [Duty.OFF, Duty.ON, Duty.ON, Duty.ON]


def test_without_any_timetable_the_sun_decides() -> None:
    rota = Schedule(LightingPlan((), ()), JINAN).rota(lamp())
    assert rota.key.timetable == STANDARD.id
    assert [rota.duty(local(f"2026-11-23T17:0{n}")) for n in (4, 9)] == [Duty.OFF, Duty.ON]


def test_lamps_with_equal_duties_share_a_rota() -> None:
    schedule = Schedule(LightingPlan((CITY,), (override("device:l3", OverrideAction.OFF, ON, OFF),)), JINAN)
    same = schedule.rota(lamp("l1"))
    assert schedule.rota(lamp("l2", road="历山路")) is same
    assert schedule.rota(lamp("l3")) is not same
    assert schedule.rota(lamp("l4", underpass=True)) is not same
    assert schedule.rota(lamp("l5", half_night="alternate")) is not same


def test_a_changed_plan_keeps_the_rotas_that_it_does_not_touch() -> None:
    before = Schedule(LightingPlan((CITY,), ()), JINAN)
    kept, moved = before.rota(lamp("l1")), before.rota(lamp("l2"))
    off = override("device:l2", OverrideAction.OFF, ON, OFF)
    after = Schedule(LightingPlan((CITY,), (off,)), JINAN, before)
    assert after.rota(lamp("l1")) is kept
    assert after.rota(lamp("l2")) is not moved
    longer = override("device:l2", OverrideAction.OFF, ON, OFF + MINUTE)
    corrected = Schedule(LightingPlan((CITY,), (longer,)), JINAN, after)
    assert corrected.rota(lamp("l2")) is not after.rota(lamp("l2"))
    assert corrected.rota(lamp("l2")).duty(OFF) is Duty.OFF
    replaced = Schedule(LightingPlan((fixed_nights(*EVENINGS, on="18:00"),), ()), JINAN, after)
    assert replaced.rota(lamp("l1")).duty(ON) is Duty.OFF


OVERRIDES = st.lists(
    st.builds(
        lambda start, length, action, name: override(
            "city", action, DARK_DAY + start * MINUTE, DARK_DAY + (start + length) * MINUTE, name=str(name)
        ),
        st.integers(-600, 1200),
        st.integers(1, 600),
        st.sampled_from(OverrideAction),
        st.integers(0, 9),
    ),
    max_size=4,
    unique_by=lambda o: o.id,
)


@given(OVERRIDES, st.integers(-1200, 1800), st.booleans(), st.booleans())
def test_a_phase_holds_until_it_says_so_and_a_settled_lamp_was_on_for_30_minutes(
    overrides: list[Override],
    minute: int,
    alternate: bool,  # noqa: FBT001
    underpass: bool,  # noqa: FBT001
) -> None:
    group = "alternate" if alternate else "none"
    rota = Schedule(LightingPlan((HALF,), tuple(overrides)), JINAN).rota(lamp(half_night=group, underpass=underpass))
    at = DARK_DAY + minute * MINUTE
    phase = rota.phase(at)
    assert phase.duty is rota.duty(at)
    assert phase.until > at
    for instant in (at + (phase.until - at) / 2, phase.until - TICK):
        assert (rota.phase(instant).duty, rota.phase(instant).settled) == (phase.duty, phase.settled)
    if phase.duty is Duty.ON and not underpass:
        near = [rota.duty(at + n * MINUTE) for n in range(-30, 30)]
        assert phase.settled is all(duty is Duty.ON for duty in near)
