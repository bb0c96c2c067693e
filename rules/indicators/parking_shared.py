"""错时共享泊位占用率: cars in the shared car parks that are open to all now ÷ their spaces.

Outside their hours there is nothing to be counted, and no figure.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from typing_extensions import override

from domain.device import Device
from domain.explanation import Explanation, Input, Step
from domain.measure import Measure
from domain.period import PeriodKind
from domain.scope import Scope, ScopeKind
from rules.indicator import Indicator, Kept, OnBoard
from rules.parking.board import BOARD, LOOKBACK, PARK, ParkingBoard
from rules.parking.counts import ParkingTally
from rules.parking.sharing import SharedTally, Sharing, sharing
from rules.shared_board import View

_SCOPES: Final = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.LOT)
NONE_OPEN: Final = "no shared car park is open now"


class ParkingShared(View[ParkingBoard]):
    """The car parks that are shared off-hours."""

    @override
    def scopes(self) -> Sequence[Scope]:
        return [scope for scope in super().scopes() if scope.kind in _SCOPES]

    @override
    def has(self, scope: Scope) -> bool:
        return scope.kind in _SCOPES and super().has(scope)

    @override
    def take_dirty(self) -> set[Scope]:
        return {scope for scope in super().take_dirty() if scope.kind in _SCOPES}

    def tally(self, scope: Scope) -> SharedTally:
        """Return the shared car parks of a scope, open and closed."""
        tally = self.board.tally(scope)
        by_id = {device.id: device for device in self.board.devices(scope) if device.kind == PARK}
        found = {lot: self._sharing(by_id[lot]) for lot in tally.lots}
        closed = [tally.lots[lot].capacity for lot, how in found.items() if how is Sharing.CLOSED]
        opened = {lot: tally.lots[lot] for lot, how in found.items() if how is Sharing.OPEN}
        return SharedTally(ParkingTally({}, opened), len(closed), sum(closed))

    def measure(self, scope: Scope) -> Measure:
        """Return the occupancy of the open ones; spaces without a fresh count are unknown and count as free."""
        tally = self.tally(scope)
        counts = tally.open.total()
        known = counts.occupied + counts.vacant
        made_up = f"{counts.synthetic} of the parking spaces are made up" if counts.synthetic else ""
        return Measure(
            indicator=INDICATOR.name,
            scope=str(scope),
            at=self.board.now,
            unit=INDICATOR.unit,
            value=100 * counts.occupied / counts.total if counts.total else None,
            numerator=counts.occupied,
            denominator=counts.total,
            unknown=counts.unknown,
            coverage=known / counts.total if counts.total else None,
            official=bool(counts.total) and not made_up,
            verdict_allowed=bool(counts.total),
            reason=made_up or ("" if counts.total else NONE_OPEN),
            register_version=self.board.world.register.version,
            detail={
                "open_lots": len(tally.open.lots),
                "vacant": counts.vacant,
                "closed_lots": tally.closed_lots,
                "closed_spaces": tally.closed_spaces,
                **tally.open.flags(),
            },
        )

    def explain(self, scope: Scope) -> Explanation:
        """Return the occupancy with every car park."""
        found = self.measure(scope)
        share = "none open" if found.value is None else f"{found.value:.2f} %"
        steps = [
            Step("spaces of shared car parks that are open to all now", f"{found.denominator:g}"),
            Step("of them taken; counts are held to 0 … capacity", f"{found.numerator:g}"),
            Step("share = taken ÷ all", share),
        ]
        lots = {d.id: d for d in self.board.devices(scope) if d.kind == PARK}
        inputs = [self._input(lots[i.device], i) for i in self.board.inputs(scope) if i.device in lots]
        return Explanation(found, INDICATOR.source, inputs, steps)

    def _sharing(self, lot: Device) -> Sharing:
        return sharing(lot, self.board.now, self.board.world.place.tz)

    def _input(self, lot: Device, said: Input) -> Input:
        how = self._sharing(lot)
        why = said.why if how is Sharing.OPEN else how.value
        hours = {name: lot.text(name) for name in ("shared_from", "shared_until")}
        return Input(lot.id, lot.name, used=not why, why=why, at=said.at, says={**hours, **said.says})


INDICATOR: Final = Indicator(
    name="parking_shared",
    title="错时共享泊位占用率",
    title_en="Occupancy of car parks shared off-hours",
    unit="%",
    kinds=(PARK,),
    scopes=_SCOPES,
    source="rule of 2021, offices' car parks open off-hours: taken ÷ spaces of those that are open now",
    lookback={"instant": LOOKBACK},
    kept=Kept(PeriodKind.HOUR, (ScopeKind.CITY,), settle=timedelta(minutes=5)),
    state=OnBoard(BOARD, ParkingBoard, ParkingShared),
)
