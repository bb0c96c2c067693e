"""Months, quarters and years of sections in full: stations by columns, laboratory samples one by one.

Readings of the stations are many, and what they say of a month is found over columns. A city that has it already
needs nothing else of them to say of the last two years all that its indicators tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.period import PeriodKind, periods
from rules.columnar.kernel import InFull
from rules.columnar.table import Table
from rules.columnar.water_months import KIND, station_months
from rules.indicator import Indicator, World
from rules.kept import Due
from rules.live import City
from rules.replay import Replayed, Window, replay
from rules.standards.gb3838 import AUTO5
from rules.water.years import LABORATORY, WaterYears


def measures(
    indicator: Indicator, dues: Sequence[Due], table: Table, window: Window, world: World
) -> Iterator[Replayed]:
    """Yield the measures of an indicator of closed periods of sections at due instants, which must be in order."""
    first, last = dues[0].at - max(indicator.lookback.values()), dues[-1].at
    months = [m for m in periods(PeriodKind.MONTH, first, last, world.place.tz) if first <= m.start and m.end <= last]
    stations = station_months(table, months, world)

    def prepare(city: City, begin: datetime) -> None:
        years = city.readings.together(WaterYears, lambda: WaterYears(world, city.readings, begin))
        years.take_over(stations)

    return replay(replace(indicator, kinds=(LABORATORY,)), dues, window, world, prepare)


KERNEL: Final = InFull(KIND.name, AUTO5, measures)
