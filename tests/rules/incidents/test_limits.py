"""Time limits: hours run on, working days skip weekends and holidays; yellow, then red."""

from datetime import timedelta

import pytest

from domain.citytime import JINAN
from domain.incident import Card, Limit, LimitKind, Task, TaskState
from rules.incidents.limits import card, due, warns_at
from tests.rules.incidents.builders import DAYS, HOURS, NOON, hours, works
from tests.support.rules import local


def task(limit: Limit, state: TaskState = TaskState.HANDLING, **more: object) -> Task:
    return Task("市城管局", state, NOON, due(NOON, limit, works, JINAN.tz), limit, **more)  # type: ignore[arg-type]


def test_hours_run_through_the_night() -> None:
    assert due(NOON, HOURS, works, JINAN.tz) == hours(24)


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (1, "2026-09-30T00:00"),
        (2, "2026-10-01T00:00"),
        (3, "2026-10-10T00:00"),  # Friday the ninth
        (4, "2026-10-11T00:00"),  # Saturday the tenth is worked
        (5, "2026-10-13T00:00"),  # Monday the twelfth
    ],
)
def test_working_days_skip_what_is_off_and_count_what_is_made_up(days: int, end: str) -> None:
    assert due(NOON, Limit(LimitKind.WORKING_DAYS, days), works, JINAN.tz) == local(end)


@pytest.mark.parametrize(
    ("after", "expected"), [(17.99, Card.NONE), (18, Card.YELLOW), (23.99, Card.YELLOW), (24, Card.RED)]
)
def test_hours_are_yellow_at_three_quarters_and_red_when_over(after: float, expected: Card) -> None:
    assert card(task(HOURS), hours(after), works, JINAN.tz) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-10-09T23:59", Card.NONE),
        ("2026-10-10T00:00", Card.YELLOW),  # the working day before the last one
        ("2026-10-12T23:59", Card.YELLOW),
        ("2026-10-13T00:00", Card.RED),  # the first day over
    ],
)
def test_days_are_yellow_one_working_day_before_and_red_on_the_first_day_over(at: str, expected: Card) -> None:
    assert card(task(DAYS), local(at), works, JINAN.tz) is expected


def test_a_task_that_is_done_keeps_the_card_that_it_had() -> None:
    done = task(HOURS, TaskState.REPORTED, done_at=hours(10))
    assert card(done, hours(100), works, JINAN.tz) is Card.NONE


def test_a_suspended_task_has_no_card() -> None:
    assert card(task(HOURS, TaskState.SUSPENDED), hours(100), works, JINAN.tz) is Card.NONE


def test_an_extension_moves_the_warning_too() -> None:
    extended = Task("市城管局", TaskState.HANDLING, NOON, hours(48), HOURS)
    assert warns_at(extended, works, JINAN.tz) == NOON + timedelta(hours=36)
