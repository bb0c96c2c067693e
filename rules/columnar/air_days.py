"""The days of stations over columns: hours laid out by day, and their daily values (GB 3095, HJ 633)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from domain.instants import micros
from rules.air.day_hours import bounds, hours_in
from rules.columnar.exact import NONE
from rules.columnar.station_days import LONGEST, Value, station_days
from rules.columnar.stations import ERROR, HOUR, KIND, METRICS, Valid, last_of, takes_part, valid
from rules.columnar.table import Bools, Ints, Table
from rules.columnar.versions import Versions, in_service
from rules.indicator import World
from rules.standards.hj633 import Scale

MOST: Final = 4000
"""Stations whose sums fit into 64 bits."""
_DAY: Final = timedelta(days=1)


class Days(NamedTuple):
    """Closed days in order, by the city's calendar."""

    days: Sequence[date]
    start: Ints
    end: Ints
    length: Ints
    """Hours."""


class Cube(NamedTuple):
    """Values by pollutant, day, hour and station, in ten-thousandths; and days with a value that is not exact."""

    values: Ints
    strange: Bools


class DayColumns(NamedTuple):
    """What the stations say of some days. All by day, and then by station."""

    values: Mapping[Scale, Value]
    expected: Bools
    """Who was in service at the end of the day."""
    taking: Bools
    """Who of them takes part in the city's value."""
    judged: Bools
    """By day: whether columns can judge it."""


class AirDays:
    """The stations of a world, looked up once."""

    def __init__(self, world: World) -> None:
        """Look them up."""
        self.versions, self.tz = Versions.of_kind(world.register, KIND.name), world.place.tz
        self._serving = self.versions.which(in_service)
        self._counting = self._serving & self.versions.which(takes_part)

    def over(self, closed: Days, table: Table) -> DayColumns:
        """Return the daily values of each station."""
        versions = self.versions
        cube = _cube(valid(table, versions.numbers(table)), closed, len(versions.ids), self.tz)
        served = _served(versions, self._serving, closed)
        values = station_days(np.where(served, cube.values, NONE), closed.length)
        at_end = closed.end - 1
        expected, taking = versions.during(at_end, self._serving), versions.during(at_end, self._counting)
        fits = (closed.length <= LONGEST) & (len(versions.ids) <= MOST)
        return DayColumns(values, expected, taking, ~cube.strange & fits)

    def there(self, now: Ints) -> Bools:
        """Return by instant which stations the register has then."""
        return self.versions.during(now, np.ones(len(self.versions.devices), dtype=np.bool_))


def days_of(days: Sequence[date], tz: ZoneInfo) -> Days:
    """Return days of the city's calendar with their bounds."""
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
