"""空气质量指数(日报): of each station and of the city, for the last closed day (HJ 633, daily report).

A day is the city's calendar day: the hours labelled 01:00 … 24:00. The running day is provisional, in the detail.
"""

from datetime import timedelta
from typing import Final

from domain.explanation import Explanation
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.day_measure import OneDay
from rules.air.view import day_steps
from rules.indicator import Indicator, Kept

LOOKBACK: Final = timedelta(days=3)
"""The closed day and the running one, the longest they can be."""


class DailyAqi(OneDay):
    """The air stations of the city, and the daily index of each scope."""

    def measure(self, scope: Scope) -> Measure:
        """Return the index of the last closed day."""
        aqi = self.closed(scope).aqi
        return self.of_day(INDICATOR, scope, None if aqi is None else float(aqi), {})

    def explain(self, scope: Scope) -> Explanation:
        """Return that index with each station's day and the steps to it."""
        steps = day_steps(self.closed(scope))
        return Explanation(self.measure(scope), INDICATOR.source, self.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="aqi_daily",
    title="空气质量指数(日报)",
    title_en="Air quality index, daily",
    unit="1",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="HJ 633-2012, HJ 633-2026 by the day's date; GB 3095 table 4; city by the means of its stations (HJ 663)",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(hours=2)),
    state=DailyAqi,
)
