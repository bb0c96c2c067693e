"""水源地水质达标率: drinking-water sources that kept the class of their protection zone and GB 3838 table 2.

Asked is class Ⅱ in a first-grade protection zone, else Ⅲ (clause 3; Ⅲ where no grade is registered is our choice).
Without the five supplementary items of table 2 a source cannot be said to comply, only to fail (our choice).
"""

from datetime import timedelta
from typing import Any, Final

from typing_extensions import override

from domain.device import AssetState
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import Period, PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.standards.gb3838 import GRADES
from rules.standards.gb3838_sources import (
    ASKED_CLASS,
    SUPPLEMENTARY_NAMES,
    missing_supplementary,
    over_supplementary,
)
from rules.water.board import KINDS_HEARD, WaterBoard, covered
from rules.water.outcome import Outcome, section_view
from rules.water.tally import Row, SectionTally

SCOPES: Final = (ScopeKind.CITY, ScopeKind.WATER_SOURCE)


class WaterSourceCompliance(WaterBoard):
    """The sections at drinking-water sources."""

    measured = SCOPES

    @override
    def outcomes(self, scope: Scope, period: Period) -> dict[str, Outcome]:
        """Return how the sections at sources stand over a period."""
        return {s: o for s, o in super().outcomes(scope, period).items() if o.device.text("water_source")}

    def tally(self, scope: Scope, period: Period | None = None) -> SectionTally:
        """Return what the rate of a period rests on; None means the last closed month."""
        outcomes = self.outcomes(scope, period or self.closed(PeriodKind.MONTH))
        return SectionTally({s: _row(o) for s, o in outcomes.items()})

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed rate of the last closed month."""
        month = self.closed(PeriodKind.MONTH)
        counts = self.tally(scope).counts
        made_up = f"{counts.synthetic} of the sections are made up" if counts.synthetic else ""
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
            official=not made_up,
            reason=made_up,
            register_version=self.world.register.version,
            detail={
                f"sources_{kind.value}_closed": self._view(scope, self.closed(kind))
                for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with each source's class, what is asked of it and its supplementary items."""
        found = self.measure(scope)
        inputs = []
        for section, o in self.outcomes(scope, self.closed(PeriodKind.MONTH)).items():
            row = _row(o)
            why = row.excluded or ("" if row.compliant is not None else _source_view(o)["reason"])
            inputs.append(Input(section, o.device.name, not why, why, says={**section_view(o), **_source_view(o)}))
        steps = [
            Step("sections in service at drinking-water sources", f"{found.denominator:g}"),
            Step(
                "of them with the class asked and table 2 kept", f"{found.numerator:g}", "GB 3838-2002 tables 1 and 2"
            ),
            Step("of them unknown, counted against", f"{found.unknown:g}"),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _view(self, scope: Scope, period: Period) -> dict[str, Any]:
        counts = self.tally(scope, period).counts
        return {
            "period": period.name,
            "value": counts.value,
            "observed_rate": counts.observed,
            "numerator": counts.compliant,
            "denominator": counts.judged,
            "unknown": counts.unknown,
            "sections": [_source_view(o) for o in self.outcomes(scope, period).values()],
        }


def asked_class(outcome: Outcome) -> int:
    """Return the class that the protection zone asks for."""
    return ASKED_CLASS[outcome.device.text("protection_zone", "second")]


def _row(outcome: Outcome) -> Row:
    device = outcome.device
    excluded = "" if device.state is AssetState.IN_SERVICE else device.state.value
    worst = None if outcome.found is None else outcome.found.worst
    return Row(excluded, worst, _compliant(outcome), device.synthetic)


def _compliant(outcome: Outcome) -> bool | None:
    if over_supplementary(outcome.exact) or (outcome.found is not None and outcome.found.worst > asked_class(outcome)):
        return False
    return None if outcome.found is None or missing_supplementary(outcome.exact) else True


def _source_view(outcome: Outcome) -> dict[str, Any]:
    missing = missing_supplementary(outcome.exact)
    return {
        "section": outcome.device.id,
        "water_source": outcome.device.text("water_source"),
        "asked": GRADES[asked_class(outcome)].name,
        "class_name": None if outcome.found is None else outcome.found.grade.name,
        "compliant": _compliant(outcome),
        "over_table_2": [SUPPLEMENTARY_NAMES[item] for item in over_supplementary(outcome.exact)],
        "reason": outcome.why or (f"not_measured: {', '.join(missing)}" if missing else ""),
    }


INDICATOR: Final = Indicator(
    name="water_source_compliance",
    title="饮用水水源地水质达标率",
    title_en="Drinking-water sources that keep their limits",
    unit="%",
    kinds=KINDS_HEARD,
    scopes=SCOPES,
    source="GB 3838-2002 clause 3, tables 1 and 2; 环办监测函〔2020〕82号",
    # the last closed year began two years ago at most
    lookback={"instant": timedelta(days=733)},
    kept=Kept(PeriodKind.MONTH, SCOPES, settle=timedelta(hours=2)),
    state=WaterSourceCompliance,
)
