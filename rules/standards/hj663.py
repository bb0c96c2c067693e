"""HJ 663-2013: what a month, a quarter and a year say of each pollutant; and the composite index of a city.

The texts were not at hand. Which percentile stands for which pollutant, how it is interpolated and the composite index
(环境空气质量综合指数: the sum of concentrations over limits) are as the national bulletins use them; HJ 663-2026
may differ. Days needed: GB 3095 table 4. µg/m³, CO mg/m³, everything exact until it is rounded for print.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from domain.period import PeriodKind
from rules.standards.gb3095 import DAYS_OF_YEAR, days_needed, mean
from rules.standards.gb3095_limits import Limits, Over, limit
from rules.standards.hj633 import Pollutant, Scale, rounded

DAILY_VALUE: Final[Mapping[Pollutant, Scale]] = MappingProxyType(
    {
        Pollutant.SO2: Scale.SO2_24H,
        Pollutant.NO2: Scale.NO2_24H,
        Pollutant.CO: Scale.CO_24H,
        Pollutant.O3: Scale.O3_8H,
        Pollutant.PM10: Scale.PM10_24H,
        Pollutant.PM25: Scale.PM25_24H,
    }
)
"""The daily value that periods are made of."""
PERCENTILE: Final[Mapping[Pollutant, Fraction]] = MappingProxyType(
    {
        Pollutant.SO2: Fraction(98, 100),
        Pollutant.NO2: Fraction(98, 100),
        Pollutant.CO: Fraction(95, 100),
        Pollutant.O3: Fraction(90, 100),
        Pollutant.PM10: Fraction(95, 100),
        Pollutant.PM25: Fraction(95, 100),
    }
)
"""Which percentile of the daily values a period is judged by."""
BY_PERCENTILE: Final = frozenset({Pollutant.CO, Pollutant.O3})
"""Their percentile stands for a period, since they have no annual limit; of the others it is the mean."""
SHARE_SO_FAR: Final = Fraction(75, 100)
"""Of the days of a running period so many make its provisional value (our choice)."""
INDEX_DECIMALS: Final = 2


def percentile(values: Collection[Fraction], share: Fraction) -> Fraction:
    """Return a percentile of at least one value, linear between its neighbours: place 1 + (n - 1) · share."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def too_few(kind: PeriodKind, period: Collection[date], valid: Collection[date], *, closed: bool) -> str:
    """Return why the valid days do not make a period valid, or nothing. `period`: its days, if running those so far.

    A month needs 27 days, February 25; a year 324 and every month; a quarter every month (our choice).
    """
    if not closed:
        needed = -(-len(period) * SHARE_SO_FAR // 1)
        return "" if period and len(valid) >= needed else f"{len(valid)} of {needed} days needed so far"
    if kind is PeriodKind.YEAR and len(valid) < DAYS_OF_YEAR:
        return f"{len(valid)} of {DAYS_OF_YEAR} days needed"
    for month in sorted({day.month for day in period}):
        found = sum(day.month == month for day in valid)
        if found < days_needed(month):
            return f"{found} of {days_needed(month)} days needed in month {month}"
    return ""


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """A pollutant over a period. `mean` and `percentile` are None when too few days are valid; `why` says so."""

    pollutant: Pollutant
    days: int
    """Days with a valid daily value."""
    mean: Fraction | None
    percentile: Fraction | None
    why: str = ""

    @property
    def standing(self) -> Fraction | None:
        """The one that stands for the period: the percentile of CO and O3, the mean of the others."""
        return self.percentile if self.pollutant in BY_PERCENTILE else self.mean


def period_value(
    pollutant: Pollutant, kind: PeriodKind, period: Collection[date], days: Mapping[date, Fraction], *, closed: bool
) -> PeriodValue:
    """Return what a period says of a pollutant, from its valid daily values."""
    why = too_few(kind, period, days, closed=closed)
    if why:
        return PeriodValue(pollutant, len(days), None, None, why)
    return PeriodValue(pollutant, len(days), mean(days.values()), percentile(days.values(), PERCENTILE[pollutant]))


def reference(pollutant: Pollutant, limits: Limits) -> int:
    """Return the limit that a period is held against: the annual one, the daily one of CO and O3 (class 2)."""
    found = limit(limits, pollutant, Over.DAY if pollutant in BY_PERCENTILE else Over.YEAR)
    if found is None:  # pragma: no cover - the tables have them all
        raise ValueError(f"{limits.value} has no limit of {pollutant.label}")
    return found


@dataclass(frozen=True, slots=True)
class CompositeIndex:
    """The composite index and its parts, unrounded; `value` is None while a pollutant is missing."""

    value: Fraction | None
    parts: Mapping[Pollutant, Fraction]
    missing: tuple[Pollutant, ...]

    @property
    def largest(self) -> tuple[Pollutant, ...]:
        """The pollutants with the largest part (首要污染物 of a period); ties all named, none while one is missing."""
        if self.value is None:
            return ()
        return tuple(p for p, part in self.parts.items() if part == max(self.parts.values()))


def composite_index(values: Mapping[Pollutant, Fraction], limits: Limits) -> CompositeIndex:
    """Return the sum of concentration ÷ limit over the six pollutants, from the values as they are printed."""
    parts = {p: Fraction(rounded(p, values[p])) / reference(p, limits) for p in Pollutant if p in values}
    missing = tuple(p for p in Pollutant if p not in values)
    return CompositeIndex(None if missing else sum(parts.values(), Fraction(0)), parts, missing)


def printed(index: Fraction) -> Decimal:
    """Return an index as it is printed: two decimals, half-even (GB/T 8170)."""
    return Decimal(round(index * 10**INDEX_DECIMALS)).scaleb(-INDEX_DECIMALS)
