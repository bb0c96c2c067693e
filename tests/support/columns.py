"""Readings as the columns that kernels take, and what the scalar rules say of the same periods."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from domain.kinds import KINDS
from domain.reading import Reading
from rules.columnar.kernel import ByScope, Kernel, figures, figures_of
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


def by_columns(
    kernel: Kernel, dues: Sequence[Due], readings: Sequence[Reading], world: World
) -> Mapping[datetime, ByScope]:
    """What the kernel finds, by instant and scope, from the readings of its reach."""
    first, last = dues[0].at - kernel.reach, dues[-1].at
    heard = [r for r in readings if r.kind == kernel.kind and first <= r.at <= last]
    return figures(kernel.prepare(world), dues, table(kernel.kind, heard, kernel.metrics))


def by_rules(
    indicator: Indicator, dues: Sequence[Due], readings: Sequence[Reading], world: World
) -> Mapping[datetime, ByScope]:
    """What the scalar rules find."""
    found = replay(indicator, dues, window_of(readings), world)
    return {each.due.at: {p.measure.scope: figures_of(p.measure) for p in each.found} for each in found}


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
