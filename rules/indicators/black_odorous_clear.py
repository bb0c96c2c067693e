"""黑臭水体消除率: bodies that are not black and odorous ÷ bodies of the register (plan of 2019, item 22: 31 of them).

A body counts for it when its grade is clear and no newest sample of it is suspect. One that is suspect only, or has
too few points or samples, is unknown. A body that lies in two districts is judged in each by its points there.
"""

from datetime import timedelta
from typing import ClassVar, Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.bodies.board import LOOKBACK, BodyBoard
from rules.bodies.view import BOARD, BodyView
from rules.indicator import Indicator, Kept, OnBoard
from rules.indicators.black_odorous_grade import GUIDE


class BlackOdorousClear(BodyView):
    """The bodies of the city, and the share of each scope that is clear."""

    shows: ClassVar[tuple[ScopeKind, ...]] = (ScopeKind.CITY, ScopeKind.DISTRICT)

    def measure(self, scope: Scope) -> Measure:
        """Return the confirmed share of clear bodies; every unknown one counts against it."""
        bodies, names = self.tally(scope).bodies, self.board.names(scope)
        states = {body: (state, state.clear) for body, state in sorted(bodies.items())}
        clear = sum(c is True for _, c in states.values())
        known = sum(c is not None for _, c in states.values())
        total = len(states)
        synthetic = sum(state.synthetic for state, _ in states.values())
        made_up = f"{synthetic} of the bodies are made up" if synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=100 * clear / total if total else None,
            numerator=clear,
            denominator=total,
            unknown=total - known,
            coverage=known / total if total else None,
            span=self.board.span(scope),
            official=not made_up,
            verdict_allowed=bool(total),
            reason=made_up or ("" if total else "no body in the register"),
            register_version=self.board.world.register.version,
            detail={
                "observed_rate": 100 * clear / known if known else None,
                "relapsed": [self.board.view(b, names[b], s) for b, (s, c) in states.items() if c is False],
                "suspected": [self.board.view(b, names[b], s) for b, (s, _) in states.items() if s.suspected],
                "unknown_bodies": [{"body": b, "reason": s.why} for b, (s, c) in states.items() if c is None],
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the data of every point."""
        found = self.measure(scope)
        share = "no body" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step("bodies of the register", f"{found.denominator:g}"),
            Step("of them clear: every point clear over three weeks, no newest sample suspect", f"{found.numerator:g}"),
            Step("of them black and odorous", f"{len(found.detail['relapsed'])}", GUIDE),
            Step("of them unknown or suspect, counted against", f"{found.unknown:g}"),
            Step("share = clear ÷ all", share),
        ]
        return Explanation(found, INDICATOR.source, self.board.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="black_odorous_clear",
    title="黑臭水体消除率",
    title_en="Waters no longer black and odorous",
    unit="%",
    kinds=BodyBoard.kinds,
    scopes=BlackOdorousClear.shows,
    source=f"{GUIDE}; plan of 2019, item 22",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT), settle=timedelta(hours=2)),
    state=OnBoard(BOARD, BodyBoard, BlackOdorousClear),
)
