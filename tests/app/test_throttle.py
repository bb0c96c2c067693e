"""A sender that raises events at full speed gets its share of the log, and its last word is told."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.throttle import OF_ALL, OF_SENDER, Throttle
from domain.record import EventType, NewEvent
from ingest.budget import Allowance

T0 = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


def event(number: int) -> NewEvent:
    return NewEvent(EventType.GATEWAY_STATUS, T0, {"n": number})


def test_a_flapping_sender_is_told_so_often_and_then_once_a_minute() -> None:
    throttle, told = Throttle(), list[int]()
    for number in range(36_000):  # an hour, ten times a second
        now = T0 + timedelta(seconds=number / 10)
        told += [int(late.data["n"]) for late in throttle.due(now)]
        if throttle.admits("g", event(number), now):
            told.append(number)
    assert 118 <= len(told) <= 121
    assert throttle.left_out + len(told) + len(throttle.waiting) == 36_000


def test_what_came_last_is_told_when_there_is_room_again() -> None:
    throttle = Throttle()
    admitted = [throttle.admits("g", event(n), T0) for n in range(100)]
    assert admitted == [True] * OF_SENDER.at_once + [False] * 40
    assert throttle.due(T0 + timedelta(seconds=59)) == []
    assert throttle.due(T0 + timedelta(seconds=61)) == [event(99)]
    assert throttle.due(T0 + timedelta(hours=1)) == []
    assert throttle.left_out == 39


def test_one_that_flaps_costs_the_others_nothing_and_all_together_have_an_end() -> None:
    throttle = Throttle()
    for number in range(1000):
        throttle.admits("g", event(number), T0)
    assert throttle.admits("h", event(0), T0)
    admitted = sum(throttle.admits(f"g{n}", event(n), T0) for n in range(OF_ALL.at_once * 2))
    assert admitted == OF_ALL.at_once - OF_SENDER.at_once - 1


def test_those_that_wait_are_bounded_and_the_rest_counted() -> None:
    throttle = Throttle(Allowance(at_once=1, per_hour=1), waiting=2)
    for name in ("a", "b", "c", "d", "b"):
        throttle.admits(name, event(ord(name)), T0)
    assert set(throttle.waiting) == {"b", "c"}
    assert throttle.left_out == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90)), max_size=400))
def test_every_event_is_told_waits_or_is_counted_and_the_newest_is_never_left_out(said: list[tuple[str, int]]) -> None:
    throttle, now, newest, told = Throttle(Allowance(5, 60)), T0, dict[str, NewEvent](), list[NewEvent]()
    for number, (sender, seconds) in enumerate(said):
        now += timedelta(seconds=seconds)
        told += throttle.due(now)
        newest[sender] = event(number)
        if throttle.admits(sender, newest[sender], now):
            told.append(newest[sender])
    assert len(told) + len(throttle.waiting) + throttle.left_out == len(said)
    assert all(last in told or throttle.waiting[sender] == last for sender, last in newest.items())
