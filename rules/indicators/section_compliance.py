"""断面达标率: sections whose GB 3838 class meets their own target class ÷ sections in service with such a target.

The measure itself is the instantaneous state of the 4-hourly stations: information, never a verdict. What item 22 of
the plan is held against is the last closed month (`detail["month_closed"]`); the running month is provisional.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import Period, PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.standards.water_evaluation import river_status
from rules.water.board import KINDS_HEARD, SILENT, SectionBoard
from rules.water.outcome import Outcome, lists, section_view
from rules.water.tally import SectionTally
from rules.water.view import rate_view

SCOPES: Final = (
    ScopeKind.CITY,
    ScopeKind.RIVER,
    ScopeKind.BASIN,
    ScopeKind.SECTION_SET,
    ScopeKind.SECTION,
    ScopeKind.DISTRICT,
)
INSTANTANEOUS: Final = "a 4-hourly class is an instantaneous state; the verdict uses closed months"


class SectionCompliance(SectionBoard):
    """The sections of the city, and the measure of each scope."""

    measured = SCOPES

    def tally(self, scope: Scope) -> SectionTally:
        """Return what the rate of a scope now rests on."""
        return SectionTally.of(self.outcomes_now(scope).values())

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed rate of a scope now; every section without a class counts against it."""
        found = self.outcomes_now(scope)
        counts = SectionTally.of(found.values()).counts
        instants = [o.at for o in found.values() if o.found is not None and o.at is not None and not o.excluded]
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=counts.value,
            numerator=counts.compliant,
            denominator=counts.judged,
            unknown=counts.unknown,
            coverage=counts.coverage,
            span=Span(min(instants), max(instants)) if instants else None,
            official=False,
            verdict_allowed=False,
            reason=INSTANTANEOUS,
            register_version=self.world.register.version,
            detail={
                "observed_rate": counts.observed,
                "synthetic": counts.synthetic,
                "silent": sorted(o.device.id for o in found.values() if o.why == SILENT),
                **lists(found.values()),
                **_of_river(scope, found),
                **_of_section(scope, found),
                "month_closed": self._month(scope, self.closed(PeriodKind.MONTH)),
                "month_to_date": self._month(scope, self.running(PeriodKind.MONTH)),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with each section's class, its limiting items and its target."""
        outcomes = [o for _, o in sorted(self.outcomes_now(scope).items())]
        found = self.measure(scope)
        inputs = [
            Input(o.device.id, o.device.name, not (why := o.excluded or o.why), why, o.at, section_view(o))
            for o in outcomes
        ]
        value = "no section" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step("sections in service with a target class of their own", f"{found.denominator:g}"),
            Step("of them with a class not worse than the target", f"{found.numerator:g}", "GB 3838-2002 table 1"),
            Step("of them without a class, counted against", f"{found.unknown:g}"),
            Step("rate = compliant ÷ sections with a target", value, "环办〔2011〕22号"),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _month(self, scope: Scope, period: Period) -> dict[str, Any]:
        """Return a month's rate with what a verdict on it needs, as plain JSON."""
        outcomes = self.outcomes(scope, period)
        return {
            "month": period.name,
            **rate_view(outcomes, period, self.until(period)),
            **_of_section(scope, outcomes),
        }


def _of_section(scope: Scope, tally: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return the one section in full, where the scope is one."""
    if scope.kind is not ScopeKind.SECTION or scope.id not in tally:
        return {}
    return {"section": section_view(tally[scope.id])}


def _of_river(scope: Scope, tally: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return the condition of the river by 环办〔2011〕22号, where the scope is one."""
    if scope.kind is not ScopeKind.RIVER:
        return {}
    status = river_status([(o.values, o.body) for o in tally.values() if o.found is not None])
    if status is None:
        return {"river": None}
    return {
        "river": {
            "wording": status.wording,
            "sections": status.sections,
            "class": status.mean.grade.name if status.mean is not None else None,
            "main_pollutants": list(status.main),
        }
    }


INDICATOR: Final = Indicator(
    name="section_compliance",
    title="断面达标率",
    title_en="Section compliance rate",
    unit="%",
    kinds=KINDS_HEARD,
    scopes=SCOPES,
    source="GB 3838-2002; 环办〔2011〕22号; plan of 2019, item 22",
    # every measure carries the last closed month, which began two months ago at most
    lookback={"instant": timedelta(days=63), "month": timedelta(days=63)},
    kept=Kept(
        PeriodKind.DAY,
        (ScopeKind.CITY, ScopeKind.RIVER, ScopeKind.BASIN, ScopeKind.SECTION_SET, ScopeKind.DISTRICT),
        settle=timedelta(hours=2),
    ),
    state=SectionCompliance,
)
