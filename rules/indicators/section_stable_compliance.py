"""断面稳定达标: the months of the last twelve closed ones in which a section met its target, and how many in a row.

The plan says 稳定达标 of 辛丰庄 without a figure; twelve months in a row is our choice. A month without a class is
unknown: it neither fails the section nor goes on with the row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure, Span
from domain.period import Period, PeriodKind, period_of
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept
from rules.water.board import KINDS_HEARD, WaterBoard
from rules.water.outcome import Outcome, section_view
from rules.water.tally import SectionTally

MONTHS: Final = 12


class SectionStableCompliance(WaterBoard):
    """The sections of the city, each with its last twelve closed months."""

    measured = (ScopeKind.SECTION,)

    def months(self) -> list[Period]:
        """Return the last twelve closed months, in order."""
        found = [self.closed(PeriodKind.MONTH)]
        while len(found) < MONTHS:
            found.insert(0, period_of(PeriodKind.MONTH, found[0].start - datetime.resolution, self.tz))
        return found

    def measure(self, scope: Scope) -> Measure:
        """Return the share of the months with a target in which the section met it; unknown ones count against."""
        months = self.months()
        outcomes = [self.outcomes(scope, month).get(scope.id) for month in months]
        judged = [o for o in outcomes if o is None or not o.excluded]
        met = sum(o is not None and o.compliant is True for o in judged)
        unknown = sum(o is None or o.compliant is None for o in judged)
        made_up = any(o is not None and o.device.synthetic for o in judged)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.now,
            unit=INDICATOR.unit,
            value=100 * met / len(judged) if judged else None,
            numerator=met,
            denominator=len(judged),
            unknown=unknown,
            coverage=(len(judged) - unknown) / len(judged) if judged else None,
            covers=Span(months[0].start, months[-1].end),
            official=not made_up,
            reason="the section is made up" if made_up else "",
            register_version=self.world.register.version,
            detail={
                "consecutive_months": in_a_row(outcomes),
                "stable": met == len(judged) == MONTHS,
                "months": [
                    {"month": m.name, "compliant": None if o is None or o.excluded else o.compliant, "class": _class(o)}
                    for m, o in zip(months, outcomes, strict=True)
                ],
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return that share with every month."""
        found = self.measure(scope)
        inputs = []
        for month in self.months():
            outcome = self.outcomes(scope, month).get(scope.id)
            why = "not_registered" if outcome is None else outcome.excluded or outcome.why
            says = {} if outcome is None else section_view(outcome)
            inputs.append(Input(month.name, month.name, used=not why, why=why, says=says))
        steps = [
            Step("closed months with a target class", f"{found.denominator:g}"),
            Step("of them with a class not worse than the target", f"{found.numerator:g}", "GB 3838-2002 table 1"),
            Step("of them without a class, counted against", f"{found.unknown:g}"),
            Step("compliant months in a row up to the last closed one", str(found.detail["consecutive_months"])),
        ]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def tally(self, scope: Scope) -> SectionTally:
        """Return what the last closed month rests on."""
        return SectionTally.of(self.outcomes(scope, self.closed(PeriodKind.MONTH)).values())


def in_a_row(outcomes: Sequence[Outcome | None]) -> int:
    """Return how many months in a row, up to the last, were compliant."""
    row = 0
    for outcome in reversed(outcomes):
        if outcome is None or outcome.excluded or not outcome.compliant:
            break
        row += 1
    return row


def _class(outcome: Outcome | None) -> str | None:
    return None if outcome is None or outcome.found is None else outcome.found.grade.name


INDICATOR: Final = Indicator(
    name="section_stable_compliance",
    title="断面稳定达标月份比例",
    title_en="Months in which a section met its target, of the last twelve",
    unit="%",
    kinds=KINDS_HEARD,
    scopes=(ScopeKind.SECTION,),
    source="GB 3838-2002; 环办〔2011〕22号; plan of 2019, item 22 (稳定达标)",
    # twelve closed months began thirteen months ago at most
    lookback={"instant": timedelta(days=400)},
    kept=Kept(PeriodKind.MONTH, (ScopeKind.SECTION,), settle=timedelta(hours=2)),
    state=SectionStableCompliance,
)
