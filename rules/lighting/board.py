"""The city's lamps, live: counters per cell, moved by one reading in constant time."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from domain.device import Device
from domain.explanation import Input
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import Scope
from rules.expiry import Expiry
from rules.indicator import Correction, Intake, Latest, World
from rules.lighting.cell import Cell, Lamp
from rules.lighting.counts import CellKey, cell_key
from rules.lighting.lamp import HEARD, Glow, counts, glow_of, rated_power
from rules.lighting.memory import Memory
from rules.lighting.projects import Projects
from rules.lighting.schedule import Phase, Rota, Schedule
from rules.lighting.tally import LampTally, StockTally
from rules.lighting.underpass import UnderpassCount

_KIND = KINDS["streetlight"]


class LampBoard:
    """Every lamp of the register in its cell, every cell in its scopes, every rota in its phase.

    It is exact for the last `now` it was given: freshness and phases are brought up to date by `advance`.
    """

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Place the lamps of a world as of `now`; `latest` is the city's own view of the newest readings."""
        self.world = world
        self.now = now
        self._oldest = now - _KIND.freshness
        self._latest = latest
        self._schedule = Schedule(world.lighting, world.place)
        self._lamps: dict[str, Lamp] = {}
        self._cells: dict[CellKey, Cell] = {}
        self._by_scope: dict[Scope, dict[CellKey, Cell]] = {}
        self._by_rota: dict[Rota, dict[CellKey, Cell]] = {}
        self._phases: dict[Rota, Phase] = {}
        self._expiry = Expiry(_KIND.freshness)
        self._silence = Expiry(HEARD)
        self.projects = Projects(world, latest, now)
        """Roads that were built or changed, which must have lamps."""
        self.memory = Memory(now)
        """What the lamps showed at the last full hours."""
        self._pending: list[set[Scope]] = []
        self._dirty: set[Scope] = set()
        self._dirty_cells: set[Cell] = set()
        self.moved([t[0].device.id for t in world.register.timelines(_KIND.name)])

    def intakes(self, kind: str) -> Sequence[Intake]:  # noqa: ARG002 - it takes in lamps only
        """Return itself: lamps are kept together with no other board."""
        return (self,)

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Show what a lamp's newest reading says; an older one can only correct what is remembered."""
        if reading.at <= self.memory.last:
            self.memory.correct(reading)
        if not newest:
            return
        lamp = self._lamps.get(reading.device)
        if lamp is not None and lamp.works:
            self._show(lamp, reading)
            if not lamp.heard:
                self._hear(lamp, reading)

    def advance(self, now: datetime) -> None:
        """Let freshness end and rotas switch until `now`."""
        self.now = now
        self._oldest = now - _KIND.freshness
        for device in self._expiry.expired(now, self._latest):
            lamp = self._lamps.get(device)
            if lamp is not None and lamp.cell.show(lamp, None, None):
                self._dirty_cells.add(lamp.cell)
        for device in self._silence.expired(now, self._latest):
            lamp = self._lamps.get(device)
            if lamp is not None and lamp.heard:
                lamp.cell.hear(lamp, heard=False)
                self._dirty_cells.add(lamp.cell)
        self.projects.advance(now)
        for rota, phase in self._phases.items():
            if now >= phase.until:
                self._phases[rota] = rota.phase(now)
                self._dirty_cells.update(self._by_rota[rota].values())

    def set_world(self, world: World) -> None:
        """Take over another register or lighting plan, as of `now`."""
        replanned = world.lighting != self.world.lighting
        if replanned or self._registers_other_lamps(world):
            self.memory.forget(self.now)
        self.world = world
        self.projects.set_world(world)
        if replanned:
            self._schedule = Schedule(world.lighting, world.place, self._schedule)
        registered = (t[0].device.id for t in world.register.timelines(_KIND.name))
        self._place({*self._lamps, *registered}, replanned=replanned)

    def moved(self, devices: Collection[str]) -> None:
        """Look up again where these lamps stand at `now`."""
        self._place(devices, replanned=False)
        self.projects.moved(devices)

    @property
    def register_version(self) -> int:
        """The version of the register in use."""
        return self.world.register.version

    def remember(self) -> bool:
        """Take a part of what the lamps show at `now` into the memory; return whether more is left."""
        return self.memory.remember(self.now, self.register_version, self._cells.values(), self._phases, self._latest)

    def remembers(self, reading: Reading) -> bool:
        """Return whether every instant to which a reading may matter is remembered, or still to come."""
        return self.memory.remembers(reading)

    def take_corrections(self) -> Sequence[Correction]:
        """Return what may be measured otherwise since the last call, and forget that it may."""
        return self.memory.take_corrections()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a lamp now, in order."""
        return sorted(self._by_scope)

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a lamp now."""
        return scope in self._by_scope

    def tally(self, scope: Scope) -> LampTally:
        """Return the counts of a scope; those of an unknown scope are zero."""
        total = LampTally()
        for cell in self._by_scope.get(scope, {}).values():
            cell.count(self._phases[cell.rota], total)
        return total

    def stock(self, scope: Scope) -> StockTally:
        """Return what the register holds of a scope; an unknown scope has nothing."""
        total = StockTally()
        for cell in self._by_scope.get(scope, {}).values():
            cell.stock(total)
        return total

    def underpasses(self, scope: Scope) -> dict[str, UnderpassCount]:
        """Return how the lamps of each named underpass of a scope stand, by name."""
        found: dict[str, UnderpassCount] = {}
        for cell in self._by_scope.get(scope, {}).values():
            if cell.underpass:
                count = found.setdefault(cell.underpass, UnderpassCount())
                found[cell.underpass] = count.merged(cell.under_bridge(self._phases[cell.rota]))
        return found

    def duties(self, scope: Scope) -> Iterator[tuple[Lamp, str]]:
        """Yield the lamps in service of a scope with why they owe no light now, or nothing."""
        for cell in self._by_scope.get(scope, {}).values():
            out = cell.left_out(self._phases[cell.rota])
            yield from ((lamp, out) for lamp in cell.working.values())

    def out_of_service(self, scope: Scope) -> Iterator[Lamp]:
        """Yield the lamps of a scope that are not in service."""
        return (lamp for lamp in self._lamps.values() if not lamp.works and scope in lamp.cell.scopes)

    def inputs(self, scope: Scope) -> Iterator[Input]:
        """Yield what each lamp of a scope says now, or why it takes no part."""
        for lamp, out in self.duties(scope):
            says = {} if lamp.glow is None else {"shows": lamp.glow.value}
            why = out or ("" if lamp.glow else "no_fresh_report")
            yield Input(lamp.device.id, lamp.device.name, used=not why, why=why, at=lamp.at, says=says)
        for lamp in self.out_of_service(scope):
            yield Input(lamp.device.id, lamp.device.name, used=False, why=lamp.device.state.value)

    def watch(self) -> set[Scope]:
        """Return a set that `tell_dirty` adds to: one for each indicator that looks at this board."""
        pending: set[Scope] = set(self._by_scope)
        self._pending.append(pending)
        return pending

    def tell_dirty(self) -> None:
        """Tell everybody who watches which scopes may have changed since the last call."""
        taken = self._dirty.union(*(cell.scopes for cell in self._dirty_cells), self.projects.take_dirty())
        self._dirty = set()
        self._dirty_cells = set()
        for pending in self._pending:
            pending.update(taken)

    def dump(self) -> None:
        """Return nothing: everything follows from the latest readings."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""

    def _place(self, devices: Collection[str], *, replanned: bool) -> None:
        for device_id in devices:
            device = self.world.register.at(device_id, self.now)
            placed = self._lamps.get(device_id)
            if placed is not None:
                if placed.device is device and not (replanned and self._schedule.rota(device) is not placed.cell.rota):
                    continue
                self._take_out(placed)
            if device is not None and device.kind == _KIND.name:
                self._put_in(device, cell_key(device, self._schedule.rota(device)))

    def _registers_other_lamps(self, world: World) -> bool:
        """Return whether another register says something else of a lamp, at any time."""
        before, after = self.world.register, world.register
        if after is before:
            return False
        lamps = {t[0].device.id: t for t in before.timelines(_KIND.name)}
        return lamps != {t[0].device.id: t for t in after.timelines(_KIND.name)}

    def _put_in(self, device: Device, key: CellKey) -> None:
        self.memory.enrol()
        cell = self._cells.get(key)
        if cell is None:
            cell = self._found(key)
        lamp = self._lamps[device.id] = Lamp(device, cell, works=counts(device), rated=rated_power(device))
        cell.add(lamp)
        self._dirty_cells.add(cell)
        reading = self._latest.get(device.id)
        if reading is not None and lamp.works:
            self._show(lamp, reading)
            self._hear(lamp, reading)

    def _take_out(self, lamp: Lamp) -> None:
        self.memory.enrol()
        cell = lamp.cell
        cell.remove(lamp)
        del self._lamps[lamp.device.id]
        self._dirty_cells.add(cell)
        if cell.empty:
            self._dissolve(cell)

    def _found(self, key: CellKey) -> Cell:
        cell = self._cells[key] = Cell(key)
        for scope in cell.scopes:
            self._by_scope.setdefault(scope, {})[key] = cell
        if cell.rota not in self._phases:
            self._phases[cell.rota] = cell.rota.phase(self.now)
        self._by_rota.setdefault(cell.rota, {})[key] = cell
        return cell

    def _dissolve(self, cell: Cell) -> None:
        del self._cells[cell.key]
        self._dirty_cells.discard(cell)
        self._dirty.update(cell.scopes)
        for scope in cell.scopes:
            del self._by_scope[scope][cell.key]
            if not self._by_scope[scope]:
                del self._by_scope[scope]
        del self._by_rota[cell.rota][cell.key]
        if not self._by_rota[cell.rota]:
            del self._by_rota[cell.rota]
            del self._phases[cell.rota]

    def _show(self, lamp: Lamp, reading: Reading) -> None:
        shown: Glow | None = None
        if reading.at >= self._oldest:
            shown = glow_of(lamp.rated, reading.values)
            if lamp.at is None:  # one that shows something is watched already
                self._expiry.watch(reading)
        cell = lamp.cell
        if cell.show(lamp, shown, None if shown is None else reading.at):
            self._dirty_cells.add(cell)

    def _hear(self, lamp: Lamp, reading: Reading) -> None:
        if self._silence.is_fresh(reading, self.now):
            self._silence.watch(reading)
            lamp.cell.hear(lamp, heard=True)
            self._dirty_cells.add(lamp.cell)
