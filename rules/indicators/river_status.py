"""河流、流域水质状况: rivers and basins worded by 环办〔2011〕22号 over the last closed month, quarter and year.

The figure is the confirmed share of sections of classes Ⅰ-Ⅲ; the wording stands in the detail. Fewer than five
sections with a class are worded by the mean of each item, five and more by shares of classes.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import Period, PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.standards.gb3838 import GRADES
from rules.standards.water_evaluation import REFERENCE_CLASS, SMALL_RIVER, river_status
from rules.water.board import KINDS_HEARD, WaterBoard, covered
from rules.water.explain import section_inputs
from rules.water.outcome import Outcome
from rules.water.tally import SectionTally

SCOPES: Final = (ScopeKind.CITY, ScopeKind.RIVER, ScopeKind.BASIN)
NO_TARGET: Final = "the wording of a river has no limit of its own"


class RiverStatusBoard(WaterBoard):
    """The rivers and basins of the city."""

    measured = SCOPES

    def in_service(self, scope: Scope, period: Period) -> dict[str, Outcome]:
        """Return the sections of a scope that were in service at the end of a period."""
        return {s: o for s, o in self.outcomes(scope, period).items() if o.in_service}

    def tally(self, scope: Scope) -> SectionTally:
        """Return what the last closed month rests on."""
        return SectionTally.of(self.in_service(scope, self.closed(PeriodKind.MONTH)).values())

    def measure(self, scope: Scope) -> Measure:
        """Return the share of sections of classes Ⅰ-Ⅲ in the last closed month."""
        month = self.closed(PeriodKind.MONTH)
        rows = self.tally(scope).rows.values()
        good = sum(row.found is not None and row.found <= REFERENCE_CLASS for row in rows)
        unknown = sum(row.found is None for row in rows)
        made_up = sum(row.synthetic for row in rows)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=100 * good / len(rows) if rows else None,
            numerator=good,
            denominator=len(rows),
            unknown=unknown,
            coverage=(len(rows) - unknown) / len(rows) if rows else None,
            covers=covered(month),
            official=not made_up,
            verdict_allowed=False,
            reason=f"{made_up} of the sections are made up" if made_up else NO_TARGET,
            register_version=self.world.register.version,
            detail={
                "status_month_closed": self._view(scope, month),
                "status_quarter_closed": self._view(scope, self.closed(PeriodKind.QUARTER)),
                "status_year_closed": self._view(scope, self.closed(PeriodKind.YEAR)),
                "status_year_to_date": self._view(scope, self.running(PeriodKind.YEAR)),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the wording with each section and the way it was found."""
        found = self.measure(scope)
        said: Mapping[str, Any] = found.detail["status_month_closed"]
        small = said["sections"] < SMALL_RIVER
        how = "class of the mean of each item" if small else "shares of classes Ⅰ-Ⅲ and 劣Ⅴ"
        steps = [
            Step("sections in service", f"{found.denominator:g}"),
            Step("of them with a class", str(said["sections"])),
            Step(
                f"{'fewer than' if small else 'at least'} {SMALL_RIVER} sections: {how}",
                said["method"],
                "环办〔2011〕22号",
            ),
            Step("condition of the water", said["wording"] or "none: no section has a class", "环办〔2011〕22号"),
        ]
        inputs = section_inputs(self.outcomes(scope, self.closed(PeriodKind.MONTH)))
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _view(self, scope: Scope, period: Period) -> dict[str, Any]:
        outcomes = self.in_service(scope, period)
        status = river_status([(o.values, o.body) for o in outcomes.values() if o.found is not None])
        view: dict[str, Any] = {
            "period": period.name,
            "until": self.until(period).isoformat(),
            "unknown": sorted(s for s, o in outcomes.items() if o.found is None),
        }
        if status is None:
            return {
                **view,
                "sections": 0,
                "method": "none",
                "wording": None,
                "class": None,
                "shares": {},
                "main_pollutants": [],
            }
        return {
            **view,
            "sections": status.sections,
            "method": "shares" if status.mean is None else "mean",
            "wording": status.wording,
            "class": None if status.mean is None else status.mean.grade.name,
            "shares": {GRADES[n].name: float(100 * share) for n, share in status.shares.items()},
            "main_pollutants": list(status.main),
        }


INDICATOR: Final = Indicator(
    name="river_status",
    title="河流、流域水质状况（Ⅰ-Ⅲ类断面比例）",
    title_en="Condition of rivers and basins (share of sections of classes Ⅰ-Ⅲ)",
    unit="%",
    kinds=KINDS_HEARD,
    scopes=SCOPES,
    source="环办〔2011〕22号; GB 3838-2002; 环办监测函〔2020〕82号",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, SCOPES, settle=timedelta(hours=2)),
    state=RiverStatusBoard,
)
