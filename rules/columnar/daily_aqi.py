"""The daily index of stations and of the city over columns; as the indicators `aqi_daily` and `primary_pollutant`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import lcm
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from rules.air.day_hours import bounds, hours_in
from rules.air.day_value import MEANS
from rules.columnar.exact import NONE, SCALE
from rules.columnar.hj633 import aqi, by_pollutant, primaries, steps
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.stations import (
    ERROR,
    HOUR,
    KIND,
    METRICS,
    Valid,
    enough,
    grid,
    last_of,
    takes_part,
    valid,
)
from rules.columnar.table import Bools, Ints, Table, micros
from rules.columnar.versions import Versions, in_service
from rules.indicator import World
from rules.indicators.aqi_daily import LOOKBACK
from rules.kept import Due
from rules.standards.gb3095 import HOURS_OF_DAY, HOURS_OF_WINDOW, OZONE_LIMIT, WINDOW, WINDOWS_OF_DAY
from rules.standards.hj633 import DAILY, Pollutant, Scale
from rules.standards.hj633_editions import Edition, edition_of_day

_LONGEST: Final = 25
"""Hours of a day; longer ones, of zones that do not exist, are left to the scalar rules."""
_COMMON: Final = lcm(*range(HOURS_OF_DAY, _LONGEST + 1), *range(HOURS_OF_WINDOW, WINDOW + 1))
"""So sums of as many hours as means are made of add up without a fraction."""
_MOST: Final = 4000
"""Stations whose sums fit into 64 bits."""
_DAY: Final = timedelta(days=1)
_OZONE: Final = METRICS.index(Pollutant.O3.value)


class Days(NamedTuple):
    """The closed days of due instants, by the city's calendar."""

    days: Sequence[date]
    start: Ints
    end: Ints
    length: Ints
    """Hours."""


class Cube(NamedTuple):
    """Values by pollutant, day, hour and station, in ten-thousandths; and days with a value that is not exact."""

    values: Ints
    strange: Bools


class Value(NamedTuple):
    """A daily value by day and station: `total` over `parts` of ten-thousandths, where there is one."""

    total: Ints
    parts: int
    there: Bools


def prepare(world: World, tell: Callable[[Ints, Ints], Ints]) -> Compute:
    """Look the stations up. `tell` makes the figure of the indices of the pollutants and the AQI."""
    versions, tz = Versions.of_kind(world.register, KIND.name), world.place.tz
    serving = versions.which(in_service)
    counting = serving & versions.which(takes_part)

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now, closed = instants(dues), _closed(dues, tz)
        cube = _cube(valid(table, versions.numbers(table)), closed, len(versions.ids), tz)
        served = _served(versions, serving, closed)
        values = station_days(np.where(served, cube.values, NONE), closed.length)
        at_end = closed.end - 1
        expected, taking = versions.during(at_end, serving), versions.during(at_end, counting)
        some = np.any([value.there for value in values.values()], axis=0)
        took_part = np.column_stack([some & expected, (some & taking).sum(axis=1)]).astype(np.int64)
        judged = ~cube.strange & (now - closed.end > ERROR) & (closed.length <= _LONGEST)
        there = versions.during(now, np.ones(len(versions.devices), dtype=np.bool_))
        whole = np.column_stack([expected, taking.sum(axis=1)]).astype(np.int64)
        figure = _figure(values, expected, taking, closed, tell)
        return grid(versions.ids, there, figure, took_part, whole, judged & (len(versions.ids) <= _MOST))

    return compute


def _closed(dues: Sequence[Due], tz: ZoneInfo) -> Days:
    days = [due.at.astimezone(tz).date() - _DAY for due in dues]
    start, end = np.array([[micros(at) for at in bounds(day, tz)] for day in days], dtype=np.int64).T
    return Days(days, start, end, np.array([hours_in(day, tz) for day in days], dtype=np.int64))


