"""装灯率: roads newly built, rebuilt or extended that have their functional lamps ÷ all of them (plan, item 10)."""

from typing import ClassVar, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.project_view import LOOKBACK, PROJECT_SCOPES, ProjectView
from rules.lighting.view import BOARD


class LightInstallationRate(ProjectView):
    """The rate of each scope."""

    works: ClassVar[frozenset[str]] = frozenset({"new", "rebuilt", "extended"})

    def measure(self, scope: Scope) -> Measure:
        """Return the rate; a road of which it cannot be said counts against it."""
        return self.of(INDICATOR, scope)

    def explain(self, scope: Scope) -> Explanation:
        """Return the rate with the planned and the installed lamps of every road."""
        found = self.measure(scope)
        steps = [
            Step("roads newly built, rebuilt or extended", f"{found.denominator:g}", "plan item 10"),
            Step("of them with as many functional lamps as were planned", f"{found.numerator:g}"),
            Step("of them without a planned number, counted against", f"{found.unknown:g}"),
            Step("rate = roads with their lamps ÷ all", "no road" if found.value is None else f"{found.value:.2f} %"),
        ]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="light_installation_rate",
    title="装灯率",
    title_en="Lamp installation rate",
    unit="%",
    kinds=("road_project", "streetlight"),
    scopes=PROJECT_SCOPES,
    source="plan of 2019, item 10: roads newly built, rebuilt or extended with functional lighting ÷ all of them",
    lookback=LOOKBACK,
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT)),
    state=OnBoard(BOARD, LampBoard, LightInstallationRate),
)
