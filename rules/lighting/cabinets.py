"""The city's cabinets, live: their samples of the night that is closed and of the one that runs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from typing_extensions import override

from domain.citytime import evening_date, local_noon
from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.indicator import Latest, World
from rules.lighting.cabinet_night import CabinetNight, codes_of, sample_code
from rules.lighting.circuits import Behind, Circuits
from rules.lighting.planned import Planned, planned
from rules.lighting.schedule import Rota, Schedule
from rules.shared_board import SharedBoard

_KIND = KINDS["lighting_cabinet"]
_LAMP: Final = KINDS["streetlight"].name
_DAY = timedelta(days=1)
BOARD: Final = "cabinets"
"""What its dump is kept under."""
CABINET_SCOPES = (
    *(ScopeKind.CITY, ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA),
    *(ScopeKind.ROAD, ScopeKind.SUPPLY_POINT),
)
LOOKBACK = {"instant": timedelta(hours=50)}
"""Two nights from noon to noon, one of them of 25 hours."""
SETTLE = timedelta(hours=13)
"""A day's evening begins its night, which closes at noon of the next day; an hour later it has come in (our choice)."""


PART: Final = 100
"""Cabinets whose night is worked out under one hold of the lock: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A night from local noon to local noon."""

    evening: date
    start: datetime
    end: datetime


class CabinetBoard(SharedBoard):
    """Cabinets and their nights. It is exact for the last `now` it was given."""

    kinds: ClassVar[tuple[str, ...]] = (_KIND.name,)
    _circuits: Circuits | None = None

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the cabinets of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._schedule = Schedule(world.lighting, world.place)
        self._nights: dict[date, dict[str, CabinetNight]] = {}
        self._plans: dict[tuple[Rota, date], Planned] = {}
        self._left: list[CabinetNight] = []
        self.closed, self.running = self._bounds(now)
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        parts = (
            (ScopeKind.DISTRICT, device.district),
            (ScopeKind.MANAGEMENT_AREA, device.management_area),
            (ScopeKind.ROAD, device.text("road")),
            (ScopeKind.SUPPLY_POINT, device.text("supply_point")),
        )
        return CITY, *(Scope(kind, ident) for kind, ident in parts if ident)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep a sample of one of the two nights; older ones come too late to count."""
        night = self.running if reading.at >= self.running.start else self.closed
        second = int((reading.at - night.start).total_seconds())
        if reading.at >= night.start and self._of(night, reading.device).put(sample_code(reading, second)):
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Close nights until `now`."""
        self.now = now
        if now >= self.running.end:
            self.closed, self.running = self._bounds(now)
            self._plans.clear()
            kept = {self.closed.evening, self.running.evening}
            self._nights = {evening: found for evening, found in self._nights.items() if evening in kept}
            self.touch_all()

    @override
    def set_world(self, world: World) -> None:
        if world.lighting != self.world.lighting:
            self._schedule = Schedule(world.lighting, world.place, self._schedule)
            self._plans.clear()
            self.touch_all()
        super().set_world(world)

    @override
    def look_up(self) -> None:
        self._circuits = None
        super().look_up()

    @override
    def moved(self, devices: Collection[str]) -> None:
        if any(self.world.register.kind_of(device) == _LAMP for device in devices):
            self._circuits = None
            self.touch_all()
        super().moved(devices)

    @property
    def circuits(self) -> Circuits:
        """The lamps of each supply point as they stand now, looked up again when the register says otherwise."""
        if self._circuits is None:
            self._circuits = Circuits(self.world.register.devices(self.now, _LAMP))
        return self._circuits

    def behind(self, scope: Scope, bounds: Bounds) -> Behind:
        """Return how the lamps of a scope, as they stand now, were metered in a night."""
        cabinets = self.expected(CITY)
        read = {c.text("supply_point") for c in cabinets if self.night(c, bounds).energy() is not None}
        return self.circuits.behind(scope, {c.text("supply_point") for c in cabinets}, read)

    def expected(self, scope: Scope) -> list[Device]:
        """Return the cabinets of a scope in service."""
        return [cabinet for cabinet in self.devices(scope) if cabinet.state is AssetState.IN_SERVICE]

    def night(self, cabinet: Device, bounds: Bounds) -> CabinetNight:
        """Return the samples of a cabinet in a night."""
        return self._nights.get(bounds.evening, {}).get(cabinet.id) or CabinetNight()

    def work_out(self) -> bool:
        """Work out the closed night of some more cabinets, which is remembered; return whether more is left."""
        self._left = self._left or list(self._nights.get(self.closed.evening, {}).values())
        part, self._left = self._left[:PART], self._left[PART:]
        for night in part:
            night.burning()
            night.energy()
        return bool(self._left)

    def plan(self, cabinet: Device, bounds: Bounds) -> Planned:
        """Return when a cabinet is to be switched in a night."""
        key = self._schedule.rota(cabinet), bounds.evening
        if key not in self._plans:
            self._plans[key] = planned(key[0], bounds.start, bounds.end)
        return self._plans[key]

    def dump(self) -> Any:
        """Return the samples by evening date and cabinet."""
        return {
            evening.isoformat(): {cabinet: night.dump() for cabinet, night in found.items()}
            for evening, found in self._nights.items()
        }

    def restore(self, dumped: Any) -> None:
        """Take over the samples of a dump; of a dump from before there was this board there are none."""
        nights = {night.evening.isoformat(): night for night in (self.closed, self.running)}
        for evening, found in (dumped or {}).items():
            if evening in nights:
                for cabinet, packed in found.items():
                    for code in codes_of(packed):
                        self._of(nights[evening], cabinet).put(code)

    def _of(self, bounds: Bounds, cabinet: str) -> CabinetNight:
        return self._nights.setdefault(bounds.evening, {}).setdefault(cabinet, CabinetNight())

    def _bounds(self, now: datetime) -> tuple[Bounds, Bounds]:
        tz = self.world.place.tz
        evening = evening_date(now, tz)
        noons = [local_noon(evening + n * _DAY, tz) for n in (-1, 0, 1)]
        return Bounds(evening - _DAY, noons[0], noons[1]), Bounds(evening, noons[1], noons[2])


def made_up(cabinets: Iterable[Device]) -> str:
    """Return how many of the cabinets are made up, as the reason why a figure is not official, or nothing."""
    count = sum(cabinet.synthetic for cabinet in cabinets)
    return f"{count} of the cabinets are made up" if count else ""