def _cube(said: Valid, closed: Days, stations: int, tz: ZoneInfo) -> Cube:
    """Return the closed days hour by hour. The hour that ends at midnight is the last one of the day before."""
    every = [closed.days[0] + n * _DAY for n in range((closed.days[-1] - closed.days[0]).days + 2)]
    start = np.array([micros(bounds(day, tz)[0]) for day in every], dtype=np.int64)
    length = np.array([hours_in(day, tz) for day in every], dtype=np.int64)
    inside = said.at >= start[0]
    day = np.searchsorted(start, said.at, side="right") - 1
    since = said.at - start[np.maximum(day, 0)]
    number = (since + HOUR // 2) // HOUR
    near = inside & (np.abs(since - number * HOUR) <= ERROR)
    before = number == 0
    day = np.where(before, day - 1, day)
    number = np.where(before, length[np.maximum(day, 0)], number)
    row = _rows(every, closed.days)[day]
    keep = near & (day >= 0) & (row >= 0) & (number <= _LONGEST)
    shape = len(closed.days), _LONGEST, stations
    codes = ((row * _LONGEST + number - 1) + said.station * (shape[0] * _LONGEST))[keep]
    last = last_of(codes)
    flat = np.full((len(METRICS), shape[0] * _LONGEST * stations), NONE, dtype=np.int64)
    station, hour = np.divmod(codes[last], shape[0] * _LONGEST)
    flat[:, hour * stations + station] = said.values[:, keep][:, last]
    strange = np.zeros(shape[0], dtype=np.bool_)
    strange[row[keep & said.inexact]] = True
    return Cube(flat.reshape(len(METRICS), *shape), strange)


def _rows(every: Sequence[date], wanted: Sequence[date]) -> Ints:
    where = {day: n for n, day in enumerate(wanted)}
    return np.array([where.get(day, -1) for day in every], dtype=np.int64)


def _served(versions: Versions, serving: Bools, closed: Days) -> Bools:
    """Return at the end of which hours each station was in service, by day, hour and station."""
    ends = closed.start[:, None] + np.arange(1, _LONGEST + 1) * HOUR - 1
    return versions.during(ends.ravel(), serving).reshape(len(closed.days), _LONGEST, -1)


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


def _figure(
    values: Mapping[Scale, Value], expected: Bools, taking: Bools, closed: Days, tell: Callable[[Ints, Ints], Ints]
) -> Ints:
    """Return the figure of each station and, last, of the city; `NONE` for days before the first edition."""
    concentrations = {scale: _concentration(scale, value, expected, taking) for scale, value in values.items()}
    found = np.full((len(closed.days), expected.shape[1] + 1), NONE)
    editions = np.array([_edition(day) for day in closed.days])
    for edition in Edition:
        of_it = editions == edition.value
        if of_it.any():
            said = {s: tuple(part[of_it] for part in concentrations[s]) for s in DAILY[edition]}
            indices = by_pollutant({s: (v, there) for s, (v, there) in said.items()}, edition)
            found[of_it] = tell(indices, aqi(indices, edition))
    return found


def _edition(day: date) -> str:
    try:
        return edition_of_day(day).value
    except ValueError:
        return ""


def _concentration(scale: Scale, value: Value, expected: Bools, taking: Bools) -> tuple[Ints, Bools]:
    """Return a daily value in the steps of its pollutant, of each station and of the city by three quarters of them."""
    of_city = value.there & taking
    count = of_city.sum(axis=1)
    total = np.column_stack([value.total, np.where(of_city, value.total, 0).sum(axis=1)])
    parts = np.column_stack([np.ones_like(value.total), np.maximum(count, 1)]) * value.parts
    there = np.column_stack([value.there & expected, enough(count, taking.sum(axis=1))])
    return steps(scale.pollutant, total, parts), there


def _index(_indices: Ints, value: Ints) -> Ints:
    return value


AQI: Final = Kernel(KIND.name, METRICS, LOOKBACK, lambda world: prepare(world, _index))
PRIMARY: Final = Kernel(KIND.name, METRICS, LOOKBACK, lambda world: prepare(world, primaries))
