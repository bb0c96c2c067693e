"""小路段灭灯数: dark lamps of one road. Where there are few lamps, a count is judged, no share (city_operations 2.1).

So says Changsha's rule: of up to 99 lamps two may be dark, of 100 to 149 three, of 150 to 199 four; from 200 on the
share counts. One dark lamp in an alley of twelve is no road below 96 %.
"""

from typing import Any, ClassVar, Final

from domain.explanation import Explanation, Step
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.indicators.light_on_rate import no_verdict
from rules.lighting.board import LampBoard
from rules.lighting.tally import LampTally
from rules.lighting.view import BOARD, LampView, made_up

ALLOWED: Final = ((99, 2), (149, 3), (199, 4))
"""Lamps up to, and how many of them may be dark."""


def allowed(lamps: int) -> int | None:
    """Return how many of so many lamps may be dark; None where the share is judged instead."""
    return next((dark for most, dark in ALLOWED if lamps <= most), None)


class SmallRoadDark(LampView):
    """The count of each road."""

    shows: ClassVar[tuple[ScopeKind, ...]] = (ScopeKind.ROAD,)

    def tally(self, scope: Scope) -> LampTally:
        """Return the counts that the figure of a road rests on."""
        return self.board.tally(scope)

    def measure(self, scope: Scope) -> Measure:
        """Return how many lamps of a road are dark; those without a fresh report are unknown, not dark."""
        tally = self.tally(scope)
        known = tally.lit + tally.dark
        forbidden = no_verdict(tally)
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=float(tally.dark) if tally.expected else None,
            numerator=tally.dark,
            denominator=tally.expected,
            unknown=tally.unknown,
            coverage=known / tally.expected if tally.expected else None,
            span=tally.span,
            official=not tally.synthetic,
            verdict_allowed=not forbidden,
            reason="; ".join(filter(None, (forbidden, made_up(tally.synthetic)))),
            register_version=self.board.world.register.version,
            detail=_detail(tally),
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the count with every lamp of the road, and how many may be dark."""
        found = self.measure(scope)
        limit = found.detail["allowed"]
        steps = [
            Step("functional lamps in service and scheduled to be on", f"{found.denominator:g}"),
            Step("of them dark by a fresh report", f"{found.numerator:g}"),
            Step("of them without a fresh report", f"{found.unknown:g}"),
            Step("how many of so many lamps may be dark", "the share counts" if limit is None else str(limit), "2.1"),
        ]
        inputs = sorted(self.board.inputs(scope), key=lambda i: i.device)
        return Explanation(found, INDICATOR.source, inputs, steps)


def _detail(tally: LampTally) -> dict[str, Any]:
    limit = allowed(tally.expected)
    return {
        "judged_by": "share" if limit is None else "count",
        "allowed": limit,
        "state": _state(tally, limit),
        "lit": tally.lit,
        "unsettled": tally.unsettled,
    }


def _state(tally: LampTally, limit: int | None) -> str | None:
    """Return within, over, or unknown while that depends on lamps that do not report; None where a share counts."""
    if limit is None or not tally.expected:
        return None
    if tally.dark > limit:
        return "over"
    return "within" if tally.dark + tally.unknown <= limit else "unknown"


INDICATOR: Final = Indicator(
    name="small_road_dark",
    title="小路段灭灯数",
    title_en="Dark lamps of a small road",
    unit="{lamp}",
    kinds=("streetlight",),
    scopes=(ScopeKind.ROAD,),
    source="city_operations 2.1 (Changsha): roads with fewer than 200 lamps are judged by the count of dark lamps",
    lookback={"instant": KINDS["streetlight"].freshness},
    kept=Kept(PeriodKind.DAY, (ScopeKind.ROAD,)),
    state=OnBoard(BOARD, LampBoard, SmallRoadDark),
)
