"""照明远程管控率: lamps whose controller reports ÷ all lamps in service (plan of 2019, item 10).

A controller reports when it has done so within 24 hours: circuits are dead by day, so that a shorter silence says
nothing (our choice). A lamp that the register gives no controller counts against the share; one that should report and
does not is unknown.
"""

from typing import Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.lamp import HEARD, is_uncontrolled
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.tally import StockTally
from rules.lighting.view import BOARD, LampView, made_up, percent


class RemoteControlShare(LampView):
    """The share of each scope."""

    def tally(self, scope: Scope) -> StockTally:
        """Return the counts that the share of a scope rests on."""
        return self.board.stock(scope)

    def measure(self, scope: Scope) -> Measure:
        """Return the share; every lamp that is silent counts against it."""
        stock = self.tally(scope)
        known = stock.reporting + stock.uncontrolled
        lamps = stock.in_service
        controlled = lamps - stock.uncontrolled
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=percent(stock.reporting, lamps),
            numerator=stock.reporting,
            denominator=lamps,
            unknown=lamps - known,
            coverage=known / lamps if lamps else None,
            official=not stock.in_service_made_up,
            reason=made_up(stock.in_service_made_up),
            register_version=self.board.world.register.version,
            detail={"without_controller": stock.uncontrolled, "online_rate": percent(stock.reporting, controlled)},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the controller of every lamp."""
        found = self.measure(scope)
        inputs = [
            Input(lamp.device.id, lamp.device.name, not why, why, lamp.at, {"control": lamp.device.text("control")})
            for lamp, _ in self.board.duties(scope)
            for why in ["" if lamp.heard or is_uncontrolled(lamp.device) else "silent_for_24_hours"]
        ]
        inputs += [
            Input(lamp.device.id, lamp.device.name, used=False, why=lamp.device.state.value)
            for lamp in self.board.out_of_service(scope)
        ]
        steps = [
            Step("lamps in service, functional or landscape", f"{found.denominator:g}", "plan item 10"),
            Step("of them with a controller that has reported within 24 hours", f"{found.numerator:g}"),
            Step("of them without a controller by the register", str(found.detail["without_controller"])),
            Step("of them silent, counted against", f"{found.unknown:g}"),
            Step("share = reporting ÷ all", "no lamp" if found.value is None else f"{found.value:.2f} %"),
        ]
        return Explanation(found, INDICATOR.source, sorted(inputs, key=lambda i: i.device), steps)


INDICATOR: Final = Indicator(
    name="remote_control_share",
    title="照明远程管控率",
    title_en="Share of lamps under remote control",
    unit="%",
    kinds=("streetlight",),
    scopes=LAMP_SCOPES,
    source="plan of 2019, item 10: lamps with a reporting controller ÷ all lamps",
    lookback={"instant": HEARD},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA)),
    state=OnBoard(BOARD, LampBoard, RemoteControlShare),
)
