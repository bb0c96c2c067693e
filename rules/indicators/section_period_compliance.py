"""断面水质达标率（月、季、年）: sections that meet their own target class over closed months, quarters and years.

Sections without a class are unknown and count against; the share without them is told as bulletins print it.
"""

from datetime import timedelta
from typing import Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.water.board import KINDS_HEARD, WaterBoard, covered
from rules.water.explain import section_inputs
from rules.water.tally import SectionTally
from rules.water.view import rate_view, unofficial

SCOPES: Final = (
    ScopeKind.CITY,
    ScopeKind.DISTRICT,
    ScopeKind.RIVER,
    ScopeKind.BASIN,
    ScopeKind.SECTION_SET,
)


class SectionPeriodCompliance(WaterBoard):
    """The sections of the city, and the rate of each scope over closed periods."""

    measured = SCOPES

    def tally(self, scope: Scope) -> SectionTally:
        """Return what the rate of the last closed month rests on."""
        return SectionTally.of(self.outcomes(scope, self.closed(PeriodKind.MONTH)).values())

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed rate of the last closed month."""
        month = self.closed(PeriodKind.MONTH)
        counts = self.tally(scope).counts
        periods = {f"{kind.value}_closed": self.closed(kind) for kind in (PeriodKind.MONTH, *_LONGER)}
        periods |= {f"{kind.value}_to_date": self.running(kind) for kind in (PeriodKind.MONTH, PeriodKind.YEAR)}
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
            covers=covered(month),
            official=not counts.synthetic,
            reason=unofficial(counts, closed=True, kind=month.kind),
            register_version=self.world.register.version,
            detail={
                name: {"period": period.name, **rate_view(self.outcomes(scope, period), period, self.until(period))}
                for name, period in periods.items()
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the month's rate with each section's class and target."""
        found = self.measure(scope)
        value = "no section" if found.value is None else f"{found.value:.1f} %"
        steps = [
            Step("sections in service at the month's end with a target class of their own", f"{found.denominator:g}"),
            Step("of them with a class not worse than the target", f"{found.numerator:g}", "GB 3838-2002 table 1"),
            Step("of them without a class, counted against", f"{found.unknown:g}"),
            Step("rate = compliant ÷ sections with a target", value, "环办〔2011〕22号"),
        ]
        inputs = section_inputs(self.outcomes(scope, self.closed(PeriodKind.MONTH)))
        return Explanation(found, INDICATOR.source, inputs, steps)


_LONGER: Final = (PeriodKind.QUARTER, PeriodKind.YEAR)

INDICATOR: Final = Indicator(
    name="section_period_compliance",
    title="断面水质达标率（月、季、年）",
    title_en="Section compliance by month, quarter and year",
    unit="%",
    kinds=KINDS_HEARD,
    scopes=SCOPES,
    source="GB 3838-2002; 环办〔2011〕22号; 环办监测函〔2020〕82号; plan of 2019, item 22",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733), "month": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, SCOPES, settle=timedelta(hours=2)),
    state=SectionPeriodCompliance,
)
