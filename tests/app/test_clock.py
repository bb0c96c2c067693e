"""The simulated city clock runs at its speed and never goes back."""

import threading
from datetime import UTC, datetime, timedelta

from app.clock import SimulatedClock, SystemClock, wall_now

START = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)


def passes(clock: SimulatedClock, until: datetime) -> bool:
    """Wait until the clock shows `until`, in steps that a stop could interrupt."""
    waiting = threading.Event()
    return any(clock.now() >= until or waiting.wait(0.01) for _ in range(1000))


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
