"""断面水质类别（月、季、年）: the class of a section over the last closed month, with quarter, year and year to date.

Automatic means take precedence over laboratory samples, item by item; the origin of each is told.
"""

from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import Period, PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.water.board import KINDS_HEARD, WaterBoard, covered
from rules.water.explain import class_steps, origin_steps, section_inputs
from rules.water.tally import SectionTally
from rules.water.view import period_view

NO_SHARE: Final = "a class is no share; targets count sections and months"
NOT_REGISTERED: Final = "not_registered"


class SectionPeriodClass(WaterBoard):
    """The sections of the city, each with its class over closed periods."""

    measured = (ScopeKind.SECTION,)

    def tally(self, scope: Scope) -> SectionTally:
        """Return how the section stands over the last closed month."""
        return SectionTally.of(self.outcomes(scope, self.closed(PeriodKind.MONTH)).values())

    def measure(self, scope: Scope) -> Measure:
        """Return the class of the last closed month."""
        month = self.closed(PeriodKind.MONTH)
        outcome = self.outcomes(scope, month).get(scope.id)
        found = None if outcome is None else outcome.found
        known = int(found is not None)
        made_up = outcome is not None and outcome.device.synthetic
        why = NOT_REGISTERED if outcome is None else outcome.why
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=None if found is None else float(found.worst),
            numerator=known,
            denominator=1,
            unknown=1 - known,
            coverage=float(known),
            covers=covered(month),
            official=found is not None and not made_up,
            verdict_allowed=False,
            reason=why or ("the section is made up" if made_up else NO_SHARE),
            register_version=self.world.register.version,
            detail={
                "class_month_closed": self._view(scope, month),
                "class_quarter_closed": self._view(scope, self.closed(PeriodKind.QUARTER)),
                "class_year_closed": self._view(scope, self.closed(PeriodKind.YEAR)),
                "class_year_to_date": self._view(scope, self.running(PeriodKind.YEAR)),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the month's class with the automatic station, the laboratory samples and each item's step."""
        month = self.closed(PeriodKind.MONTH)
        outcomes, value = self.outcomes(scope, month), self.years.value(scope.id, month)
        inputs = section_inputs(outcomes)
        for at, series, values in self.years.laboratory(scope.id, month):
            taken = sorted(item for item in values if value.origins.get(item) == "laboratory")
            why = "" if taken else "automatic values take precedence"
            says = {"origin": "laboratory", "values": dict(values), "items_used": taken}
            inputs.append(Input(series, series, bool(taken), why, at, says))
        steps = origin_steps(value)
        for outcome in outcomes.values():
            steps += class_steps(outcome) or [Step("class of the section", f"none: {outcome.why}", "GB 3838-2002 5.1")]
        return Explanation(self.measure(scope), INDICATOR.source, inputs, steps)

    def _view(self, scope: Scope, period: Period) -> dict[str, Any]:
        return period_view(self.outcomes(scope, period).get(scope.id), period, self.until(period))


INDICATOR: Final = Indicator(
    name="section_period_class",
    title="断面水质类别（月、季、年）",
    title_en="Class of a section by month, quarter and year",
    unit="1",
    kinds=KINDS_HEARD,
    scopes=(ScopeKind.SECTION,),
    source="GB 3838-2002 table 1, 5.1; 环办〔2011〕22号; 环办监测函〔2020〕82号",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.SECTION,), settle=timedelta(hours=2)),
    state=SectionPeriodClass,
)
