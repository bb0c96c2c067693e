"""桥洞亮灯: underpasses that are lit, of those that the register names (plan, item 10: 25 dark ones get lamps)."""

from typing import ClassVar, Final

from domain.explanation import Explanation, Step
from domain.kinds import KINDS
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.underpass import Underpass, UnderpassTally
from rules.lighting.view import BOARD, LampView, made_up

_SCOPES: Final = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA, ScopeKind.UNDERPASS)
NONE_NAMED: Final = "no lamp names an underpass"


class UnderpassLighting(LampView):
    """The count of each scope."""

    shows: ClassVar[tuple[ScopeKind, ...]] = _SCOPES

    def tally(self, scope: Scope) -> UnderpassTally:
        """Return the lamps of each underpass of a scope, by its name."""
        return UnderpassTally(self.board.underpasses(scope))

    def measure(self, scope: Scope) -> Measure:
        """Return how many underpasses are lit; one that depends on silent lamps is unknown."""
        tally = self.tally(scope).parts
        names = {v: sorted(name for name, count in tally.items() if count.verdict is v) for v in Underpass}
        unknown = len(names[Underpass.UNKNOWN])
        invented = sum(count.made_up for count in tally.values())
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=float(len(names[Underpass.LIT])) if tally else None,
            numerator=len(names[Underpass.LIT]),
            denominator=len(tally),
            unknown=unknown,
            coverage=(len(tally) - unknown) / len(tally) if tally else None,
            official=not invented,
            verdict_allowed=bool(tally),
            reason=made_up(invented) if tally else NONE_NAMED,
            register_version=self.board.world.register.version,
            detail={
                "dark": names[Underpass.DARK],
                "unknown": names[Underpass.UNKNOWN],
                "underpasses": {name: {"state": c.verdict.value, **c.dump()} for name, c in sorted(tally.items())},
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the count with every lamp under a bridge."""
        found = self.measure(scope)
        named = {lamp.device.id for lamp, _ in self.board.duties(scope) if lamp.cell.underpass}
        named |= {lamp.device.id for lamp in self.board.out_of_service(scope) if lamp.cell.underpass}
        inputs = sorted((i for i in self.board.inputs(scope) if i.device in named), key=lambda i: i.device)
        steps = [
            Step(f"{name}: lamps lit of those in service", f"{said['lit']} of {said['expected']}: {said['state']}")
            for name, said in found.detail["underpasses"].items()
        ]
        total = Step("underpasses with at least half of their lamps lit", f"{found.numerator:g}", "plan item 10")
        return Explanation(found, INDICATOR.source, inputs, [*steps, total])


INDICATOR: Final = Indicator(
    name="underpass_lighting",
    title="亮灯桥洞数",
    title_en="Underpasses lit",
    unit="{underpass}",
    kinds=("streetlight",),
    scopes=_SCOPES,
    source="plan of 2019, item 10: lamps for 25 dark underpasses; lit = at least half of its lamps (our choice)",
    lookback={"instant": KINDS["streetlight"].freshness},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT)),
    state=OnBoard(BOARD, LampBoard, UnderpassLighting),
)
