"""The city's parking spaces, live: counts by scope, moved by one reading in constant time."""

from collections import Counter
from collections.abc import Iterable, Iterator
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
from rules.parking.counts import Counts, LotCount, ParkingTally
from rules.parking.state import UNCOUNTABLE, lot_count, occupied, why_no_count, why_no_state
from rules.shared_board import SharedBoard

BAY: Final = "parking_bay"
PARK: Final = "parking_lot"
BOARD: Final = "parking"
"""What its dump is kept under."""
SCOPES: Final = (ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.ROAD, ScopeKind.LOT, ScopeKind.BAY)


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


class _Bays:
    """Bays of one scope that lie in one car park, or in none."""

    __slots__ = ("occupied", "synthetic", "total", "vacant")

    def __init__(self) -> None:
        self.total = self.occupied = self.vacant = self.synthetic = 0

    def counts(self) -> Counts:
        return Counts(self.total, self.occupied, self.vacant, self.synthetic)


class _Place:
    """The counts of one scope, as they are now."""

    __slots__ = ("bays", "lots", "out")

    def __init__(self) -> None:
        self.bays: dict[str, _Bays] = {}
        self.lots: list[_Lot] = []
        self.out: Counter[str] = Counter()
        """Devices that are not in service, by their asset state."""


class _Bay:
    """A bay in service, and where it counts."""

    __slots__ = ("among", "state")

    def __init__(self, device: Device, places: Iterable[_Place]) -> None:
        self.among = [place.bays.setdefault(device.text("lot"), _Bays()) for place in places]
        self.state: bool | None = None
        for bays in self.among:
            bays.total += 1
            bays.synthetic += device.synthetic

    def show(self, state: bool | None) -> bool:  # noqa: FBT001 - the state of a bay is what it is
        """Count the bay as it is now; return whether that is a change."""
        before = self.state
        if state is before:
            return False
        self.state = state
        taken = (state is True) - (before is True)
        free = (state is False) - (before is False)
        for bays in self.among:
            bays.occupied += taken
            bays.vacant += free
        return True


class _Lot:
    """A car park in service."""

    __slots__ = ("count", "device")

    def __init__(self, device: Device, places: Iterable[_Place]) -> None:
        self.device = device
        self.count: LotCount | None = None
        """What it counts as now, in all of its places; None without a capacity."""
        for place in places:
            place.lots.append(self)

    def show(self, count: LotCount | None) -> bool:
        """Count the car park as it is now; return whether that is a change."""
        if count == self.count:
            return False
        self.count = count
        return True


class ParkingBoard(SharedBoard):
    """Every bay and car park in its scopes. It is exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = (BAY, PARK)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Place the bays and car parks of a world as of `now`, with what their latest readings say."""
        self._places: dict[Scope, _Place] = {}
        self._bays: dict[str, _Bay] = {}
        self._lots: dict[str, _Lot] = {}
        self._expiry = {kind: Expiry(KINDS[kind].freshness) for kind in self.kinds}
        self._oldest = _oldest(now)
        super().__init__(world, latest, now)

    @override
    def scopes_of(self, device: Device) -> tuple[Scope, ...]:
        return scopes_of(device)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Show what a device's newest reading says; an older one changes nothing."""
        if newest:
            self._show(reading.device, reading)

    def advance(self, now: datetime) -> None:
        """Let freshness end until `now`."""
        self.now = now
        self._oldest = _oldest(now)
        for expiry in self._expiry.values():
            for device_id in expiry.expired(now, self.latest):
                self._show(device_id, self.latest.get(device_id))

    @override
    def look_up(self) -> None:
        super().look_up()
        self._bays, self._lots = {}, {}
        self._places = {scope: _Place() for scope in self.scopes()}
        for device in self.known.values():
            places = [self._places[scope] for scope in scopes_of(device)]
            if device.state is not AssetState.IN_SERVICE:
                for place in places:
                    place.out[device.state.value] += 1
                continue
            if device.kind == BAY:
                self._bays[device.id] = _Bay(device, places)
            else:
                self._lots[device.id] = _Lot(device, places)
            self._show(device.id, self.latest.get(device.id))

    def tally(self, scope: Scope) -> ParkingTally:
        """Return the counts of a scope; those of an unknown scope are empty."""
        place = self._places.get(scope)
        if place is None:
            return ParkingTally()
        lots = {lot.device.id: lot.count for lot in place.lots if lot.count is not None}
        return ParkingTally({lot: bays.counts() for lot, bays in place.bays.items()}, lots)

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
        if device.kind == PARK and self._lots[device.id].count is None:
            return UNCOUNTABLE
        if reading is None or not self._expiry[device.kind].is_fresh(reading, self.now):
            return "no_fresh_report"
        return why_no_state(reading) if device.kind == BAY else why_no_count(reading)

    def _show(self, device_id: str, latest: Reading | None) -> None:
        bay = self._bays.get(device_id)
        if bay is not None:
            # one that shows a state is watched already
            fresh = self._fresh(latest, BAY, watched=bay.state is not None)
            changed = bay.show(None if fresh is None else occupied(fresh))
        elif device_id in self._lots:
            lot = self._lots[device_id]
            changed = lot.show(lot_count(lot.device, self._fresh(latest, PARK)))
        else:
            return
        if changed:
            self.touch(device_id)

    def _fresh(self, latest: Reading | None, kind: str, *, watched: bool = False) -> Reading | None:
        """Return the latest reading of a device while it is fresh, and watch it."""
        if latest is None or latest.at < self._oldest[kind]:
            return None
        if not watched:
            self._expiry[kind].watch(latest)
        return latest


def _oldest(now: datetime) -> dict[str, datetime]:
    """Return how old a reading that is still fresh may be, by kind."""
    return {kind: now - KINDS[kind].freshness for kind in (BAY, PARK)}


LOOKBACK: Final[timedelta] = max(KINDS[BAY].freshness, KINDS[PARK].freshness)
"""How far back readings can matter to the counts of an instant."""
