"""What automatic stations of rivers and lakes say of months, over columns; exactly as `rules.water.month` has it.

Values are whole numbers of a common part, for pH the hydrogen ions to the digits of the scalar rule, cut into pieces
that add up in 64 bits.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

import numpy as np

from domain.instants import micros
from domain.kinds import KINDS
from domain.period import Period, midnight
from rules.columnar.exact import NONE, SCALE, scaled
from rules.columnar.table import Bools, Floats, Ints, Table
from rules.columnar.versions import Versions, in_service
from rules.indicator import World
from rules.standards.gb3838 import AUTO5
from rules.standards.water_evaluation import amount
from rules.water.month import StationMonth
from rules.water.samples import INVALIDATING, VALUES_PER_DAY

KIND: Final = KINDS["river_section"]
_BITS: Final = 32
"""Of a piece: a month of 2³¹ values fits."""
_PIECE: Final = (1 << _BITS) - 1


class _Rows(NamedTuple):
    """The values that count, in the order of station and day: where each day of a station begins, and which it is."""

    keep: Ints
    begins: Ints
    code: Ints
    """station x months + month, of each day of a station."""


class _Amounts(NamedTuple):
    """What is averaged of an item: whole numbers of 1 / `parts`, the pieces of each in turn, low ones first."""

    pieces: Sequence[Ints]
    parts: int


def station_months(table: Table, months: Sequence[Period], world: World) -> dict[str, dict[date, StationMonth]]:
    """Return what stations say of months that follow one another, by section and first day; none of silent ones.

    Values are 0 and above, as the kind's ranges have it.
    """
    versions = Versions.of_kind(world.register, KIND.name)
    rows = _rows(table, months, versions, world)
    days, sums = defaultdict[int, dict[str, int]](dict), defaultdict[int, dict[str, Fraction]](dict)
    measured = defaultdict[int, set[str]](set)
    for item in AUTO5 if len(rows.keep) else ():
        values = table.values[item][rows.keep]
        there = np.add.reduceat((~np.isnan(values)).astype(np.int64), rows.begins)
        for code in np.unique(rows.code[there > 0]).tolist():
            measured[code].add(item)
        for code, count, total in _sums(_amounts(item, values), there, rows):
            days[code][item] = days[code].get(item, 0) + count
            sums[code][item] = sums[code].get(item, Fraction(0)) + total
    found = defaultdict[str, dict[date, StationMonth]](dict)
    for code, items in measured.items():
        station, month = divmod(code, len(months))
        amounts = {item: total / days[code][item] for item, total in sums[code].items()}
        found[versions.ids[station]][months[month].first_day] = StationMonth(days[code], amounts, frozenset(items))
    return found


def _rows(table: Table, months: Sequence[Period], versions: Versions, world: World) -> _Rows:
    """Return the rows of sections in service, without a fault that makes them invalid."""
    every = [day for month in months for day in month.days()]
    starts = np.array([micros(midnight(day, world.place.tz)) for day in every], dtype=np.int64)
    inside = (table.at >= starts[0]) & (table.at < micros(months[-1].end))
    keep = np.flatnonzero(inside & _served(table, versions) & ~table.faulty(INVALIDATING))
    day = np.searchsorted(starts, table.at[keep], side="right") - 1
    codes = versions.numbers(table)[table.device[keep]] * len(every) + day
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    station, first = np.divmod(codes[begins], len(every))
    month_of = np.repeat(np.arange(len(months)), [len(month.days()) for month in months])
    return _Rows(keep, begins, station * len(months) + month_of[first])


def _served(table: Table, versions: Versions) -> Bools:
    """Return which rows are of a section that was in service at their instant."""
    found, bounds, places = np.zeros(len(table), dtype=np.bool_), table.bounds(), versions.places(table)
    for n in np.flatnonzero(versions.which(in_service)).tolist():
        place = places[versions.of[n]]
        if place >= 0:
            first, end = bounds[place], bounds[place + 1]
            low, high = np.searchsorted(table.at[first:end], [versions.start[n], versions.end[n]], side="left")
            found[first + low : first + high] = True
    return found


def _amounts(item: str, values: Floats) -> _Amounts:
    """Return what is averaged of an item. Where ten-thousandths do not say it, each distinct value is looked at."""
    whole, inexact = scaled(values)
    if item != "ph" and not inexact.any():
        return _Amounts([np.where(whole == NONE, 0, whole)], SCALE)
    distinct, place = np.unique(values, return_inverse=True)
    exact = [amount(item, value) if value == value else Fraction(0) for value in distinct.tolist()]  # noqa: PLR0124
    parts = lcm(*(each.denominator for each in exact))
    numbers = [each.numerator * (parts // each.denominator) for each in exact]
    longest = max(number.bit_length() for number in numbers)
    pieces = [[number >> shift & _PIECE for number in numbers] for shift in range(0, longest, _BITS)]
    return _Amounts([np.array(piece, dtype=np.int64)[place] for piece in pieces], parts)


def _sums(amounts: _Amounts, there: Ints, rows: _Rows) -> Iterator[tuple[int, int, Fraction]]:
    """Yield by month of a station the number of days with a mean and the sum of these, days of equal length together.

    `there`: how many values each day of a station has.
    """
    good, width = there >= VALUES_PER_DAY, int(there.max()) + 1
    keys, place = np.unique(rows.code[good] * width + there[good], return_inverse=True)
    days = np.bincount(place, minlength=len(keys))
    totals = np.zeros((len(amounts.pieces), len(keys)), dtype=np.int64)
    for total, piece in zip(totals, amounts.pieces, strict=True):
        np.add.at(total, place, np.add.reduceat(piece, rows.begins)[good])
    for key, count, pieces in zip(keys.tolist(), days.tolist(), totals.T.tolist(), strict=True):
        code, values = divmod(key, width)
        whole = sum(piece << _BITS * n for n, piece in enumerate(pieces))
        yield code, count, Fraction(whole, values * amounts.parts)
