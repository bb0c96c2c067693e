"""The daily values of stations over columns: 24 h means, the largest 8 h and 1 h mean of ozone (GB 3095, HJ 633)."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

import numpy as np

from rules.air.day_hours import Hour
from rules.air.day_value import MEANS, StationDay, station_day
from rules.columnar.exact import NONE, SCALE, scaled
from rules.columnar.table import Bools, Ints
from rules.standards.gb3095 import HOURS_OF_DAY, HOURS_OF_WINDOW, OZONE_LIMIT, WINDOW, WINDOWS_OF_DAY
from rules.standards.hj633 import Pollutant, Scale

LONGEST: Final = 25
"""Hours of a day; longer ones, of zones that do not exist, are left to the scalar rules."""
_COMMON: Final = lcm(*range(HOURS_OF_DAY, LONGEST + 1), *range(HOURS_OF_WINDOW, WINDOW + 1))
"""So sums of as many hours as means are made of add up without a fraction."""
_ABSENT: Final = (None,) * len(Pollutant)


class Value(NamedTuple):
    """A daily value by day and station: `total` over `parts` of ten-thousandths, where there is one."""

    total: Ints
    parts: int
    there: Bools


def station_days(values: Ints, length: Ints) -> dict[Scale, Value]:
    """Return the daily values from hours (pollutant, day, hour, station; ten-thousandths); as `rules.air.day_value`."""
    found: dict[Scale, Value] = {}
    for n, pollutant in enumerate(Pollutant):
        there = values[n] != NONE
        count = there.sum(axis=1)
        having = count >= HOURS_OF_DAY
        if pollutant is Pollutant.O3:
            largest = values[n].max(axis=1)
            found[Scale.O3_8H] = _mda8(values[n], there, length)
            found[Scale.O3_1H] = Value(np.where(having, largest, 0), 1, having)
        else:
            total = np.where(there, values[n], 0).sum(axis=1)
            share = np.where(having, _COMMON // np.maximum(count, 1), 0)
            found[MEANS[pollutant]] = Value(total * share, _COMMON, having)
    return found


def _mda8(values: Ints, there: Bools, length: Ints) -> Value:
    """Return the largest moving 8 h mean of each day and station."""
    sums = _moving(np.where(there, values, 0))
    counts = _moving(there.astype(np.int64))
    ends = np.arange(WINDOW, values.shape[1] + 1)
    good = (counts >= HOURS_OF_WINDOW) & (ends[None, :, None] <= length[:, None, None])
    means = np.where(good, sums * (_COMMON // np.maximum(counts, 1)), NONE)
    largest = means.max(axis=1)
    known = (good.sum(axis=1) >= WINDOWS_OF_DAY) | (largest > OZONE_LIMIT * SCALE * _COMMON)
    return Value(np.where(known, largest, 0), _COMMON, known & (largest != NONE))


def _moving(hours: Ints) -> Ints:
    """Return the sums over each eight hours in a row, along the second axis."""
    sums = np.concatenate([np.zeros_like(hours[:, :1]), hours.cumsum(axis=1)], axis=1)
    found: Ints = sums[:, WINDOW:] - sums[:, :-WINDOW]
    return found


def many_days(days: Sequence[tuple[Mapping[int, Hour], int]]) -> list[StationDay]:
    """Return the daily values of many days (hours by number, and the day's length), each as `station_day` has them."""
    if not days:
        return []
    rows = [hours[n].values if n in hours else _ABSENT for hours, _ in days for n in range(1, LONGEST + 1)]
    said = np.array(rows, dtype=np.float64).reshape(len(days), LONGEST, len(Pollutant))
    whole, inexact = scaled(said)
    strange = np.any(inexact.reshape(len(days), -1), axis=1)
    lengths = np.array([length for _, length in days], dtype=np.int64)
    beyond = np.arange(1, LONGEST + 1)[None, :] > lengths[:, None]
    whole[beyond] = NONE
    cube = whole.transpose(2, 0, 1)[:, :, :, None]
    counts = [dict(zip(Pollutant, row, strict=True)) for row in (whole != NONE).sum(axis=1).tolist()]
    values = [
        (scale, value.parts * SCALE, value.total[:, 0].tolist(), value.there[:, 0].tolist())
        for scale, value in station_days(cube, lengths).items()
    ]
    return [
        station_day(*days[n])
        if strange[n] or days[n][1] > LONGEST
        else StationDay(
            {scale: Fraction(total[n], parts) for scale, parts, total, there in values if there[n]},
            {p: count for p, count in counts[n].items() if count},
        )
        for n in range(len(days))
    ]
