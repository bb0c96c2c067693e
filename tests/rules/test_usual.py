"""What is usual at each hour of a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citytime import JINAN
from domain.history import Published
from rules.usual import BACK, LEAST, is_weekend, usual
from tests.support.history import of_hour

MONDAY = date(2026, 11, 23)
MORNING = 0
"""The hour of `of_hour` that begins at 08:00 of that Monday."""


def at(day_offset: int, value: float | None, hour: int = MORNING) -> Published:
    """The hour that begins at 08:00 + `hour` of a day, counted from the Monday."""
    found = of_hour(24 * day_offset + hour)
    return replace(found, measure=replace(found.measure, value=value))


def eight(found: Sequence[Published], day: date = MONDAY) -> tuple[float | None, float | None, int]:
    hour = usual(found, day, JINAN.tz)[8]
    assert hour.period.name == f"{day}T08"
    return hour.value, hour.usual, hour.days


def test_a_working_day_is_held_against_working_days_and_the_weekend_against_weekends() -> None:
    fridays_and_saturdays = [at(-3 - 7 * n, 50.0) for n in range(4)] + [at(-2 - 7 * n, 10.0) for n in range(4)]
    assert eight([*fridays_and_saturdays, at(0, 70.0)]) == (70.0, 50.0, 4)
    assert eight(fridays_and_saturdays, date(2026, 11, 29)) == (
        None,
        10.0,
        3,
    )  # the oldest is four weeks and a day away


def test_too_few_days_say_nothing_and_unknown_hours_do_not_count() -> None:
    known = [at(-3, 40.0), at(-4, 60.0), at(-5, None)]
    assert eight(known) == (None, None, 2)
    assert eight([*known, at(-6, 50.0)]) == (None, 50.0, 3)


def test_an_hour_that_is_not_closed_has_no_value_and_its_day_has_all_its_hours() -> None:
    hours = usual([at(0, 70.0)], MONDAY, JINAN.tz)
    assert [h.period.local_hour for h in hours] == list(range(24))
    assert [h.value for h in hours if h.value is not None] == [70.0]


@given(st.lists(st.floats(0, 100), min_size=LEAST, max_size=20))
def test_the_usual_value_is_the_median_between_the_quartiles(values: list[float]) -> None:
    days = [-n for n in range(1, BACK.days + 1) if not is_weekend(MONDAY - timedelta(days=n))]
    hour = usual([at(n, v) for n, v in zip(days, values, strict=False)], MONDAY, JINAN.tz)[8]
    assert hour.usual == pytest.approx(median(values))
    low, middle, high = (v if v is not None else -1.0 for v in (hour.low, hour.usual, hour.high))
    assert 0 <= low <= middle <= high


def test_a_day_of_25_hours_has_25() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert len(usual([], date(2026, 10, 25), berlin)) == 25
