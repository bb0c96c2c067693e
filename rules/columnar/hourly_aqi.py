"""The hourly index of stations and of the city over columns; as the indicator `aqi`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from rules.air.hours import CLOCK_ERROR
from rules.columnar.exact import NONE
from rules.columnar.hj633 import Concentrations, aqi, by_pollutant, steps
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.stations import (
    ERROR,
    HOUR,
    KIND,
    METRICS,
    Valid,
    any_within,
    begins,
    enough,
    grid,
    last_of,
    scopes,
    takes_part,
    valid,
)
from rules.columnar.table import Bools, Ints, Table
from rules.columnar.versions import Versions, in_service
from rules.indicator import World
from rules.kept import Due
from rules.standards.hj633 import HOURLY, Pollutant
from rules.standards.hj633_editions import Edition

_FRESH: Final = KIND.freshness // timedelta.resolution
_LABELS: Final = _FRESH // HOUR + 1
"""So many labels at most are fresh at once."""


class Hours(NamedTuple):
    """Values by pollutant, full hour and station, in ten-thousandths."""

    first: int
    """The first label, in hours."""
    values: Ints

    def labels(self) -> Ints:
        """Return the label of each hour in microseconds."""
        return (self.first + np.arange(self.values.shape[1])) * HOUR


def prepare(world: World) -> Compute:
    """Look the stations up."""
    versions = Versions.of_kind(world.register, KIND.name)
    serving = versions.which(in_service)
    counting = serving & versions.which(takes_part)
    names = scopes(versions.ids)

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now = instants(dues)
        said = valid(table, versions.numbers(table))
        expected, taking = versions.during(now, serving), versions.during(now, counting)
        hours, strange = _hours(said, int(now[0]) - _FRESH, int(now[-1]), len(versions.ids))
        mine, city = _chosen(hours, now, expected, taking)
        of_city, took_part = _city(hours, city, taking)
        judged = ~any_within(said.at[strange], now - _FRESH - ERROR, now) & ~_at_full_hour(now)
        judged &= ((mine == NONE).all(axis=1) & (city == NONE)) | (now - _FRESH > begins(Edition.Y2012))
        return grid(
            names,
            versions.during(now, np.ones(len(versions.devices), dtype=np.bool_)),
            np.column_stack([_own(hours, mine), of_city]),
            np.column_stack([mine != NONE, took_part]).astype(np.int64),
            np.column_stack([expected, taking.sum(axis=1)]).astype(np.int64),
            judged,
        )

    return compute


def _at_full_hour(now: Ints) -> Bools:
    """Return which instants lie so near a full hour that only a part of what means it may have come."""
    past = now % HOUR
    return (past <= ERROR) | (HOUR - past <= ERROR)


def _hours(said: Valid, oldest: int, newest: int, stations: int) -> tuple[Hours, Bools]:
    """Return values by full hour; and which readings mean none, or are not exact."""
    full = said.at // HOUR
    past = said.at - full * HOUR
    late = past > ERROR
    near = ~late | (past >= HOUR - ERROR)
    first = -(-oldest // HOUR)
    count = max(newest // HOUR - first + 1, 1)
    hour = full + late - first
    kept = np.flatnonzero(near & (hour >= 0) & (hour < count) & (said.at <= newest))
    kept = kept[last_of(said.station[kept] * count + hour[kept])]
    place = hour[kept] * stations + said.station[kept]
    values = np.full((len(METRICS), count * stations), NONE, dtype=np.int64)
    for metric, of_it in zip(values, said.values, strict=True):
        metric[place] = of_it[kept]
    return Hours(first, values.reshape(len(METRICS), count, stations)), ~near | said.inexact


def _chosen(hours: Hours, now: Ints, expected: Bools, taking: Bools) -> tuple[Ints, Ints]:
    """Return the newest fresh hour of each station by due instant, and that with three quarters of the city's."""
    has = (hours.values != NONE).any(axis=0)
    count, whole = has.shape[0], taking.sum(axis=1)
    mine = np.full(expected.shape, NONE)
    full, some = np.full(len(now), NONE), np.full(len(now), NONE)
    for back in range(_LABELS):
        hour = now // HOUR - hours.first - back
        fresh = (hour >= 0) & (hour < count) & ((hours.first + hour) * HOUR >= now - _FRESH)
        row = np.clip(hour, 0, count - 1)
        having = has[row] & fresh[:, None]
        mine = np.where((mine == NONE) & having & expected, row[:, None], mine)
        part = (having & taking).sum(axis=1)
        full = np.where((full == NONE) & enough(part, whole), row, full)
        some = np.where((some == NONE) & (part > 0), row, some)
    return mine, np.where(full == NONE, some, full)


def _own(hours: Hours, mine: Ints) -> Ints:
    """Return the index of each station at the hours chosen."""
    said = {HOURLY[p]: (steps(p, values, 1), values != NONE) for p, values in zip(Pollutant, hours.values, strict=True)}
    index = _index(hours.labels(), said)
    return np.where(mine == NONE, NONE, index[np.maximum(mine, 0), np.arange(mine.shape[1])])


def _city(hours: Hours, city: Ints, taking: Bools) -> tuple[Ints, Ints]:
    """Return the index of the city at the hours chosen, and how many of the stations that take part say anything."""
    values = hours.values[:, np.maximum(city, 0)]
    there = (values != NONE) & taking & (city != NONE)[:, None]
    total, parts, whole = np.where(there, values, 0).sum(axis=2), there.sum(axis=2), taking.sum(axis=1)
    sums = zip(Pollutant, total, parts, strict=True)
    said = {HOURLY[p]: (steps(p, of_it, np.maximum(n, 1)), enough(n, whole)) for p, of_it, n in sums}
    return _index((hours.first + city) * HOUR, said), there.any(axis=0).sum(axis=1)


def _index(label: Ints, said: Concentrations) -> Ints:
    """Return the indices of concentrations, each row by the edition of its label."""
    newer = label > begins(Edition.Y2026)
    found: Ints = np.full(np.shape(next(iter(said.values()))[0]), NONE)
    for edition, of_it in ((Edition.Y2012, ~newer), (Edition.Y2026, newer)):
        if of_it.any():
            rows = slice(None) if of_it.all() else of_it
            indices = by_pollutant({scale: (v[rows], there[rows]) for scale, (v, there) in said.items()}, edition)
            found[rows] = aqi(indices, edition)
    return found


KERNEL: Final = Kernel(KIND.name, METRICS, KIND.freshness + CLOCK_ERROR, prepare)
