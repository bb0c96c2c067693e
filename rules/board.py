"""What the boards of all indicators share: which devices there are now, in which scopes, and what may have changed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import ClassVar

from domain.device import Device
from domain.reading import Reading
from domain.scope import Scope
from rules.indicator import Intake, Latest, World


class DeviceBoard:
    """The devices of some kinds as the register knows them at `now`, looked up again only when it says otherwise.

    For tens or thousands of devices; lamps have counters of their own. A subclass says which kinds and scopes, keeps
    what readings say, and calls `touch` when that may have changed a measure.
    """

    kinds: ClassVar[tuple[str, ...]]

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the devices of a world up as of `now`; `latest` is the city's own view of the newest readings."""
        self.world = world
        self.now = now
        self.latest = latest
        self.known: dict[str, Device] = {}
        """Every device of the kinds now, by id, in any asset state."""
        self._by_scope: dict[Scope, list[Device]] = {}
        self._scopes: dict[str, tuple[Scope, ...]] = {}
        """The scopes of each known device."""
        self._dirty: set[Scope] = set()
        self._touched: set[str] = set()
        """Devices that become scopes only when somebody asks: a reading costs one entry."""
        self.look_up()

    def scopes_of(self, device: Device) -> Iterable[Scope]:
        """Return the scopes that a device stands in."""
        raise NotImplementedError

    def intakes(self, kind: str) -> Sequence[Intake]:  # noqa: ARG002 - a subclass may tell kinds apart
        """Return what takes in the readings of a kind."""
        return (self,)

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Take in a reading that `intakes` sends here."""
        raise NotImplementedError

    def set_world(self, world: World) -> None:
        """Take over another register, as of the last `now`."""
        changed = world.register is not self.world.register
        self.world = world
        if changed:
            self.look_up()

    def moved(self, devices: Collection[str]) -> None:
        """Look the devices up again if one of these is of the kinds."""
        if any(self.world.register.kind_of(device) in self.kinds for device in devices):
            self.look_up()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a device now, in order."""
        return sorted(self._by_scope)

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a device now."""
        return scope in self._by_scope

    def devices(self, scope: Scope) -> Sequence[Device]:
        """Return the devices of a scope now, by id, in any asset state."""
        return self._by_scope.get(scope, ())

    def touch(self, device_id: str) -> None:
        """Note that the scopes of a device may have changed."""
        self._touched.add(device_id)

    def touch_all(self) -> None:
        """Note that every scope may have changed."""
        self._dirty.update(self._by_scope)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        taken = self._dirty | self.scopes_touched(self._touched)
        self._dirty = set()
        self._touched.clear()
        return taken

    def scopes_touched(self, devices: Iterable[str]) -> set[Scope]:
        """Return the scopes that devices stand in now; where they stood before a change, `touch_all` has told."""
        return set(chain.from_iterable(self._scopes.get(device, ()) for device in devices))

    def look_up(self) -> None:
        """Look up which devices there are at `now`; every scope of before and after may have changed."""
        self.touch_all()
        register = self.world.register
        found = (device for kind in self.kinds for device in register.devices(self.now, kind))
        self.known = {device.id: device for device in sorted(found, key=lambda d: d.id)}
        self._by_scope, self._scopes = {}, {}
        same: dict[Scope, Scope] = {}
        for device in self.known.values():
            scopes = tuple(same.setdefault(scope, scope) for scope in self.scopes_of(device))
            self._scopes[device.id] = scopes
            for scope in scopes:
                self._by_scope.setdefault(scope, []).append(device)
        self.touch_all()
