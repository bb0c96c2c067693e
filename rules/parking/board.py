"""The city's parking spaces, live: counts by scope, moved by one reading in constant time."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.device import AssetState, Device
from domain.explanation import Input
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.expiry import Expiry
from rules.indicator import Latest, World
from rules.parking.counts import NOTHING, Counts, LotCount, ParkingTally
from rules.parking.state import UNCOUNTABLE, bay_counts, lot_count, occupied, why_no_count, why_no_state
from rules.parking.view import SharedBoard

BAY: Final = "parking_bay"
PARK: Final = "parking_lot"
BOARD: Final = "parking"
"""What its dump is kept under."""
SCOPES: Final = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD, ScopeKind.LOT, ScopeKind.BAY)

Part = Counts | LotCount | None


def scopes_of(device: Device) -> tuple[Scope, ...]:
    """Return the scopes of a bay or a car park."""
    bay = device.kind == BAY
    parts = (
        Scope(ScopeKind.DISTRICT, device.district),
        Scope(ScopeKind.ROAD, device.text("road")),
        Scope(ScopeKind.LOT, device.text("lot") if bay else device.id),
        Scope(ScopeKind.BAY, device.id if bay else ""),
    )
    return CITY, *(scope for scope in parts if scope.id)


class _Place:
    """The counts of one scope, as they are now."""

    __slots__ = ("bays", "lots", "out")

    def __init__(self) -> None:
        self.bays: dict[str, Counts] = {}
        self.lots: dict[str, LotCount] = {}
        self.out: Counter[str] = Counter()
        """Devices that are not in service, by their asset state."""

    def change(self, device: Device, before: Part, after: Part) -> None:
        """Put what a device says now in the place of what it said before."""
        if device.kind == BAY:
            lot = device.text("lot")
            old = before if isinstance(before, Counts) else NOTHING
            new = after if isinstance(after, Counts) else NOTHING
            self.bays[lot] = self.bays.get(lot, NOTHING) - old + new
        elif isinstance(after, LotCount):
            self.lots[device.id] = after
        else:
            self.lots.pop(device.id, None)


class ParkingBoard(SharedBoard):
    """Every bay and car park in its scopes. It is exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = (BAY, PARK)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Place the bays and car parks of a world as of `now`, with what their latest readings say."""
        self._places: dict[Scope, _Place] = {}
        self._said: dict[str, Part] = {}
        self._expiry = {kind: Expiry(KINDS[kind].freshness) for kind in self.kinds}
        super().__init__(world, latest, now)

    @override
    def scopes_of(self, device: Device) -> tuple[Scope, ...]:
        return scopes_of(device)

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Show what a device's newest reading says; an older one changes nothing."""
        device = self.known.get(reading.device)
        if newest and device is not None and device.state is AssetState.IN_SERVICE:
            self._show(device)

    def advance(self, now: datetime) -> None:
        """Let freshness end until `now`."""
        self.now = now
        for expiry in self._expiry.values():
            for device_id in expiry.expired(now, self.latest):
                device = self.known.get(device_id)
                if device is not None and device.state is AssetState.IN_SERVICE:
                    self._show(device)

    @override
    def look_up(self) -> None:
        super().look_up()
        self._said = {}
        self._places = {scope: _Place() for scope in self.scopes()}
        for device in self.known.values():
            if device.state is AssetState.IN_SERVICE:
                self._show(device)
            else:
                for scope in scopes_of(device):
                    self._places[scope].out[device.state.value] += 1

    def tally(self, scope: Scope) -> ParkingTally:
        """Return the counts of a scope; those of an unknown scope are empty."""
        place = self._places.get(scope)
        if place is None:
            return ParkingTally()
        return ParkingTally({lot: c for lot, c in place.bays.items() if c != NOTHING}, dict(place.lots))

    def out_of_service(self, scope: Scope) -> dict[str, int]:
        """Return how many bays and car parks take no part, by asset state."""
        return dict(sorted(self._places[scope].out.items()))

    def inputs(self, scope: Scope) -> Iterator[Input]:
        """Yield what each bay and car park of a scope says now, or why it takes no part."""
        lots = self.tally(scope).lots
        for device in self.devices(scope):
            reading = self.latest.get(device.id)
            why = self._why(device, reading)
            if not why and device.kind == BAY and device.text("lot") in lots:
                why = "counted_with_its_lot"
            at = None if reading is None else reading.at
            values = {} if reading is None else dict(reading.values)
            yield Input(device.id, device.name, used=not why, why=why, at=at, says=values)

    def latest_of(self, scope: Scope) -> Reading | None:
        """Return the fresh reading of the bay or car park that a scope is; None if silent, and for wider scopes."""
        reading = self.latest.get(scope.id) if scope.kind in {ScopeKind.BAY, ScopeKind.LOT} else None
        if reading is None or reading.kind not in self._expiry:
            return None
        return reading if self._expiry[reading.kind].is_fresh(reading, self.now) else None

    def dump(self) -> None:
        """Return nothing: everything follows from the latest readings."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""

    def _why(self, device: Device, reading: Reading | None) -> str:
        """Return why a device says nothing now, or nothing."""
        if device.state is not AssetState.IN_SERVICE:
            return device.state.value
        if device.kind == PARK and self._said.get(device.id) is None:
            return UNCOUNTABLE
        if reading is None or not self._expiry[device.kind].is_fresh(reading, self.now):
            return "no_fresh_report"
        return why_no_state(reading) if device.kind == BAY else why_no_count(reading)

    def _show(self, device: Device) -> None:
        expiry = self._expiry[device.kind]
        fresh = self.latest.get(device.id)
        if fresh is not None and expiry.is_fresh(fresh, self.now):
            expiry.watch(fresh)
        else:
            fresh = None
        after: Part
        if device.kind == BAY:
            after = bay_counts(device, None if fresh is None else occupied(fresh))
        else:
            after = lot_count(device, fresh)
        before = self._said.get(device.id)
        if before == after:
            return
        self._said[device.id] = after
        for scope in scopes_of(device):
            self._places[scope].change(device, before, after)
        self.touch(device.id)


LOOKBACK: Final[timedelta] = max(KINDS[BAY].freshness, KINDS[PARK].freshness)
"""How far back readings can matter to the counts of an instant."""
