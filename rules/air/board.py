"""The city's air stations, live: their fresh hours, and who of them is expected."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.air.hours import Hours, dumped, label_of, sample
from rules.air.tally import AirTally, sums_of
from rules.indicator import Latest, World

_KIND = KINDS["air_station"]


class AirBoard:
    """Stations and their hours. It is exact for the last `now` it was given.

    An hour counts while its label is no older than the freshness window. Of a city, background stations take no part.
    """

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the stations of a world up as of `now`, with what their latest readings say."""
        self.world = world
        self.now = now
        self._hours = Hours()
        self._dirty: set[Scope] = set()
        self._stations: dict[str, Device] = {}
        self._look_up()
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self.apply(reading, newest=True)

    def apply(self, reading: Reading, *, newest: bool) -> None:  # noqa: ARG002 - the label decides, not who came last
        """Keep the sample of an hour that is still fresh; older ones come too late to show."""
        if label_of(reading.at) >= self._oldest and self._hours.put(reading.device, sample(reading)):
            self._touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let hours end to be fresh until `now`."""
        self.now = now
        for station in self._hours.drop_before(self._oldest):
            self._touch(station)

    def set_world(self, world: World) -> None:
        """Take over another register, as of `now`."""
        if world.register is not self.world.register:
            self.world = world
            self._look_up()

    def moved(self, devices: Collection[str]) -> None:
        """Look the stations up again if one of these devices is one."""
        if any(self.world.register.kind_of(device) == _KIND.name for device in devices):
            self._look_up()

    def scopes(self) -> Sequence[Scope]:
        """Return the city, if it has a station, and its stations, in order."""
        return sorted(self._scopes())

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a station now."""
        return bool(self.stations(scope))

    def stations(self, scope: Scope) -> list[Device]:
        """Return the stations of a scope now, by id, in any asset state."""
        if scope == CITY:
            return [self._stations[name] for name in sorted(self._stations)]
        found = self._stations.get(scope.id) if scope.kind is ScopeKind.STATION else None
        return [] if found is None else [found]

    def excluded(self, station: Device, scope: Scope) -> str:
        """Return why a station takes no part in the value of a scope, or nothing."""
        if station.state is not AssetState.IN_SERVICE:
            return station.state.value
        return "background" if scope == CITY and station.flag("background") else ""

    def tally(self, scope: Scope) -> AirTally:
        """Return what the stations of a scope that take part add up to, by hour."""
        expected = [s.id for s in self.stations(scope) if not self.excluded(s, scope)]
        hours = {}
        for label in self._hours.labels():
            said = self._hours.at(label)
            sums = sums_of(said[name] for name in expected if name in said)
            if sums.stations:
                hours[label] = sums
        return AirTally(len(expected), hours)

    def silent(self, station: str, label: datetime | None) -> str:
        """Return why a station has no value for an hour, or nothing; None asks for any fresh hour."""
        labels = self._hours.labels() if label is None else [label]
        said = (self._hours.at(each).get(station) for each in labels)
        return next((known.why for known in said if known is not None), "silent")

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        taken, self._dirty = self._dirty, set()
        return taken

    def dump(self) -> Any:
        """Return the samples of the fresh hours."""
        return self._hours.dump()

    def restore(self, dumped_hours: Any) -> None:
        """Take over the samples of a dump; of a dump from before there was this indicator there are none."""
        for station, said in dumped(dumped_hours or ()):
            self._hours.put(station, said)

    @property
    def _oldest(self) -> datetime:
        return self.now - _KIND.freshness

    def _scopes(self) -> set[Scope]:
        stations = {Scope(ScopeKind.STATION, name) for name in self._stations}
        return stations | {CITY} if stations else set()

    def _look_up(self) -> None:
        """Look up which stations there are; every scope of before and after may have changed."""
        self._dirty |= self._scopes()
        self._stations = {d.id: d for d in self.world.register.devices(self.now, _KIND.name)}
        self._dirty |= self._scopes()

    def _touch(self, station: str) -> None:
        if station in self._stations:
            self._dirty |= {CITY, Scope(ScopeKind.STATION, station)}
