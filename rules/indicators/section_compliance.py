"""断面达标率: sections whose GB 3838 class meets their own target class ÷ sections in service with such a target.

The measure itself is the instantaneous state of the 4-hourly stations: information, never a verdict. What item 22 of
the plan is held against is the last closed month (`detail["month_closed"]`); the running month is provisional.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.standards.water_evaluation import river_status
from rules.water.board import SILENT, SectionBoard
from rules.water.month import Month
from rules.water.outcome import Counts, Outcome, count, lists, section_view

INSTANTANEOUS: Final = "a 4-hourly class is an instantaneous state; the verdict uses closed months"


class SectionCompliance(SectionBoard):
    """The sections of the city, and the measure of each scope."""

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed rate of a scope now; every section without a class counts against it."""
        tally = self.now_tally(scope)
        counts = count(tally.values())
        instants = [o.at for o in tally.values() if o.found is not None and o.at is not None and not o.excluded]
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
                "silent": sorted(o.device.id for o in tally.values() if o.why == SILENT),
                **lists(tally.values()),
                **_of_river(scope, tally),
                **_of_section(scope, tally),
                "month_closed": _month(scope, self.closed, self.closed_tally(scope), official=True),
                "month_to_date": _month(scope, self.to_date, self.to_date_tally(scope), official=False),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with each section's class, its limiting items and its target."""
        outcomes = [o for _, o in sorted(self.now_tally(scope).items())]
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


def _month(scope: Scope, month: Month, tally: Mapping[str, Outcome], *, official: bool) -> dict[str, Any]:
    """Return a month's rate with what a verdict on it needs, as plain JSON."""
    counts = count(tally.values())
    return {
        "month": month.name,
        "until": month.end.isoformat(),
        "value": counts.value,
        "observed_rate": counts.observed,
        "numerator": counts.compliant,
        "denominator": counts.judged,
        "unknown": counts.unknown,
        "coverage": counts.coverage,
        "official": official and not counts.synthetic,
        "reason": _unofficial(counts, official=official),
        **lists(tally.values()),
        **_of_section(scope, tally),
    }


def _unofficial(counts: Counts, *, official: bool) -> str:
    if not official:
        return "the month is still running"
    return f"{counts.synthetic} of the sections are made up" if counts.synthetic else ""


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
    kinds=("river_section",),
    scopes=(
        ScopeKind.CITY,
        ScopeKind.RIVER,
        ScopeKind.SECTION_SET,
        ScopeKind.SECTION,
        ScopeKind.DISTRICT,
    ),
    source="GB 3838-2002; 环办〔2011〕22号; plan of 2019, item 22",
    # every measure carries the last closed month, which began two months ago at most
    lookback={"instant": timedelta(days=63), "month": timedelta(days=63)},
    kept=Kept(
        PeriodKind.DAY,
        (ScopeKind.CITY, ScopeKind.RIVER, ScopeKind.SECTION_SET, ScopeKind.DISTRICT),
        settle=timedelta(hours=2),
    ),
    state=SectionCompliance,
)
