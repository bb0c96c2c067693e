"""Readings as the columns that kernels take, and what the scalar rules say of the same periods."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from domain.kinds import KINDS
from domain.measure import Measure
from domain.reading import Reading
from rules.columnar.kernel import Grid, Kernel
from rules.columnar.kernels import IN_FULL
from rules.columnar.table import Table
from rules.indicator import Indicator, World
from rules.kept import Due
from rules.replay import Replayed, Window, replay
from store.archive.schema import table_of
from store.archive.unique import columns_of, unique
from store.telemetry.columns import Fitter

_TYPES = Fitter(KINDS).types


def table(kind: str, readings: Iterable[Reading], metrics: Sequence[str]) -> Table:
    """The columns as the archive gives them."""
    rows = [(n, 0, reading) for n, reading in enumerate(readings)]
    return columns_of(unique(table_of(rows, _TYPES[kind])), metrics)


def by_columns(kernel: Kernel, dues: Sequence[Due], readings: Sequence[Reading], world: World) -> Grid:
    """What the kernel finds, from the readings of its reach."""
    first, last = dues[0].at - kernel.reach, dues[-1].at
    heard = [r for r in readings if r.kind == kernel.kind and first <= r.at <= last]
    return kernel.prepare(world)(dues, table(kernel.kind, heard, kernel.metrics))


def by_rules(
    indicator: Indicator, dues: Sequence[Due], readings: Sequence[Reading], world: World
) -> list[dict[str, Measure]]:
    """What the scalar rules find, by due instant and scope."""
    found = replay(indicator, dues, window_of(readings), world)
    return [{p.measure.scope: p.measure for p in each.found} for each in found]


def figures(grid: Grid, row: int) -> dict[str, list[float | None]]:
    """What a kernel says of a due instant: value, numerator, denominator and unknown by scope."""
    columns = (grid.value, grid.numerator, grid.denominator, grid.unknown)
    said = zip(grid.scopes, *(column[row].tolist() for column in columns), strict=True)
    found = {scope: [None if math.isnan(value) else value, *counts] for scope, value, *counts in said}
    return {scope: found[scope] for scope, there in zip(grid.scopes, grid.there[row], strict=True) if there}


def figures_of(measure: Measure) -> list[float | None]:
    """The same of a measure."""
    return [measure.value, measure.numerator, measure.denominator, measure.unknown]


def window_of(readings: Sequence[Reading]) -> Window:
    """The readings as the archive gives them one by one."""

    def window(kind: str, start: datetime, end: datetime) -> Iterator[Reading]:
        return (r for r in readings if r.kind == kind and start <= r.at < end)

    return window


def in_full(indicator: Indicator, dues: Sequence[Due], readings: Sequence[Reading], world: World) -> list[Replayed]:
    """What a kernel gives in full, from the readings of the indicator's look-back."""
    kernel = IN_FULL[indicator.name]
    first, last = dues[0].at - max(indicator.lookback.values()), dues[-1].at
    heard = [r for r in readings if r.kind == kernel.kind and first <= r.at <= last]
    found = table(kernel.kind, heard, kernel.metrics)
    return list(kernel.measures(indicator, dues, found, window_of(readings), world))


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
