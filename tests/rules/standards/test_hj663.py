"""Periods of air: percentiles, days needed, the composite index."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.period import PeriodKind
from rules.standards.gb3095_limits import Limits
from rules.standards.hj633 import Pollutant
from rules.standards.hj663 import composite_index, percentile, period_value, printed, reference, too_few


def _days(first: str, count: int) -> list[date]:
    start = date.fromisoformat(first)
    return [start + timedelta(days=n) for n in range(count)]


@pytest.mark.parametrize(
    ("share", "found"),
    [(Fraction(0), 10), (Fraction(1, 2), 25), (Fraction(90, 100), 37), (Fraction(95, 100), Fraction(77, 2)), (1, 40)],
)
def test_a_percentile_lies_between_its_neighbours(share: Fraction, found: Fraction) -> None:
    assert percentile([Fraction(v) for v in (40, 10, 30, 20)], Fraction(share)) == found


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([Fraction(7)], Fraction(9, 10)) == 7


MARCH, FEBRUARY = _days("2026-03-01", 31), _days("2026-02-01", 28)


@pytest.mark.parametrize(
    ("kind", "period", "valid", "why"),
    [
        (PeriodKind.MONTH, MARCH, 27, ""),
        (PeriodKind.MONTH, MARCH, 26, "26 of 27 days needed in month 3"),
        (PeriodKind.MONTH, FEBRUARY, 25, ""),
        (PeriodKind.MONTH, FEBRUARY, 24, "24 of 25 days needed in month 2"),
        (PeriodKind.YEAR, _days("2026-01-01", 365), 323, "323 of 324 days needed"),
        (PeriodKind.YEAR, _days("2026-01-01", 365), 361, ""),
        (PeriodKind.YEAR, _days("2026-01-01", 365), 330, "26 of 27 days needed in month 11"),
        (PeriodKind.YEAR, _days("2026-01-01", 365), 360, "26 of 27 days needed in month 12"),
        (PeriodKind.QUARTER, _days("2026-01-01", 90), 86, ""),
        (PeriodKind.QUARTER, _days("2026-01-01", 90), 85, "26 of 27 days needed in month 3"),
    ],
)
def test_a_closed_period_needs_its_days(kind: PeriodKind, period: list[date], valid: int, why: str) -> None:
    assert too_few(kind, period, period[:valid], closed=True) == why


@pytest.mark.parametrize(
    ("so_far", "valid", "why"), [(8, 6, ""), (8, 5, "5 of 6 days needed so far"), (1, 1, ""), (5, 4, "")]
)
def test_a_running_period_needs_three_quarters_of_its_days(so_far: int, valid: int, why: str) -> None:
    assert too_few(PeriodKind.YEAR, MARCH[:so_far], MARCH[:valid], closed=False) == why


def test_a_running_period_that_has_just_begun_has_no_value() -> None:
    assert too_few(PeriodKind.MONTH, [], [], closed=False) == "0 of 0 days needed so far"


def test_a_mean_stands_for_particles_and_a_percentile_for_ozone() -> None:
    days = {day: Fraction(n) for n, day in enumerate(MARCH)}
    pm = period_value(Pollutant.PM25, PeriodKind.MONTH, MARCH, days, closed=True)
    assert (pm.days, pm.mean, pm.percentile, pm.standing, pm.why) == (
        31,
        Fraction(15),
        Fraction(57, 2),
        Fraction(15),
        "",
    )
    ozone = period_value(Pollutant.O3, PeriodKind.MONTH, MARCH, days, closed=True)
    assert (ozone.mean, ozone.percentile, ozone.standing) == (Fraction(15), Fraction(27), Fraction(27))
    carbon = period_value(Pollutant.CO, PeriodKind.MONTH, MARCH, days, closed=True)
    assert carbon.standing == Fraction(57, 2)
    sulphur = period_value(Pollutant.SO2, PeriodKind.MONTH, MARCH, days, closed=True)
    assert (sulphur.standing, sulphur.percentile) == (Fraction(15), Fraction(30 * 98, 100))


def test_too_few_days_have_no_value_but_a_reason() -> None:
    found = period_value(Pollutant.NO2, PeriodKind.MONTH, MARCH, {MARCH[0]: Fraction(3)}, closed=True)
    assert (found.pollutant, found.days, found.mean, found.percentile) == (Pollutant.NO2, 1, None, None)
    assert found.standing is None
    assert found.why == "1 of 27 days needed in month 3"


def test_of_a_period_that_has_only_begun_a_day_is_enough() -> None:
    begun = period_value(Pollutant.NO2, PeriodKind.MONTH, MARCH[:1], {MARCH[0]: Fraction(3)}, closed=False)
    assert (begun.mean, begun.why) == (Fraction(3), "")
    assert period_value(Pollutant.NO2, PeriodKind.MONTH, MARCH[:1], {}, closed=False).why == "0 of 1 days needed so far"


LIMITS = {Pollutant.SO2: 60, Pollutant.NO2: 40, Pollutant.CO: 4, Pollutant.O3: 160}


@pytest.mark.parametrize(
    ("limits", "pm10", "pm25"), [(Limits.Y2012, 70, 35), (Limits.TRANSITIONAL, 60, 30), (Limits.FINAL, 50, 25)]
)
def test_periods_are_held_against_annual_limits_and_daily_ones_of_carbon_monoxide_and_ozone(
    limits: Limits, pm10: int, pm25: int
) -> None:
    assert (reference(Pollutant.PM10, limits), reference(Pollutant.PM25, limits)) == (pm10, pm25)
    if limits is not Limits.FINAL:
        assert {p: reference(p, limits) for p in LIMITS} == LIMITS


VALUES = {
    Pollutant.SO2: Fraction(12),
    Pollutant.NO2: Fraction(30),
    Pollutant.CO: Fraction("1.26"),
    Pollutant.O3: Fraction(184),
    Pollutant.PM10: Fraction("83.5"),
    Pollutant.PM25: Fraction(42),
}


def test_the_composite_index_sums_the_printed_values_over_their_limits() -> None:
    found = composite_index(VALUES, Limits.Y2012)
    # 12/60 + 30/40 + 1.3/4 + 184/160 + 84/70 + 42/35
    assert found.value == Fraction(2, 10) + Fraction(75, 100) + Fraction(13, 40) + Fraction(115, 100) + 2 * Fraction(
        12, 10
    )
    assert printed(found.value) == Decimal("4.82")
    assert found.largest == (Pollutant.PM10, Pollutant.PM25)
    assert found.missing == ()


def test_without_a_pollutant_there_is_no_index_and_none_is_largest() -> None:
    found = composite_index({p: v for p, v in VALUES.items() if p is not Pollutant.O3}, Limits.TRANSITIONAL)
    assert (found.value, found.missing, found.largest) == (None, (Pollutant.O3,), ())
    assert found.parts[Pollutant.PM25] == Fraction(42, 30)


def test_an_index_is_printed_half_even() -> None:
    assert [str(printed(Fraction(n, 1000))) for n in (4825, 4835, 4000)] == ["4.82", "4.84", "4.00"]
