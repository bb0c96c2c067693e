"""泊位周转率: parkings ÷ bays, over the last closed day. Changes of the state count, never reports that repeat it."""

from datetime import timedelta
from typing import Final

from domain.explanation import Explanation, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.parking.board import SCOPES
from rules.parking.day_board import BOARD, LOOKBACK, DayBoard
from rules.parking.day_view import BayView

NO_SHARE: Final = "parkings for each bay are no share; the plan sets no figure"


class ParkingTurnover(BayView):
    """The parkings of the closed day."""

    def measure(self, scope: Scope) -> Measure:
        """Return the parkings for each bay of a scope; a bay that was not heard that day is unknown and adds none."""
        sums = self.tally(scope).bays
        made_up = f"{sums.synthetic} of the bays are made up" if sums.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=sums.parkings / sums.bays if sums.heard else None,
            numerator=sums.parkings,
            denominator=sums.bays,
            unknown=sums.bays - sums.heard,
            coverage=sums.heard / sums.bays if sums.bays else None,
            covers=self.covers,
            official=bool(sums.heard) and not made_up,
            verdict_allowed=False,
            reason=made_up or (NO_SHARE if sums.heard else "no bay was heard that day"),
            register_version=self.board.world.register.version,
            detail={
                "day": self.board.closed.name,
                "observed": sums.parkings / sums.heard if sums.heard else None,
                "parkings": sums.parkings,
                "inferred": sums.inferred,
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the turnover with the day of each bay."""
        found = self.measure(scope)
        steps = [
            Step("bays with a sensor, in service at the end of the day", f"{found.denominator:g}"),
            Step("of them not heard that day", f"{found.unknown:g}"),
            Step("changes from free to taken", f"{found.numerator:g}"),
            Step("of them inferred: the arrival was lost", f"{found.detail['inferred']}"),
            Step(
                "turnover = parkings ÷ bays",
                "no bay was heard" if found.value is None else f"{found.value:.2f}",
                "Tianjin parking data product: 停车次数 ÷ total bays in the period",
            ),
        ]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="parking_turnover",
    title="泊位周转率",
    title_en="Parking turnover, by the day",
    unit="1",
    kinds=DayBoard.kinds,
    scopes=SCOPES,
    source="parkings ÷ bays in the day, changes of the state counted and not messages",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD), settle=timedelta(hours=1)),
    state=OnBoard(BOARD, DayBoard, ParkingTurnover),
)
