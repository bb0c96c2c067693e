"""The daily index of stations and of the city over columns; as the indicators `aqi_daily` and `primary_pollutant`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from domain.instants import micros
from rules.air.day_hours import bounds, hours_in
from rules.columnar.exact import NONE
from rules.columnar.hj633 import aqi, by_pollutant, primaries, steps
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.station_days import LONGEST, Value, station_days
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
from rules.columnar.table import Bools, Ints, Table
from rules.columnar.versions import Versions, in_service
from rules.indicator import World
from rules.indicators.aqi_daily import LOOKBACK
from rules.kept import Due
from rules.standards.hj633 import DAILY, Scale
from rules.standards.hj633_editions import Edition, edition_of_day

_MOST: Final = 4000
"""Stations whose sums fit into 64 bits."""
_DAY: Final = timedelta(days=1)


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
        judged = ~cube.strange & (now - closed.end > ERROR) & (closed.length <= LONGEST)
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
    keep = near & (day >= 0) & (row >= 0) & (number <= LONGEST)
    shape = len(closed.days), LONGEST, stations
    codes = ((row * LONGEST + number - 1) + said.station * (shape[0] * LONGEST))[keep]
    last = last_of(codes)
    flat = np.full((len(METRICS), shape[0] * LONGEST * stations), NONE, dtype=np.int64)
    station, hour = np.divmod(codes[last], shape[0] * LONGEST)
    flat[:, hour * stations + station] = said.values[:, keep][:, last]
    strange = np.zeros(shape[0], dtype=np.bool_)
    strange[row[keep & said.inexact]] = True
    return Cube(flat.reshape(len(METRICS), *shape), strange)


def _rows(every: Sequence[date], wanted: Sequence[date]) -> Ints:
    where = {day: n for n, day in enumerate(wanted)}
    return np.array([where.get(day, -1) for day in every], dtype=np.int64)


def _served(versions: Versions, serving: Bools, closed: Days) -> Bools:
    """Return at the end of which hours each station was in service, by day, hour and station."""
    ends = closed.start[:, None] + np.arange(1, LONGEST + 1) * HOUR - 1
    return versions.during(ends.ravel(), serving).reshape(len(closed.days), LONGEST, -1)


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
