"""断面水质类别: the class of a section now, over the last closed day and month and over the month so far.

The figure is the instantaneous class of the 4-hourly station (1…5 for Ⅰ…Ⅴ, 6 for 劣Ⅴ): information, never a verdict.
The newest laboratory sample stands beside it.
"""

from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.water.board import KINDS_HEARD, SectionBoard
from rules.water.explain import class_steps
from rules.water.outcome import section_view
from rules.water.tally import SectionTally
from rules.water.view import period_view

INSTANTANEOUS: Final = "a 4-hourly class is an instantaneous state; see section_period_class for closed months"
_PERIODS: Final = (("day_closed", PeriodKind.DAY, True), ("class_month_closed", PeriodKind.MONTH, True))


class SectionClassNow(SectionBoard):
    """The sections of the city, each with its class."""

    measured = (ScopeKind.SECTION,)

    def tally(self, scope: Scope) -> SectionTally:
        """Return how the section stands by its latest fresh reading."""
        return SectionTally.of(self.outcomes_now(scope).values())

    def measure(self, scope: Scope) -> Measure:
        """Return the class of a section by its latest fresh reading."""
        found = self.outcomes_now(scope)[scope.id]
        known = int(found.found is not None)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=None if found.found is None else float(found.found.worst),
            numerator=known,
            denominator=1,
            unknown=1 - known,
            coverage=float(known),
            span=Span(found.at, found.at) if found.found is not None and found.at is not None else None,
            official=False,
            verdict_allowed=False,
            reason=found.why or INSTANTANEOUS,
            register_version=self.world.register.version,
            detail={
                "section": section_view(found),
                **{name: self._over(scope, kind, closed=closed) for name, kind, closed in _PERIODS},
                "class_month_to_date": self._over(scope, PeriodKind.MONTH, closed=False),
                "laboratory": self._laboratory(scope.id),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the class with the reading it rests on and each item's step."""
        outcome = self.outcomes_now(scope)[scope.id]
        why = outcome.why
        inputs = [Input(scope.id, outcome.device.name, not why, why, outcome.at, section_view(outcome))]
        inputs += [
            Input(said["series"], said["series"], used=False, why="laboratory samples count for periods", says=said)
            for said in self._laboratory(scope.id)
        ]
        steps = class_steps(outcome) or [Step("class of the section", f"none: {why}", "GB 3838-2002 5.1")]
        return Explanation(self.measure(scope), INDICATOR.source, inputs, steps)

    def _over(self, scope: Scope, kind: PeriodKind, *, closed: bool) -> dict[str, Any]:
        period = self.closed(kind) if closed else self.running(kind)
        return period_view(self.outcomes(scope, period).get(scope.id), period, self.until(period))

    def _laboratory(self, section: str) -> list[dict[str, Any]]:
        """Return the laboratory samples of the last closed month and of the closed days of the running one."""
        months = (self.closed(PeriodKind.MONTH), self.running(PeriodKind.MONTH))
        return [
            {"series": series, "at": at.isoformat(), "origin": "laboratory", "values": dict(values)}
            for month in months
            for at, series, values in self.years.laboratory(section, month)
        ]


INDICATOR: Final = Indicator(
    name="section_class",
    title="断面水质类别",
    title_en="Class of a section",
    unit="1",
    kinds=KINDS_HEARD,
    scopes=(ScopeKind.SECTION,),
    source="GB 3838-2002 table 1, 5.1; 环办〔2011〕22号; 环办监测函〔2020〕82号",
    # the last closed month began two months ago at most
    lookback={"instant": timedelta(days=63)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.SECTION,), settle=timedelta(hours=2)),
    state=SectionClassNow,
)
"""Its history is that of the instantaneous class at the end of each day, with the closed day in the detail."""
