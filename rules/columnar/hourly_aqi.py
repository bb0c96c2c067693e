"""The hourly index of stations and of the city over columns; as the indicator `aqi`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from rules.air.hours import CLOCK_ERROR
from rules.columnar.exact import NONE
from rules.columnar.hj633 import aqi, by_pollutant, steps
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
    """The first label."""
    values: Ints


def prepare(world: World) -> Compute:
    """Look the stations up."""
    versions = Versions.of_kind(world.register, KIND.name)
    serving = versions.which(in_service)
    counting = serving & versions.which(takes_part)
    names = scopes(versions.ids)

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now = instants(dues)
        said = valid(table, versions.numbers(table))
        expected = versions.during(now, serving)
        hours, strange = _hours(said, int(now[0]) - _FRESH, int(now[-1]), len(versions.ids))
        found = _chosen(hours, now, expected, versions.during(now, counting))
        judged = ~any_within(said.at[strange], now - _FRESH - ERROR, now) & ~_at_full_hour(now)
        judged &= (found.label == NONE).all(axis=1) | (now - _FRESH > begins(Edition.Y2012))
        there = versions.during(now, np.ones(len(versions.devices), dtype=np.bool_))
        return grid(names, there, _index(found), found.took_part, found.expected, judged)

    return compute


def _at_full_hour(now: Ints) -> Bools:
    """Return which instants lie so near a full hour that only a part of what means it may have come."""
    past = now % HOUR
    return (past <= ERROR) | (HOUR - past <= ERROR)


def _hours(said: Valid, oldest: int, newest: int, stations: int) -> tuple[Hours, Bools]:
    """Return values by full hour; and which readings mean none, or are not exact."""
    past = said.at % HOUR
    label = said.at - past + np.where(past <= ERROR, 0, HOUR)
    near = (past <= ERROR) | (HOUR - past <= ERROR)
    first = -(-oldest // HOUR) * HOUR
    count = max(newest // HOUR - first // HOUR + 1, 1)
    hour = (label - first) // HOUR
    kept = np.flatnonzero(near & (hour >= 0) & (hour < count) & (said.at <= newest))
    codes = (said.station * count + hour)[kept]
    last = last_of(codes)
    cube = np.full((len(METRICS), count * stations), NONE, dtype=np.int64)
    station, hour = np.divmod(codes[last], count)
    cube[:, hour * stations + station] = said.values[:, kept[last]]
    return Hours(first, cube.reshape(len(METRICS), count, stations)), ~near | said.inexact


class Chosen(NamedTuple):
    """By due instant, and station with the city last: the label that counts, and what the index rests on."""

    label: Ints
    total: Ints
    parts: Ints
    there: Bools
    took_part: Ints
    expected: Ints


def _chosen(hours: Hours, now: Ints, expected: Bools, counting: Bools) -> Chosen:
    """Return the newest fresh hour of each station, and that of the city with three quarters of its stations."""
    has = (hours.values != NONE).any(axis=0)
    count, whole = has.shape[0], counting.sum(axis=1)
    mine = np.full(expected.shape, NONE)
    full, some = np.full(len(now), NONE), np.full(len(now), NONE)
    for back in range(_LABELS):
        hour = now // HOUR - hours.first // HOUR - back
        fresh = (hour >= 0) & (hour < count) & (hours.first + hour * HOUR >= now - _FRESH)
        row = np.clip(hour, 0, count - 1)
        having = has[row] & fresh[:, None]
        mine = np.where((mine == NONE) & having & expected, row[:, None], mine)
        taking = (having & counting).sum(axis=1)
        full = np.where((full == NONE) & enough(taking, whole), row, full)
        some = np.where((some == NONE) & (taking > 0), row, some)
    city = np.where(full == NONE, some, full)
    return _summed(hours, np.column_stack([mine, city]), np.column_stack([expected, whole]), counting)


def _summed(hours: Hours, row: Ints, expected: Ints, counting: Bools) -> Chosen:
    """Return what stands at the chosen hours: of a station its value, of the city the sum over its stations."""
    mine, city = row[:, :-1], np.maximum(row[:, -1], 0)
    own = hours.values[:, np.maximum(mine, 0), np.arange(mine.shape[1])]
    of_all = hours.values[:, city, :]
    taking = (of_all != NONE) & counting & (row[:, -1:] != NONE)
    total = np.where(taking, of_all, 0).sum(axis=2)
    valid_ones = taking.sum(axis=2)
    return Chosen(
        label=np.where(row == NONE, NONE, hours.first + row * HOUR),
        total=np.concatenate([np.maximum(own, 0), total[:, :, None]], axis=2),
        parts=np.concatenate([np.ones_like(own), np.maximum(valid_ones, 1)[:, :, None]], axis=2),
        there=np.concatenate([(own != NONE) & (mine != NONE), enough(valid_ones, expected[:, -1])[:, :, None]], axis=2),
        took_part=np.column_stack([mine != NONE, taking.any(axis=0).sum(axis=1)]).astype(np.int64),
        expected=expected.astype(np.int64),
    )


def _index(found: Chosen) -> Ints:
    """Return the indices, by the edition of each hour."""
    concentrations = {
        HOURLY[p]: (steps(p, found.total[n], found.parts[n]), found.there[n]) for n, p in enumerate(Pollutant)
    }
    newer = found.label > begins(Edition.Y2026)
    value = np.full(found.label.shape, NONE)
    for edition, of_it in ((Edition.Y2012, ~newer), (Edition.Y2026, newer)):
        if of_it.any():
            value = np.where(of_it, aqi(by_pollutant(concentrations, edition), edition), value)
    return value


KERNEL: Final = Kernel(KIND.name, METRICS, KIND.freshness + CLOCK_ERROR, prepare)
