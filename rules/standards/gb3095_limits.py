"""GB 3095, table 1: the limits of the six pollutants, by the edition that covers a day. µg/m³, CO mg/m³.

The edition of 2026 has transitional limits until the end of 2030 and its final ones from then on.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rules.standards.hj633 import Pollutant


class Limits(StrEnum):
    """A set of limits, with how it is cited."""

    Y2012 = "GB 3095-2012"
    TRANSITIONAL = "GB 3095-2026, transitional"
    FINAL = "GB 3095-2026"


class Over(StrEnum):
    """The averaging time of a limit. For ozone, a day's is that of its largest 8 h mean."""

    YEAR = "year"
    DAY = "day"
    HOUR = "hour"


_BEGIN: Final = {
    Limits.FINAL: date(2031, 1, 1),
    Limits.TRANSITIONAL: date(2026, 3, 1),
    Limits.Y2012: date(2012, 1, 1),
}
_TABLE: Final = """
so2  | year | 20 60   | 20 60   | 20 20
so2  | day  | 50 150  | 50 150  | 50 50
so2  | hour | 150 500 | 150 500 | 150 150
no2  | year | 40 40   | 40 40   | 30 30
no2  | day  | 80 80   | 80 80   | 50 50
no2  | hour | 200 200 | 200 200 | 200 200
co   | day  | 4 4     | 4 4     | 4 4
co   | hour | 10 10   | 10 10   | 10 10
o3   | day  | 100 160 | 100 160 | 100 160
o3   | hour | 160 200 | 160 200 | 160 200
pm10 | year | 40 70   | 40 60   | 20 50
pm10 | day  | 50 150  | 50 120  | 50 100
pm25 | year | 15 35   | 15 30   | 10 25
pm25 | day  | 35 75   | 35 60   | 25 50
"""
"""Pollutant, averaging time; classes 1 and 2 in 2012, transitional, final."""

Key = tuple[Pollutant, Over]


def _parsed() -> Mapping[tuple[Limits, int], Mapping[Key, int]]:
    found: dict[tuple[Limits, int], dict[Key, int]] = {}
    for line in _TABLE.strip().splitlines():
        name, over, *columns = (cell.strip() for cell in line.split("|"))
        for limits, cells in zip((Limits.Y2012, Limits.TRANSITIONAL, Limits.FINAL), columns, strict=True):
            for number, cell in enumerate(cells.split(), 1):
                found.setdefault((limits, number), {})[Pollutant(name), Over(over)] = int(cell)
    return MappingProxyType(found)


_LIMITS: Final = _parsed()
TOWNS: Final = 2
"""Class 2 areas: towns, industry, countryside. Class 1 are nature reserves and scenic areas."""


def limits_of_day(day: date) -> Limits:
    """Return the limits that cover a calendar day.

    Raises:
        ValueError: the day is before the edition of 2012.
    """
    for limits, begin in _BEGIN.items():
        if day >= begin:
            return limits
    raise ValueError(f"no edition of GB 3095 covers {day.isoformat()}")


def limit(limits: Limits, pollutant: Pollutant, over: Over, area_class: int = TOWNS) -> int | None:
    """Return a limit, or None where the standard has none (CO and O3 have no annual one). `area_class`: 1 or 2."""
    return _LIMITS[limits, area_class].get((pollutant, over))
