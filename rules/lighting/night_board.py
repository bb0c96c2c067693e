"""The nights of the city's lamps, live: the night that is closed, and the one that runs. One step per reading."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.device import Device
from domain.kinds import KINDS
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Timeline
from domain.scope import Scope
from rules.indicator import Intake, Latest, World
from rules.lighting.evidence import NOTHING, code, glow_of, tenths
from rules.lighting.night_group import Group, GroupKey, Home, group_key, must_be_on, takes_part
from rules.lighting.night_tally import InstantCount, NightTally
from rules.lighting.nights import LampNight, night_before, pack, running_night, unpack, unpacked
from rules.lighting.schedule import Rota, Schedule

_KIND = KINDS["streetlight"]


@dataclass(slots=True, eq=False)
class NightLamp:
    """A lamp by its place in the nights' arrays."""

    index: int
    timeline: Timeline = ()
    home: Home | None = None
    """Where it counts at every instant that is kept; None: nowhere, or as `homes` says."""
    homes: dict[datetime, Home] = field(default_factory=dict)
    """Where it counts at single instants, if the register changes it between them."""

    @property
    def stays(self) -> bool:
        """Whether it counts at all coming instants where it counts now, as far as the register knows."""
        return self.home is not None and self.timeline[-1].valid_to is None and len(self.timeline) == 1


