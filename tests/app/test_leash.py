"""A simulated clock goes on only once the service has received what its city sent."""

from datetime import UTC, datetime, timedelta

from app.clock import LEAD, SimulatedClock
from app.leash import PATIENCE_S, Leash
from tests.support.clock import passes

START = datetime(2026, 11, 23, 8, 55, tzinfo=UTC)
STEP = timedelta(seconds=30)


class Service:
    """What has been received, and the seconds of the wall."""

    received, wall = 0, 0.0


def held(service: Service) -> tuple[SimulatedClock, Leash]:
    clock = SimulatedClock(START, speed=0)
    leash = Leash(clock, lambda: service.received, lambda: service.wall)
    clock.set_speed(36_000)
    return clock, leash


def stands_at(clock: SimulatedClock, instant: datetime) -> bool:
    return passes(clock, instant) and clock.now() == instant


def test_what_was_sent_and_has_not_come_in_holds_the_clock() -> None:
    service = Service()
    clock, leash = held(service)
    leash.reached(START + STEP, 10)
    leash.reached(START + 2 * STEP, 25)
    assert stands_at(clock, START + LEAD)
    service.received = 10
    leash.reached(START + 2 * STEP, 25)
    assert stands_at(clock, START + STEP + LEAD)
    service.received = 26  # a gateway's last will is nothing that the fleet sent
    leash.reached(START + 2 * STEP, 25)
    assert stands_at(clock, START + 2 * STEP + LEAD)


def test_what_a_broker_has_lost_is_not_waited_for_for_ever() -> None:
    service = Service()
    clock, leash = held(service)
    service.received = 7
    leash.reached(START + STEP, 10)
    service.wall = PATIENCE_S - 1
    leash.reached(START + STEP, 10)
    assert stands_at(clock, START + LEAD)
    service.wall = PATIENCE_S
    leash.reached(START + STEP, 10)
    assert stands_at(clock, START + STEP + LEAD)
    leash.reached(START + 2 * STEP, 20)
    assert stands_at(clock, START + STEP + LEAD), "three were lost, ten are on their way"
    service.received = 17
    leash.reached(START + 2 * STEP, 20)
    assert stands_at(clock, START + 2 * STEP + LEAD)
