"""A station's daily values, against the reference in exact fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.air.day_hours import Hour
from rules.air.day_value import MEANS, station_day, thousandths
from rules.standards.gb3095 import HOURS_OF_DAY, daily_mean, mda8
from rules.standards.hj633 import Pollutant, Scale
from rules.standards.water_evaluation import exactly

VALUE = st.none() | st.integers(0, 400).map(float) | st.integers(0, 9999).map(lambda n: n / 10) | st.floats(0, 500)
COLUMN = st.lists(VALUE | st.just(160.0), min_size=25, max_size=25)


@given(st.lists(COLUMN, min_size=6, max_size=6), st.sampled_from([23, 24, 25]), st.integers(0, 8))
def test_daily_values_are_those_of_the_reference(columns: list[list[float | None]], length: int, gaps: int) -> None:
    hours = {n: Hour(tuple(c[n - 1] for c in columns), "") for n in range(1 + gaps, length + 1)}
    found = station_day(hours, length)
    for place, pollutant in enumerate(Pollutant):
        column = [hours[n].values[place] if n in hours else None for n in range(1, length + 1)]
        valid = [v for v in column if v is not None]
        assert found.hours.get(pollutant, 0) == len(valid)
        if pollutant is Pollutant.O3:
            assert found.values.get(Scale.O3_8H) == mda8(column)
            largest = exactly(max(valid)) if len(valid) >= HOURS_OF_DAY else None
            assert found.values.get(Scale.O3_1H) == largest
        else:
            assert found.values.get(MEANS[pollutant]) == daily_mean(column)


@pytest.mark.parametrize(("hours", "valid"), [(20, True), (19, False)])
def test_a_day_needs_20_hours(hours: int, *, valid: bool) -> None:
    found = station_day({n: Hour((3.0, None, None, 40.0, None, None), "") for n in range(1, hours + 1)}, 24)
    assert found.values.get(Scale.SO2_24H) == (Fraction(3) if valid else None)
    assert found.values.get(Scale.O3_1H) == (Fraction(40) if valid else None)
    assert (Scale.O3_8H in found.values) is (hours >= 19)
    assert found.hours == {Pollutant.SO2: hours, Pollutant.O3: hours}


def test_a_day_with_few_moving_means_counts_only_above_the_limit() -> None:
    def largest(value: float) -> Fraction | None:
        hours = {n: Hour((None, None, None, value, None, None), "") for n in range(1, 13)}
        return station_day(hours, 24).values.get(Scale.O3_8H)

    assert largest(160.0) is None
    assert largest(160.5) == Fraction(321, 2)


def test_thousandths_are_exact_or_nothing() -> None:
    assert thousandths([0.1, None, 75.5, 0.001, 12345.678]) == [100, None, 75500, 1, 12345678]
    assert thousandths([0.1, 0.0001]) is None
    assert thousandths([0.1 + 0.2]) is None
