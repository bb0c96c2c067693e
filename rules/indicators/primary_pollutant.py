"""首要污染物: which pollutants were primary on the last closed day, and on how many days of the last closed month.

Above an index of 50 the pollutants with the largest IAQI are primary, ties all named (HJ 633). The value is how many
there are: 0 on a day up to 50, none on a day without an index.
"""

from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.air.day_board import Stretch, closed_stretch, running_stretch
from rules.air.day_measure import OneDay
from rules.air.view import day_steps
from rules.indicator import Indicator, Kept
from rules.standards.hj633 import Pollutant


class PrimaryPollutant(OneDay):
    """The air stations of the city, and the primary pollutants of each scope."""

    def measure(self, scope: Scope) -> Measure:
        """Return how many pollutants were primary on the last closed day; the detail names them."""
        report = self.closed(scope).report
        value = None if report is None or report.value is None else float(len(report.primary))
        more = {
            "days_month_closed": self._days(scope, closed=True),
            "days_month_to_date": self._days(scope, closed=False),
        }
        return self.of_day(INDICATOR, scope, value, more)

    def explain(self, scope: Scope) -> Explanation:
        """Return those pollutants with each station's day, the steps to them and the days of the month."""
        found = self.measure(scope)
        month = found.detail["days_month_closed"]
        days = ", ".join(f"{label} {n}" for label, n in month["by_pollutant"].items()) or "none"
        steps = [*day_steps(self.closed(scope)), Step(f"days of {month['month']} by primary pollutant", days, "HJ 633")]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)

    def _days(self, scope: Scope, *, closed: bool) -> dict[str, Any]:
        """Count a month's days by primary pollutant; a day with two counts for both."""
        stretch = (closed_stretch if closed else running_stretch)(PeriodKind.MONTH, self.now, self.tz)
        return self.once((scope, stretch), lambda: self._count(scope, stretch))

    def _count(self, scope: Scope, stretch: Stretch) -> dict[str, Any]:
        reports = [outcome.report for outcome in self.outcomes(scope, stretch)]
        known = [r for r in reports if r is not None and r.value is not None]
        counts = {p: sum(p in r.primary for r in known) for p in Pollutant}
        return {
            "month": stretch.name,
            "by_pollutant": {p.label: n for p, n in counts.items() if n},
            "none": sum(not r.primary for r in known),
            "unknown": len(reports) - len(known),
        }


INDICATOR: Final = Indicator(
    name="primary_pollutant",
    title="首要污染物",
    title_en="Primary pollutants, daily",
    unit="1",
    kinds=("air_station",),
    scopes=(ScopeKind.CITY, ScopeKind.STATION),
    source="HJ 633-2012 4.4, HJ 633-2026 by the day's date: above 50 the largest IAQI, ties all named",
    # the last closed month began two months ago at most
    lookback={"instant": timedelta(days=64)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.STATION), settle=timedelta(hours=2)),
    state=PrimaryPollutant,
)
