"""高峰占用率与高峰系数: the greatest occupancy of a quarter of an hour on the last closed day, and peak ÷ mean.

The measure is the peak itself, in percent of all spaces. Its `detail` has the utilisation (利用率: quarters taken ÷ all
quarters of all spaces) and the factor peak ÷ utilisation (our choice; the source names only the peak).
"""

from datetime import timedelta
from typing import Any, Final

from typing_extensions import override

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.parking.board import BAY, SCOPES
from rules.parking.day_board import BOARD, LOOKBACK, DayBoard
from rules.parking.day_tally import Spaces
from rules.parking.day_view import DayView
from rules.parking.profile import QUARTER_US
from rules.parking.state import UNCOUNTABLE

SATURATED: Final = 90
"""At this peak, %, parking is taken for saturated; alarms commonly begin at 90 to 95."""


class ParkingPeak(DayView):
    """The profile of the closed day."""

    def measure(self, scope: Scope) -> Measure:
        """Return the peak of a scope: spaces taken in the fullest quarter ÷ all; what is not known counts as free."""
        spaces = self.tally(scope).spaces()
        peak = spaces.profile.peak()
        taken = 0 if peak is None else spaces.profile.occupied[peak]
        known = 0 if peak is None else spaces.profile.known[peak]
        made_up = f"{spaces.synthetic} of the parking spaces are made up" if spaces.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=None if peak is None else 100 * taken / spaces.spaces,
            numerator=taken,
            denominator=spaces.spaces,
            unknown=spaces.spaces - known,
            coverage=known / spaces.spaces if spaces.spaces else None,
            covers=self.covers,
            official=peak is not None and not made_up,
            verdict_allowed=peak is not None,
            reason=made_up or ("" if peak is not None else "no space was known that day"),
            register_version=self.board.world.register.version,
            detail={"day": self.board.closed.name, **self._detail(spaces, peak)},
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the peak with each bay and car park."""
        found = self.measure(scope)
        detail = found.detail
        factor = "none" if detail["peak_factor"] is None else f"{detail['peak_factor']:.2f}"
        steps = [
            Step("parking spaces in service at the end of the day", f"{found.denominator:g}"),
            Step("first instant of the quarter of an hour with most of them taken", f"{detail['peak_at']}"),
            Step("taken then", f"{found.numerator:g}"),
            Step("not known then, counted as free", f"{found.unknown:g}"),
            Step(
                "peak = taken ÷ all",
                "no space" if found.value is None else f"{found.value:.2f} %",
                "peak: maximum of the 15-minute occupancy",
            ),
            Step("factor = peak ÷ utilisation of the day", factor),
        ]
        return Explanation(found, INDICATOR.source, self.inputs(scope), steps)

    @override
    def explained(self, device: Device) -> Input:
        if device.kind == BAY:
            mask, quarters = self.board.bay(device).mask, self.board.quarters
            says = {"taken_quarters": mask.occupied.bit_count(), "known_quarters": mask.known.bit_count()}
            return Input(device.id, device.name, used=True, says={**says, "quarters": quarters})
        day = self.board.lot(device)
        if day is None:
            return Input(device.id, device.name, used=False, why=UNCOUNTABLE)
        says = {"spaces": day.spaces, "most_taken": max(day.profile.occupied, default=0)}
        return Input(device.id, device.name, used=True, says=says)

    def _detail(self, spaces: Spaces, peak: int | None) -> dict[str, Any]:
        profile = spaces.profile
        all_quarters, known = spaces.spaces * self.board.quarters, sum(profile.known)
        utilisation = 100 * sum(profile.occupied) / all_quarters if known else None
        value = None if peak is None else 100 * profile.occupied[peak] / spaces.spaces
        at = None if peak is None else self.board.closed.start + timedelta(microseconds=peak * QUARTER_US)
        return {
            "peak_at": None if at is None else at.isoformat(),
            "utilisation": utilisation,
            "peak_factor": value / utilisation if value is not None and utilisation else None,
            "saturated": value is not None and value >= SATURATED,
            "coverage_of_day": known / all_quarters if all_quarters else None,
            "taken_by_quarter": list(profile.occupied),
        }


INDICATOR: Final = Indicator(
    name="parking_peak_factor",
    title="高峰占用率",
    title_en="Parking peak, by the day",
    unit="%",
    kinds=DayBoard.kinds,
    scopes=SCOPES,
    source="greatest 15-minute occupancy of the day; bays with sensors and car parks with counters",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.DAY, (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.LOT), settle=timedelta(hours=1)),
    state=OnBoard(BOARD, DayBoard, ParkingPeak),
)
