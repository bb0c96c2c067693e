"""What the kernels of air stations share: valid values as scaled integers, and the frame of figures."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

import numpy as np

from domain.device import Device
from domain.instants import micros
from domain.kinds import KINDS
from domain.scope import CITY, Scope, ScopeKind
from rules.air.hours import CLOCK_ERROR, INVALIDATING
from rules.columnar.exact import NONE, scaled
from rules.columnar.kernel import Grid
from rules.columnar.table import Bools, Ints, Table
from rules.standards.gb3095 import CITY_SHARE
from rules.standards.hj633 import Pollutant
from rules.standards.hj633_editions import BEIJING, Edition, begin

KIND: Final = KINDS["air_station"]
METRICS: Final = tuple(p.value for p in Pollutant)
HOUR: Final = 3_600_000_000
"""µs."""
ERROR: Final = CLOCK_ERROR // timedelta.resolution


class Valid(NamedTuple):
    """The readings of stations of the register: whose, when, and what of it counts."""

    station: Ints
    at: Ints
    values: Ints
    """By pollutant and reading, in ten-thousandths; `NONE` for what was not measured or is not valid."""
    inexact: Bools
    """Readings with a value that is no decimal of four places: not for the kernel."""


def valid(table: Table, numbers: Ints) -> Valid:
    """Return what counts of a table. `numbers`: for each of its devices the place in the register, -1 for strangers."""
    station = numbers[table.device] if len(numbers) else table.device
    known = station >= 0
    keep = slice(None) if known.all() else known
    good = ~table.faulty(INVALIDATING)[keep]
    values = np.empty((len(METRICS), np.count_nonzero(known)), dtype=np.int64)
    inexact = np.zeros(values.shape[1], dtype=np.bool_)
    for n, name in enumerate(METRICS):
        whole, odd = scaled(table.values[name][keep])
        values[n] = np.where(good, whole, NONE)
        inexact |= odd & good
    return Valid(station[keep], table.at[keep], values, inexact)


def last_of(codes: Ints) -> Bools:
    """Return which entries are the last of their run of equal codes."""
    last = np.ones(len(codes), dtype=np.bool_)
    last[:-1] = codes[1:] != codes[:-1]
    return last


def any_within(at: Ints, first: Ints, last: Ints) -> Bools:
    """Return for each span [first, last] whether one of the instants lies in it."""
    ordered = np.sort(at)
    found: Bools = np.searchsorted(ordered, last, side="right") > np.searchsorted(ordered, first, side="left")
    return found


def begins(edition: Edition) -> int:
    """Return the first instant of the first day of an edition, in microseconds."""
    return micros(datetime.combine(begin(edition), time(), BEIJING))


def enough(part: Ints, whole: Ints) -> Bools:
    """Return whether three quarters of the expected stations are there, and one at least."""
    found: Bools = (part > 0) & (part * CITY_SHARE.denominator >= whole * CITY_SHARE.numerator)
    return found


def takes_part(station: Device) -> bool:
    """Return whether a station counts for its city where it is in service: the background does not."""
    return not station.flag("background")


def scopes(ids: Sequence[str]) -> Sequence[str]:
    """Return the scopes of stations and, last, the city."""
    return [*(str(Scope(ScopeKind.STATION, name)) for name in ids), str(CITY)]


def grid(names: Sequence[str], there: Bools, value: Ints, took_part: Ints, expected: Ints, judged: Bools) -> Grid:
    """Return the figures of the scopes so named: stations and, last, the city; `NONE` is no value."""
    return Grid(
        scopes=names,
        there=np.column_stack([there, there.any(axis=1)]),
        value=np.where(value == NONE, np.nan, value.astype(np.float64)),
        numerator=took_part,
        denominator=expected,
        unknown=expected - took_part,
        judged=judged,
    )
