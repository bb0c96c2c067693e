"""The simulated city clock runs at its speed and never goes back."""

from datetime import UTC, datetime, timedelta

from app.clock import LEAD, SimulatedClock, SystemClock, wall_now
from tests.support.clock import passes

START = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)


def test_it_starts_at_the_given_instant_and_runs_faster_than_the_wall() -> None:
    clock = SimulatedClock(START, speed=3600)
    assert clock.now() >= START
    assert passes(clock, START + timedelta(minutes=1))


def test_a_change_of_speed_makes_no_jump() -> None:
    clock = SimulatedClock(START, speed=3600)
    before = clock.now()
    clock.set_speed(0)
    still = clock.now()
    assert before <= still
    assert clock.now() == still
    clock.set_speed(1)
    assert clock.now() - still < timedelta(minutes=1)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert wall_now().tzinfo is UTC


def test_it_waits_for_its_city_and_never_makes_up_for_the_time_that_it_waited() -> None:
    clock = SimulatedClock(START, speed=36_000)
    clock.wait_for(START)
    assert passes(clock, START + LEAD)
    assert clock.now() == START + LEAD, "it waits"
    clock.set_speed(0)
    clock.wait_for(START + LEAD)
    assert clock.now() == START + LEAD, "what was waited is not made up for"
    clock.set_speed(36_000)
    assert passes(clock, START + 2 * LEAD)
    assert clock.now() == START + 2 * LEAD


def test_a_city_that_is_told_to_be_far_behind_does_not_turn_it_back() -> None:
    clock = SimulatedClock(START, speed=36_000)
    assert passes(clock, START + 3 * LEAD)
    shown = clock.now()
    clock.wait_for(START)
    assert clock.now() >= shown
