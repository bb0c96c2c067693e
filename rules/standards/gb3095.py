"""GB 3095-2026 table 4 and HJ 663-2013: how much data an average needs, moving ozone means, means of a city.

The numbers of the 2012 edition are the same. An average with too little data is None; all valid data take part.
Hours are labelled by their end, so a day is the labels 01:00 … 24:00.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from rules.standards.hj633 import Number
from rules.standards.water_evaluation import exactly

HOURS_OF_DAY: Final = 20
"""Of the 24 hourly means of a day so many make its mean valid."""
WINDOW: Final = 8
HOURS_OF_WINDOW: Final = 6
"""Of the 8 hourly ozone means of a moving mean so many make it valid."""
WINDOWS_OF_DAY: Final = 14
"""Of the 17 moving ozone means of a day (ending 08:00 … 24:00) so many make its largest valid."""
OZONE_LIMIT: Final = 160
"""The limit of MDA8 (class 2 areas, µg/m³, every edition): above it a day counts with fewer moving means, too."""
DAYS_OF_MONTH: Final = 27
DAYS_OF_FEBRUARY: Final = 25
DAYS_OF_YEAR: Final = 324
CITY_SHARE: Final = Fraction(75, 100)
"""Of a city's points so many must be valid."""
_FEBRUARY: Final = 2
_MONTHS: Final = 12


def mean(values: Collection[Number]) -> Fraction:
    """Return the exact arithmetic mean; a float stands for the number it was written as."""
    exact = (exactly(v) if isinstance(v, float) else Fraction(v) for v in values)
    return sum(exact, Fraction(0)) / len(values)


def daily_mean(hours: Sequence[Number | None]) -> Fraction | None:
    """Return the mean of a calendar day (SO2, NO2, CO, PM10, PM2.5) from its hourly means, None for invalid ones."""
    return _mean_of(hours, HOURS_OF_DAY)


def moving_mean(window: Sequence[Number | None]) -> Fraction | None:
    """Return the 8 h ozone mean of the 8 hourly means that end with the label, None for invalid ones."""
    return _mean_of(window, HOURS_OF_WINDOW)


def mda8(hours: Sequence[Number | None]) -> Fraction | None:
    """Return the largest 8 h ozone mean of a day from its 24 hourly means (01:00 … 24:00), None for invalid ones."""
    windows = [moving_mean(hours[n - WINDOW : n]) for n in range(WINDOW, len(hours) + 1)]
    valid = [mean for mean in windows if mean is not None]
    largest = max(valid, default=None)
    enough = len(valid) >= WINDOWS_OF_DAY or (largest is not None and largest > OZONE_LIMIT)
    return largest if enough else None


def days_needed(month: int) -> int:
    """Return how many daily values make a calendar month (1…12) valid."""
    return DAYS_OF_FEBRUARY if month == _FEBRUARY else DAYS_OF_MONTH


def monthly_mean(month: int, days: Collection[Number]) -> Fraction | None:
    """Return the mean of a month from its valid daily values."""
    return mean(days) if len(days) >= days_needed(month) else None


def yearly_mean(days: Mapping[date, Number]) -> Fraction | None:
    """Return the mean of a year from its valid daily values: 324 of them, and every month valid by itself."""
    by_month = [sum(day.month == month for day in days) >= days_needed(month) for month in range(1, _MONTHS + 1)]
    return mean(days.values()) if len(days) >= DAYS_OF_YEAR and all(by_month) else None


def city_mean(total: Fraction, valid: int, expected: int) -> Fraction | None:
    """Return a city's mean from the sum over its `valid` points, of `expected` ones in all."""
    if not valid or valid * CITY_SHARE.denominator < expected * CITY_SHARE.numerator:
        return None
    return total if valid == 1 else total / valid


def _mean_of(values: Sequence[Number | None], at_least: int) -> Fraction | None:
    valid = [v for v in values if v is not None]
    return mean(valid) if len(valid) >= at_least else None
