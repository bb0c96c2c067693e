"""The daily index of stations and of the city over columns; as the indicators `aqi_daily` and `primary_pollutant`."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from rules.columnar.air_days import AirDays, DayColumns, Days, days_of
from rules.columnar.exact import NONE
from rules.columnar.hj633 import aqi, by_pollutant, primaries, steps
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.station_days import Value
from rules.columnar.stations import ERROR, KIND, METRICS, enough, grid, scopes
from rules.columnar.table import Bools, Ints, Table
from rules.indicator import World
from rules.indicators.aqi_daily import LOOKBACK
from rules.kept import Due
from rules.standards.hj633 import DAILY, Scale
from rules.standards.hj633_editions import Edition, edition_of_day

Tell = Callable[[Ints, Ints], Ints]
"""Makes a figure of the indices of the pollutants and the AQI."""
_DAY: Final = timedelta(days=1)


def prepare(world: World, tell: Tell) -> Compute:
    """Look the stations up."""
    stations = AirDays(world)
    names = scopes(stations.versions.ids)

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now = instants(dues)
        closed = days_of([due.at.astimezone(stations.tz).date() - _DAY for due in dues], stations.tz)
        found = stations.over(closed, table)
        some = np.any([value.there for value in found.values.values()], axis=0)
        part, whole = some & found.expected, found.taking.sum(axis=1)
        took_part = np.column_stack([part, (some & found.taking).sum(axis=1)]).astype(np.int64)
        expected = np.column_stack([found.expected, whole]).astype(np.int64)
        judged = found.judged & (now - closed.end > ERROR)
        return grid(
            names,
            stations.there(now),
            figures_of_days(found, closed, tell),
            took_part,
            expected,
            judged,
        )

    return compute


def figures_of_days(found: DayColumns, closed: Days, tell: Tell) -> Ints:
    """Return the figure of each station and, last, of the city by day; `NONE` for days before the first edition."""
    concentrations = {scale: _concentration(scale, value, found) for scale, value in found.values.items()}
    figures = np.full((len(closed.days), found.expected.shape[1] + 1), NONE)
    editions = np.array([_edition(day) for day in closed.days])
    for edition in Edition:
        of_it = editions == edition.value
        if of_it.any():
            said = {s: tuple(part[of_it] for part in concentrations[s]) for s in DAILY[edition]}
            indices = by_pollutant({s: (v, there) for s, (v, there) in said.items()}, edition)
            figures[of_it] = tell(indices, aqi(indices, edition))
    return figures


def _edition(day: date) -> str:
    try:
        return edition_of_day(day).value
    except ValueError:
        return ""


def _concentration(scale: Scale, value: Value, found: DayColumns) -> tuple[Ints, Bools]:
    """Return a daily value in the steps of its pollutant, of each station and of the city by three quarters of them."""
    of_city = value.there & found.taking
    count = of_city.sum(axis=1)
    total = np.column_stack([value.total, np.where(of_city, value.total, 0).sum(axis=1)])
    parts = np.column_stack([np.ones_like(value.total), np.maximum(count, 1)]) * value.parts
    there = np.column_stack([value.there & found.expected, enough(count, found.taking.sum(axis=1))])
    return steps(scale.pollutant, total, parts), there


def _index(_indices: Ints, value: Ints) -> Ints:
    return value


AQI: Final = Kernel(KIND.name, METRICS, LOOKBACK, lambda world: prepare(world, _index))
PRIMARY: Final = Kernel(KIND.name, METRICS, LOOKBACK, lambda world: prepare(world, primaries))
