"""Months of air over columns: good days, the mean of PM2.5 and the composite index of the last closed month.

Hours become daily values over columns. A month of those is few: it is summed up exactly, as `rules.standards.hj663`
does, of a station in whole numbers of one denominator, of the city in fractions.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import compress
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from domain.period import PeriodKind, last_closed
from domain.scope import CITY, Scope, ScopeKind
from rules.columnar.air_days import AirDays, DayColumns, Days, days_of
from rules.columnar.daily_aqi import figures_of_days
from rules.columnar.exact import NONE, SCALE
from rules.columnar.kernel import Compute, Grid, Kernel, instants
from rules.columnar.stations import ERROR, KIND, METRICS, enough
from rules.columnar.table import Bools, Floats, Ints, Table
from rules.indicator import World
from rules.indicators.air_period_mean import HEADLINE
from rules.kept import Due
from rules.standards.gb3095 import days_needed
from rules.standards.gb3095_limits import Limits, limits_of_day
from rules.standards.hj633 import PUBLISHED_THOUGH_INCOMPLETE, Pollutant, Scale, rounded
from rules.standards.hj663 import BY_PERCENTILE, DAILY_VALUE, PERCENTILE, composite_index, percentile, printed

REACH: Final = timedelta(days=32)
"""The longest month, the hours until it is due and the error of clocks."""
POLLUTED: Final = 0
GOOD: Final = 1


class Figures(NamedTuple):
    """What a month says of each station and, last, of the city: a value, and of how many days it knows."""

    value: Floats
    """NaN where there is none."""
    numerator: Ints
    unknown: Ints


Tell = Callable[[DayColumns, Days], Figures]


def prepare(world: World, tell: Tell) -> Compute:
    """Look the stations up. `tell` makes the figures of a month's days."""
    stations = AirDays(world)
    scopes = [*(str(Scope(ScopeKind.STATION, name)) for name in stations.versions.ids), str(CITY)]

    def compute(dues: Sequence[Due], table: Table) -> Grid:
        now, found, lengths, judged = instants(dues), list[Figures](), list[int](), list[bool]()
        for due, instant in zip(dues, now, strict=True):
            closed = days_of(_month(due, stations.tz), stations.tz)
            days = stations.over(closed, _between(table, int(closed.start[0]), int(closed.end[-1])))
            found.append(tell(days, closed))
            lengths.append(len(closed.days))
            judged.append(bool(days.judged.all() and instant - closed.end[-1] > ERROR))
        there = stations.there(now)
        numerator = np.stack([each.numerator for each in found])
        return Grid(
            scopes=scopes,
            there=np.column_stack([there, there.any(axis=1)]),
            value=np.stack([each.value for each in found]),
            numerator=numerator,
            denominator=np.broadcast_to(np.array(lengths, dtype=np.int64)[:, None], numerator.shape),
            unknown=np.stack([each.unknown for each in found]),
            judged=np.array(judged, dtype=np.bool_),
        )

    return compute


def _month(due: Due, tz: ZoneInfo) -> Sequence[date]:
    return last_closed(PeriodKind.MONTH, due.at, tz).days()


def _between(table: Table, start: int, end: int) -> Table:
    """Return the readings that may be of hours of these days."""
    keep = (table.at >= start - ERROR) & (table.at <= end + ERROR)
    values = {name: column[keep] for name, column in table.values.items()}
    return Table(table.devices, table.device[keep], table.at[keep], values, table.faults, table.fault[keep])


def _good_days(days: DayColumns, closed: Days) -> Figures:
    """As the indicator `good_air_days`: up to 100 with a pollutant missing it is not known whether a day was good."""
    verdicts = figures_of_days(days, closed, _verdict)
    good = (verdicts == GOOD).sum(axis=0)
    return Figures(100 * good / len(closed.days), good, (verdicts == NONE).sum(axis=0))


def _verdict(indices: Ints, value: Ints) -> Ints:
    polluted = value > PUBLISHED_THOUGH_INCOMPLETE
    known = (value != NONE) & ~(indices == NONE).any(axis=0)
    return np.where(polluted, POLLUTED, np.where(known, GOOD, NONE))


def _pm25(days: DayColumns, closed: Days) -> Figures:
    """As the indicator `air_period_mean`: the mean of the daily values, if there are enough of them."""
    scale = DAILY_VALUE[HEADLINE]
    known = _daily(days)[scale]
    count = known.sum(axis=0)
    values = [v.get(HEADLINE) for v in _standing(days, closed, [HEADLINE])]
    return Figures(
        _floats([None if v is None else float(rounded(HEADLINE, v)) for v in values]), count, len(closed.days) - count
    )


def _composite(days: DayColumns, closed: Days) -> Figures:
    """As the indicator `air_composite_index`; days are complete with all six pollutants."""
    complete = np.all(list(_daily(days).values()), axis=0).sum(axis=0)
    limits = _limits(closed.days[-1])
    values = list[float | None]()
    for standing in _standing(days, closed, list(Pollutant)):
        index = None if limits is None else composite_index(standing, limits).value
        values.append(None if index is None else float(printed(index)))
    return Figures(_floats(values), complete, len(closed.days) - complete)


def _limits(day: date) -> Limits | None:
    try:
        return limits_of_day(day)
    except ValueError:
        return None


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _daily(days: DayColumns) -> Mapping[Scale, Bools]:
    """Return by daily value, day and scope (the city last) whether there is one."""
    expected = days.taking.sum(axis=1)
    found = {}
    for scale in DAILY_VALUE.values():
        there = days.values[scale].there
        count = (there & days.taking).sum(axis=1)
        found[scale] = np.column_stack([there & days.expected, enough(count, expected)])
    return found


def _standing(days: DayColumns, closed: Days, wanted: Sequence[Pollutant]) -> list[dict[Pollutant, Fraction]]:
    """Return for each scope (the city last) the value that stands for the month, of the pollutants that have one."""
    known, needed = _daily(days), days_needed(closed.days[0].month)
    found: list[dict[Pollutant, Fraction]] = [{} for _ in range(days.expected.shape[1] + 1)]
    for pollutant in wanted:
        scale = DAILY_VALUE[pollutant]
        value, there = days.values[scale], known[scale]
        rows = value.total.T.tolist()
        of_city = value.there & days.taking
        totals, counts = np.where(of_city, value.total, 0).sum(axis=1).tolist(), of_city.sum(axis=1).tolist()
        rows.append([Fraction(t, max(n, 1)) for t, n in zip(totals, counts, strict=True)])
        for scope, (row, good) in enumerate(zip(rows, there.T.tolist(), strict=True)):
            said = list(compress(row, good))
            if len(said) >= needed:
                by_rank = pollutant in BY_PERCENTILE
                standing = percentile(said, PERCENTILE[pollutant]) if by_rank else Fraction(sum(said), len(said))
                found[scope][pollutant] = standing / (value.parts * SCALE)
    return found


GOOD_DAYS: Final = Kernel(KIND.name, METRICS, REACH, lambda world: prepare(world, _good_days))
MEAN: Final = Kernel(KIND.name, METRICS, REACH, lambda world: prepare(world, _pm25))
INDEX: Final = Kernel(KIND.name, METRICS, REACH, lambda world: prepare(world, _composite))
