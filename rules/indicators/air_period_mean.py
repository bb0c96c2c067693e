"""空气污染物浓度: each pollutant over months, quarters and years, from its daily values (GB 3095, HJ 663).

The mean stands for SO2, NO2, PM10 and PM2.5, the 95th percentile for CO, the 90th of the daily largest 8 h means for
ozone. The measure's own figure is the PM2.5 mean of the last closed month (our choice); the detail has all.
"""

from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.day_board import Stretch
from rules.air.period_board import PeriodBoard, limits_of, pollutant_view, printed, value_step
from rules.indicator import Indicator, Kept
from rules.standards.hj633 import Pollutant

RUNNING: Final = "the period is still running"
HEADLINE: Final = Pollutant.PM25
NO_SHARE: Final = "a concentration is no share of days; the limits stand beside each value"


class AirPeriodMean(PeriodBoard):
    """The air stations of the city, and the concentrations of each scope's periods."""

    def measure(self, scope: Scope) -> Measure:
        """Return the PM2.5 mean of the last closed month; numerator and denominator are days."""
        month = self.month()
        found = self.values(scope, month)[HEADLINE]
        made_up, all_days = self.made_up(scope, month), len(month.days)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=printed(HEADLINE, found.standing),
            numerator=found.days,
            denominator=all_days,
            unknown=all_days - found.days,
            coverage=found.days / all_days,
            covers=Span(month.period.start, month.period.end),
            official=found.standing is not None and not made_up,
            verdict_allowed=False,
            reason=found.why or made_up or NO_SHARE,
            register_version=self.world.register.version,
            detail={
                "pollutant": HEADLINE.label,
                **{name: self._view(scope, stretch) for name, stretch in self.stretches()},
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the month's values with its days and how each statistic came about."""
        month = self.month()
        steps = [value_step(value, month) for value in self.values(scope, month).values()]
        return Explanation(self.measure(scope), INDICATOR.source, self.day_inputs(scope, month), steps)

    def _view(self, scope: Scope, stretch: Stretch) -> dict[str, Any]:
        limits = limits_of(stretch)
        made_up = self.made_up(scope, stretch)
        return {
            "period": stretch.name,
            "until": stretch.period.end.isoformat(),
            "days": len(stretch.days),
            "limits": None if limits is None else limits.value,
            "pollutants": {p.value: pollutant_view(v, limits) for p, v in self.values(scope, stretch).items()},
            "official": stretch.closed and not made_up,
            "reason": made_up if stretch.closed else RUNNING,
        }


INDICATOR: Final = Indicator(
    name="air_period_mean",
    title="空气污染物平均浓度",
    title_en="Air pollutants by month, quarter and year",
    unit="ug/m3",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="GB 3095 tables 1 and 4; HJ 663-2013: mean; CO 95th, O3 90th percentile of the daily values",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(hours=2)),
    state=AirPeriodMean,
)
