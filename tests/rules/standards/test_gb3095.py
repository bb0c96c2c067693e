"""GB 3095, table 4: with one value less an average is not valid; the moving ozone means; means of a city."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from rules.standards.gb3095 import (
    city_mean,
    daily_mean,
    days_needed,
    mda8,
    mean,
    monthly_mean,
    moving_mean,
    yearly_mean,
)

NONE: list[float | None] = [None]


def test_a_mean_is_exact() -> None:
    assert mean([0.1, 0.2]) == Fraction(3, 20)
    assert mean([1, Fraction(1, 3)]) == Fraction(2, 3)


def test_a_daily_mean_needs_20_hours_and_takes_all_valid_ones() -> None:
    assert daily_mean([*[2.0] * 19, 22.0, *NONE * 4]) == 3
    assert daily_mean([*[2.0] * 19, *NONE * 5]) is None
    assert daily_mean([1.5] * 24) == Fraction(3, 2)


def test_a_moving_ozone_mean_needs_6_of_8_hours() -> None:
    assert moving_mean([60, 60, 60, 60, 60, 66, None, None]) == 61
    assert moving_mean([60, 60, 60, 60, 60, None, None, None]) is None


def test_the_largest_moving_mean_is_among_those_that_end_from_08_to_24() -> None:
    hours = [*[200.0] * 7, *[20.0] * 17]
    assert mda8(hours) == Fraction(7 * 200 + 20, 8)  # ends 08:00; earlier ones take no part
    assert mda8([*[20.0] * 16, *[100.0] * 8]) == 100  # ends 24:00


def test_a_day_with_fewer_than_14_moving_means_counts_only_above_the_limit() -> None:
    def day(missing: int, value: float) -> Fraction | None:
        return mda8([*NONE * missing, *[value] * (24 - missing)])

    assert day(5, 160.0) == 160  # 14 moving means, of labels 11:00 … 24:00
    assert day(6, 160.0) is None  # 13 of them
    assert day(6, 161.0) == 161
    assert day(24, 0.0) is None


@pytest.mark.parametrize(("month", "needed"), [(1, 27), (2, 25), (4, 27), (12, 27)])
def test_a_month_needs_27_days_and_february_25(month: int, needed: int) -> None:
    assert days_needed(month) == needed
    assert monthly_mean(month, [3.0] * needed) == 3
    assert monthly_mean(month, [3.0] * (needed - 1)) is None


def _year(without: set[date]) -> dict[date, float]:
    days = (date(2025, 1, 1) + timedelta(days=n) for n in range(365))
    return {day: 10.0 for day in days if day not in without}


def test_a_year_needs_324_days_and_every_month() -> None:
    spread = [date(2025, month, day) for month in (1, 3, 5, 7, 8, 10, 12) for day in range(1, 5)]
    spread += [date(2025, month, day) for month in (2, 4, 6, 9) for day in range(1, 4)]
    spread += [date(2025, 11, 1)]
    assert len(spread) == 41
    assert yearly_mean(_year(set(spread))) == 10
    assert yearly_mean(_year({*spread, date(2025, 11, 2)})) is None
    assert yearly_mean(_year({date(2025, 6, day) for day in range(1, 5)})) is None
    assert yearly_mean(_year({date(2025, 6, day) for day in range(1, 4)})) == 10


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_of_a_valid_year_is_valid_by_itself(month: int) -> None:
    days = [day for day in _year(set()) if day.month == month]
    spare = len(days) - days_needed(month)
    assert yearly_mean(_year(set(days[:spare]))) == 10
    assert yearly_mean(_year(set(days[: spare + 1]))) is None


@pytest.mark.parametrize(
    ("valid", "expected", "found"),
    [(6, 8, 5), (5, 8, None), (3, 4, 10), (2, 3, None), (2, 2, 15), (1, 1, 30), (0, 0, None)],
)
def test_a_city_needs_three_quarters_of_its_points(valid: int, expected: int, found: int | None) -> None:
    assert city_mean(Fraction(30), valid, expected) == found
