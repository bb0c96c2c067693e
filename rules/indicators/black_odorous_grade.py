"""黑臭水体分级: each body clear, light or heavy by the guide of 2015, with the watch for its relapse.

0 is clear (不黑臭), 1 light (轻度), 2 heavy (重度). A body is suspected while an indicator of a point's newest sample
lies in a light or heavy range, before the window of three weeks says so.
"""

from datetime import timedelta
from typing import ClassVar, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.bodies.board import LOOKBACK, BodyBoard
from rules.bodies.tally import BodyState
from rules.bodies.view import BOARD, BodyView
from rules.indicator import Indicator, Kept, OnBoard

GUIDE: Final = "城市黑臭水体整治工作指南 (2015)"
NO_SHARE: Final = "a grade is no share; the share of clear bodies is black_odorous_clear"


class BlackOdorousGrade(BodyView):
    """The bodies of the city, and the grade of each."""

    shows: ClassVar[tuple[ScopeKind, ...]] = (ScopeKind.WATER_BODY,)

    def measure(self, scope: Scope) -> Measure:
        """Return the grade of a body; numerator and denominator are its points with a grade and all in service."""
        state = self._body(scope)
        graded = sum(point.grade is not None for point in state.points.values())
        found, total = state.grade, len(state.points)
        made_up = "its points are made up" if state.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=None if found.grade is None else float(found.grade),
            numerator=graded,
            denominator=total,
            unknown=total - graded,
            coverage=graded / total if total else None,
            span=self.board.span(scope),
            official=found.grade is not None and not made_up,
            verdict_allowed=False,
            reason=made_up or found.why or NO_SHARE,
            register_version=self.board.world.register.version,
            detail=self.board.view(scope.id, self.board.names(scope).get(scope.id, scope.id), state),
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the grade with the data of every point."""
        found, state = self.measure(scope), self._body(scope)
        steps = [
            Step(
                f"point {device}: heavy if one indicator has 60 % of its data heavy, or two 30 % each",
                "no grade" if point.grade is None else point.grade.title,
                GUIDE,
            )
            for device, point in state.ordered()
        ]
        title = found.detail["grade_zh"] or f"no grade: {found.reason}"
        steps.append(Step("body: heavy with 60 % of its points or three in a row heavy, else the worst", title, GUIDE))
        return Explanation(found, INDICATOR.source, self.board.inputs(scope), steps)

    def _body(self, scope: Scope) -> BodyState:
        return self.tally(scope).bodies.get(scope.id, BodyState())


INDICATOR: Final = Indicator(
    name="black_odorous_grade",
    title="黑臭水体分级",
    title_en="Grade of black-odorous waters",
    unit="1",
    kinds=BodyBoard.kinds,
    scopes=BlackOdorousGrade.shows,
    source=f"{GUIDE}; window of three weeks",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.WATER_BODY,), settle=timedelta(hours=2)),
    state=OnBoard(BOARD, BodyBoard, BlackOdorousGrade),
)