class NightBoard:
    """Every lamp's evidence at the instants of two nights, and counters by group. Exact for the last `now` given."""

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Place the lamps of a world as of each instant; `latest` is the city's own view of the newest readings."""
        self.world = world
        self.now = now
        self.running = running_night(now, world.place)
        self.closed = night_before(self.running, world.place)
        self._stretch = self.running.stretch_at(now)
        """That of the last reading: those that follow are mostly of the same."""
        self._schedule = Schedule(world.lighting, world.place)
        self._alone = _named(world.lighting)
        self._lamps: dict[str, NightLamp] = {}
        self._names: list[str] = []
        self._packed_names = ""
        self._groups: dict[GroupKey, Group] = {}
        self._by_scope: dict[Scope, dict[GroupKey, Group]] = {}
        self._on: dict[tuple[Rota, datetime], bool] = {}
        self._dirty: set[Scope] = set()
        self._touched: set[Group] = set()
        for timeline in world.register.timelines(_KIND.name):
            self._settle(timeline[0].device.id)
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self.apply(reading, newest=True)

    def intakes(self, kind: str) -> Sequence[Intake]:  # noqa: ARG002 - it takes in lamps only
        """Return itself: lamps are kept together with no other board."""
        return (self,)

    def apply(self, reading: Reading, *, newest: bool) -> None:  # noqa: ARG002 - the instant decides, not who came last
        """Take in what a reading proves about an instant of the two nights; most prove nothing."""
        at, stretch = reading.at, self._stretch
        if not stretch.first <= at <= stretch.last:
            night = self.running if at >= self.running.start else self.closed
            stretch = self._stretch = night.stretch_at(at)
        if stretch.number is not None:
            lamp = self._lamps.get(reading.device) or self._settle(reading.device)
            self._put(stretch.night, stretch.number, lamp, code(reading, at - stretch.first))

    def advance(self, now: datetime) -> None:
        """Close nights until `now`; an instant that comes counts from then on."""
        before, self.now = self.now, now
        if now < self.running.end:
            if any(before < at <= now for at in self.running.instants):
                self._dirty.update(self._by_scope)
            return
        unsettled = [lamp for lamp in self._lamps.values() if not lamp.stays]
        for lamp in unsettled:
            self._count(lamp, -1)
            lamp.home, lamp.homes = None, {}
        kept = {night.evening: night for night in (self.closed, self.running)}
        running = running_night(now, self.world.place)
        closed = night_before(running, self.world.place)
        self.running = kept.pop(running.evening, running)
        self.closed = kept.pop(closed.evening, closed)
        self._stretch = self.running.stretch_at(now)
        gone = tuple(at for night in kept.values() for at in night.instants)
        for group in self._groups.values():
            group.forget(gone)
        self._on.clear()
        for lamp in unsettled:
            self._settle(self._names[lamp.index])
        self._dirty.update(self._by_scope)

    def set_world(self, world: World) -> None:
        """Take over another register or lighting plan, as of every instant."""
        replanned = world.lighting != self.world.lighting
        before, self.world = self.world.register, world
        changed: set[str] = set()
        if replanned:
            self._schedule = Schedule(world.lighting, world.place, self._schedule)
            alone = _named(world.lighting)
            changed, self._alone = alone ^ self._alone, alone
        if world.register is not before:
            registered = (t[0].device.id for t in world.register.timelines(_KIND.name))
            known = {*self._lamps, *registered}
            changed |= {d for d in known if world.register.timeline(d) != before.timeline(d)}
        for device in changed:
            if device in self._lamps or world.register.kind_of(device) == _KIND.name:
                self._settle(device)
        if replanned:
            self._on.clear()
            for group in self._groups.values():
                group.rota = self._schedule.rota(group.of)
            self._dirty.update(self._by_scope)

    def moved(self, devices: Collection[str]) -> None:
        """Nothing to do: lamps are looked up as of each instant, also of those that are still to come."""

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a lamp at an instant of the two nights, in order."""
        return sorted(self._by_scope)

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a lamp at an instant of the two nights."""
        return scope in self._by_scope

    def take_dirty(self) -> set[Scope]:
        """Return the scopes whose counts may have changed since the last call, and forget them."""
        taken = self._dirty.union(*(group.scopes for group in self._touched))
        self._dirty, self._touched = set(), set()
        return taken

    def tally(self, scope: Scope, night: LampNight | None = None) -> NightTally:
        """Return the counts of a scope at the instants of a night (the closed one by default) until now."""
        night = night or self.closed
        groups = self._by_scope.get(scope, {}).values()
        found = {}
        for at in night.instants:
            if at > self.now:
                break
            expected = lit = dark = made_up = 0
            for group in groups:
                if self._must_be_on(group.rota, at, night):
                    expected += group.lamps + group.extra[at]
                    made_up += group.made_up + group.extra_made_up[at]
                    lit += group.lit[at]
                    dark += group.dark[at]
            if expected:
                found[at] = InstantCount(expected, lit, dark, made_up)
        return NightTally(found)

    def shown(self, scope: Scope, night: LampNight) -> Iterator[tuple[str, dict[datetime, str]]]:
        """Yield each lamp of a scope with what it showed at the instants of a night at which it had to be on."""
        for device, lamp in self._lamps.items():
            found = {}
            for number, at in enumerate(night.instants):
                home = self._home(lamp, at)
                if at <= self.now and home and scope in home.group.scopes:
                    if self._must_be_on(home.group.rota, at, night):
                        glow = glow_of(night.at(number, lamp.index), home.rated)
                        found[at] = "unknown" if glow is None else glow.value
                    else:
                        found.setdefault(at, "")
            if found:
                yield device, {at: said for at, said in found.items() if said}

    def dump(self) -> Any:
        """Return the codes of both nights and whose they are, in order."""
        if not self._packed_names:
            self._packed_names = pack("\n".join(self._names).encode())
        return {"devices": self._packed_names, "nights": [self.closed.dump(), self.running.dump()]}

    def restore(self, dumped: Any) -> None:
        """Take over the codes of a dump; of a dump from before there was this indicator there are none."""
        if not dumped:
            return
        names = unpack(dumped["devices"]).decode().split("\n")
        nights = {night.evening.isoformat(): night for night in (self.closed, self.running)}
        for said in dumped["nights"]:
            night = nights.get(said["evening"])
            for number, packed in enumerate(said["codes"] if night else ()):
                for index, each in unpacked(packed):
                    lamp = self._lamps.get(names[index]) or self._settle(names[index])
                    self._put(night or self.closed, number, lamp, each)

    def _put(self, night: LampNight, number: int, lamp: NightLamp, said: int) -> None:
        before = night.put(number, lamp.index, said)
        if before is None:
            return
        at = night.instants[number]
        home = self._home(lamp, at)
        if home is not None and home.turn(at, before, said):
            self._touched.add(home.group)

    def _home(self, lamp: NightLamp, at: datetime) -> Home | None:
        return lamp.home or lamp.homes.get(at)

    def _must_be_on(self, rota: Rota, at: datetime, night: LampNight) -> bool:
        known = self._on.get((rota, at))
        if known is None:
            full = rota.nights.of(night.evening).full
            known = self._on[rota, at] = must_be_on(rota, at, (full.start, full.end))
        return known

    def _settle(self, device: str) -> NightLamp:
        """Look up where a lamp counts at each instant; take it out of where it counted."""
        lamp = self._lamps.get(device)
        if silent := lamp is None:
            lamp = self._lamps[device] = NightLamp(len(self._names))
            self._names.append(device)
            self._packed_names = ""
        else:
            self._count(lamp, -1)
        lamp.timeline, lamp.home, lamp.homes = self.world.register.timeline(device), None, {}
        first, last = self.closed.instants[0], self.running.instants[-1]
        only = next((v for v in lamp.timeline if v.covers(first) and v.covers(last)), None)
        if only is not None:
            lamp.home = self._home_of(only.device)
        else:
            instants = (*self.closed.instants, *self.running.instants)
            for version in lamp.timeline:
                covered = [at for at in instants if version.covers(at)]
                home = self._home_of(version.device) if covered else None
                if home is not None:
                    lamp.homes |= dict.fromkeys(covered, home)
        self._count(lamp, 1, silent=silent)
        return lamp

    def _home_of(self, device: Device) -> Home | None:
        if device.kind != _KIND.name or not takes_part(device):
            return None
        key = group_key(device, alone=device.id in self._alone)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, _typical(device, alone=bool(key[-1])), self._schedule)
            for scope in group.scopes:
                self._by_scope.setdefault(scope, {})[key] = group
        return Home(group, tenths(device.attributes.get("rated_power")), device.synthetic)

    def _count(self, lamp: NightLamp, change: int, *, silent: bool = False) -> None:
        """Count a lamp where it is at home, or no longer, with all it showed; `silent`: it has shown nothing yet."""
        if lamp.home is not None:
            lamp.home.group.lamps += change
            lamp.home.group.made_up += change * lamp.home.made_up
        for at, home in lamp.homes.items():
            home.group.extra[at] += change
            home.group.extra_made_up[at] += change * home.made_up
        for night in () if silent else (self.closed, self.running):
            for number, at in enumerate(night.instants):
                found = self._home(lamp, at)
                if found is not None and (said := night.at(number, lamp.index)) != NOTHING:
                    found.turn(at, *((NOTHING, said) if change > 0 else (said, NOTHING)))
        for group in {home.group for home in (*lamp.homes.values(), lamp.home) if home}:
            self._touched.add(group)
            if change < 0 and group.empty:
                self._dissolve(group)

    def _dissolve(self, group: Group) -> None:
        del self._groups[group.key]
        self._touched.discard(group)
        self._dirty.update(group.scopes)
        for scope in group.scopes:
            del self._by_scope[scope][group.key]
            if not self._by_scope[scope]:
                del self._by_scope[scope]


def _typical(lamp: Device, *, alone: bool) -> Device:
    """Return a lamp that stands for all of its group: no override names it, unless it is alone."""
    return lamp if alone else replace(lamp, id="")


def _named(plan: LightingPlan) -> set[str]:
    """Return the lamps that an override names itself."""
    named = (o.scope.partition(":") for o in plan.overrides if o.recorded_to is None)
    return {ident for kind, _, ident in named if kind == "device"}
