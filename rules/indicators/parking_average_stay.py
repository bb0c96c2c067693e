"""平均停车时长: the length of the stays that ended on the last closed day ÷ their number, in minutes.

Only stays with arrival and departure told have a length; those with one side missing are unknown. A stay that still
goes on counts on the day it ends (our choice; an open stay has no length yet).
"""

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

NO_SHARE: Final = "a mean length is no share; the plan sets no figure"
_MINUTE_US: Final = 60_000_000


class ParkingAverageStay(BayView):
    """The stays that ended on the closed day."""

    def measure(self, scope: Scope) -> Measure:
        """Return the mean length; numerator are minutes, denominator the stays that have a length."""
        sums = self.tally(scope).bays
        minutes = sums.closed_us / _MINUTE_US
        ended = sums.closed + sums.one_sided
        made_up = f"{sums.synthetic} of the bays are made up" if sums.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=minutes / sums.closed if sums.closed else None,
            numerator=minutes,
            denominator=sums.closed,
            unknown=sums.one_sided,
            coverage=sums.closed / ended if ended else None,
            covers=self.covers,
            official=bool(sums.closed) and not made_up,
            verdict_allowed=False,
            reason=made_up or (NO_SHARE if sums.closed else "no stay with arrival and departure ended that day"),
            register_version=self.board.world.register.version,
            detail={
                "day": self.board.closed.name,
                "stays": sums.closed,
                "one_sided": sums.one_sided,
                "bays": sums.bays,
                "bays_heard": sums.heard,
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the mean with the day of each bay."""
        found = self.measure(scope)
        steps = [
            Step("stays that ended that day, arrival and departure told", f"{found.denominator:g}"),
            Step("stays that ended with arrival or departure missing, left out", f"{found.unknown:g}"),
            Step("minutes of the former together", f"{found.numerator:.2f}"),
            Step(
                "mean = minutes ÷ stays",
                "no stay" if found.value is None else f"{found.value:.2f} min",
                "Tianjin parking data product: total parked time ÷ 停车次数, over closed stays",
            ),
        ]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)


INDICATOR: Final = Indicator(
    name="parking_average_stay",
    title="平均停车时长",
    title_en="Average parking stay, by the day",
    unit="min",
    kinds=DayBoard.kinds,
    scopes=SCOPES,
    source="total parked time ÷ parkings, over stays that ended on the day with arrival and departure told",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD), settle=timedelta(hours=1)),
    state=OnBoard(BOARD, DayBoard, ParkingAverageStay),
)
