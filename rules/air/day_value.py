"""The daily values of a station from its hours: 24 h means, the largest 8 h and 1 h mean of ozone (GB 3095, HJ 633).

`rules.standards.gb3095` is the reference, in exact fractions. Here the same is done in whole thousandths, which is many
times faster, wherever the values have no more than three decimals; a property test holds the two together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import Final

from rules.air.day_hours import Hour
from rules.standards.gb3095 import (
    HOURS_OF_DAY,
    HOURS_OF_WINDOW,
    OZONE_LIMIT,
    WINDOW,
    WINDOWS_OF_DAY,
    daily_mean,
    mda8,
)
from rules.standards.hj633 import Pollutant, Scale
from rules.standards.water_evaluation import exactly

THOUSANDTHS: Final = 1000
_COMMON: Final = 168
"""The least common multiple of 6, 7 and 8: so sums of 6 to 8 hours compare as means without a fraction."""
_PLACE: Final = {p: n for n, p in enumerate(Pollutant)}
MEANS: Final = {
    Pollutant.SO2: Scale.SO2_24H,
    Pollutant.NO2: Scale.NO2_24H,
    Pollutant.CO: Scale.CO_24H,
    Pollutant.PM10: Scale.PM10_24H,
    Pollutant.PM25: Scale.PM25_24H,
}
"""What a day's mean is called; ozone has none."""


@dataclass(frozen=True, slots=True)
class StationDay:
    """A day of a station: its valid daily values (µg/m³, CO mg/m³), and how many valid hours each pollutant has."""

    values: Mapping[Scale, Fraction] = field(default_factory=dict)
    hours: Mapping[Pollutant, int] = field(default_factory=dict)


def station_day(hours: Mapping[int, Hour], length: int) -> StationDay:
    """Return the daily values from a day's hours by number (1 … `length`), those that do not count left out.

    Pure and without state: the same rows give the same values, whoever asks.
    """
    values: dict[Scale, Fraction] = {}
    counts: dict[Pollutant, int] = {}
    for pollutant in Pollutant:
        place = _PLACE[pollutant]
        column = [hours[n].values[place] if n in hours else None for n in range(1, length + 1)]
        counts[pollutant] = sum(v is not None for v in column)
        values |= _ozone(column) if pollutant is Pollutant.O3 else _mean(MEANS[pollutant], column)
    return StationDay(values, {p: n for p, n in counts.items() if n})


def _mean(scale: Scale, column: Sequence[float | None]) -> dict[Scale, Fraction]:
    whole = thousandths(column)
    if whole is None:
        found = daily_mean(column)
    else:
        valid = [n for n in whole if n is not None]
        found = Fraction(sum(valid), THOUSANDTHS * len(valid)) if len(valid) >= HOURS_OF_DAY else None
    return {} if found is None else {scale: found}


def _ozone(column: Sequence[float | None]) -> dict[Scale, Fraction]:
    """Return the largest 8 h mean, and the largest 1 h mean if there are as many hours as a mean needs (our choice)."""
    whole = thousandths(column)
    largest = mda8(column) if whole is None else _mda8(whole)
    found = {} if largest is None else {Scale.O3_8H: largest}
    valid = [v for v in column if v is not None]
    return found | {Scale.O3_1H: exactly(max(valid))} if len(valid) >= HOURS_OF_DAY else found


def _mda8(hours: Sequence[int | None]) -> Fraction | None:
    sums = list(accumulate((n or 0 for n in hours), initial=0))
    counts = list(accumulate((n is not None for n in hours), initial=0))
    ends = range(WINDOW, len(hours) + 1)
    windows = [(sums[n] - sums[n - WINDOW], counts[n] - counts[n - WINDOW]) for n in ends]
    means = [total * (_COMMON // valid) for total, valid in windows if valid >= HOURS_OF_WINDOW]
    if not means:
        return None
    largest = Fraction(max(means), _COMMON * THOUSANDTHS)
    return largest if len(means) >= WINDOWS_OF_DAY or largest > OZONE_LIMIT else None


def thousandths(column: Sequence[float | None]) -> list[int | None] | None:
    """Return the values as whole thousandths; None when one of them has more than three decimals."""
    whole = [None if v is None else round(v * THOUSANDTHS) for v in column]
    same = all(n is None or n / THOUSANDTHS == v for n, v in zip(whole, column, strict=True))
    return whole if same else None
