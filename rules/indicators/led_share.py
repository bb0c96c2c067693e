"""LED 灯占比: functional lamps with an LED ÷ functional lamps that the city has, by the register (plan, item 10)."""

from datetime import timedelta
from typing import Final

from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.lighting.board import LampBoard
from rules.lighting.lamp import STOCK, is_landscape
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.tally import StockTally
from rules.lighting.view import BOARD, LampView, made_up, percent


class LedShare(LampView):
    """The share of each scope."""

    def tally(self, scope: Scope) -> StockTally:
        """Return the counts that the share of a scope rests on."""
        return self.board.stock(scope)

    def measure(self, scope: Scope) -> Measure:
        """Return the share; a lamp whose light source is not registered is unknown and counts against it."""
        stock = self.tally(scope)
        known = stock.led + stock.other_source
        lamps = known + stock.source_unknown
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=percent(stock.led, lamps),
            numerator=stock.led,
            denominator=lamps,
            unknown=stock.source_unknown,
            coverage=known / lamps if lamps else None,
            official=not stock.made_up,
            reason=made_up(stock.made_up),
            register_version=self.board.world.register.version,
            detail={"other_source": stock.other_source, "share_of_known": percent(stock.led, known)},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the share with the light source of every lamp."""
        found = self.measure(scope)
        steps = [
            Step("functional lamps in service or under maintenance", f"{found.denominator:g}", "plan item 10"),
            Step("of them with an LED", f"{found.numerator:g}"),
            Step("of them without a registered light source, counted against", f"{found.unknown:g}"),
            Step("share = LED ÷ all", "no lamp" if found.value is None else f"{found.value:.2f} %"),
        ]
        lamps = [
            lamp.device for lamp in (*(lamp for lamp, _ in self.board.duties(scope)), *self.board.out_of_service(scope))
        ]
        inputs = []
        for lamp in sorted(lamps, key=lambda d: d.id):
            source = lamp.text("light_source")
            why = "" if lamp.state in STOCK else lamp.state.value
            why = why or ("landscape" if is_landscape(lamp) else "" if source else "source_not_registered")
            inputs.append(Input(lamp.id, lamp.name, not why, why, None, {"light_source": source}))
        return Explanation(found, INDICATOR.source, inputs, steps)


INDICATOR: Final = Indicator(
    name="led_share",
    title="LED 灯占比",
    title_en="LED share",
    unit="%",
    kinds=("streetlight",),
    scopes=LAMP_SCOPES,
    source="plan of 2019, item 10: sodium lamps are to be replaced by LED; by the register",
    lookback={"instant": timedelta(0)},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD_CLASS)),
    state=OnBoard(BOARD, LampBoard, LedShare),
)
