"""路灯补建路段数: road sections that got the lamps they lacked, and whose lamps are alive (plan of 2019, item 10)."""

from typing import ClassVar, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.project_view import LOOKBACK, PROJECT_SCOPES, ProjectView
from rules.lighting.view import BOARD


class RoadSectionsLit(ProjectView):
    """The count of each scope."""

    works: ClassVar[frozenset[str]] = frozenset({"lamps_added"})

    def measure(self, scope: Scope) -> Measure:
        """Return how many sections got their lamps; one whose lamps were never heard of is unknown."""
        return self.of(INDICATOR, scope)

    def explain(self, scope: Scope) -> Explanation:
        """Return the count with the planned and the installed lamps of every section."""
        found = self.measure(scope)
        steps = [
            Step("road sections that were to get lamps", f"{found.denominator:g}", "plan item 10"),
            Step("of them with the planned lamps, one of which reports", f"{found.numerator:g}"),
            Step("of them of which it cannot be said", f"{found.unknown:g}"),
        ]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="road_sections_lit",
    title="路灯补建路段数",
    title_en="Road sections that got lamps",
    unit="{section}",
    kinds=("road_project", "streetlight"),
    scopes=PROJECT_SCOPES,
    source="plan of 2019, item 10: lamps are added to road sections; new lamps that report are the evidence",
    lookback=LOOKBACK,
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT)),
    state=OnBoard(BOARD, LampBoard, RoadSectionsLit),
)
