"""The city's air stations, live: their fresh hours, and who of them is expected."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import override

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import CITY, Scope, ScopeKind
from rules.air.hours import Hours, dumped, label_of, sample
from rules.air.tally import AirTally, sums_of
from rules.board import DeviceBoard
from rules.indicator import Latest, World

_KIND = KINDS["air_station"]


class AirBoard(DeviceBoard):
    """Stations and their hours. It is exact for the last `now` it was given.

    An hour counts while its label is no older than the freshness window. Of a city, background stations take no part.
    """

    kinds: ClassVar[tuple[str, ...]] = (_KIND.name,)

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the stations of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._oldest = now - _KIND.freshness
        """The first hour label that is fresh."""
        self._hours = Hours()
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self.apply(reading, newest=True)

    @override
    def scopes_of(self, device: Device) -> Iterable[Scope]:
        return CITY, Scope(ScopeKind.STATION, device.id)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep the sample of an hour that is still fresh; older ones come too late to show."""
        label = label_of(reading.at)
        if label >= self._oldest and self._hours.put(reading.device, label, sample(reading)):
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let hours end to be fresh until `now`."""
        self.now = now
        self._oldest = now - _KIND.freshness
        for station in self._hours.drop_before(self._oldest):
            self.touch(station)

    def excluded(self, station: Device, scope: Scope) -> str:
        """Return why a station takes no part in the value of a scope, or nothing."""
        if station.state is not AssetState.IN_SERVICE:
            return station.state.value
        return "background" if scope == CITY and station.flag("background") else ""

    def tally(self, scope: Scope) -> AirTally:
        """Return what the stations of a scope that take part add up to, by hour."""
        expected = [s.id for s in self.devices(scope) if not self.excluded(s, scope)]
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

    def dump(self) -> Any:
        """Return the samples of the fresh hours."""
        return self._hours.dump()

    def restore(self, dumped_hours: Any) -> None:
        """Take over the samples of a dump; of a dump from before there was this indicator there are none."""
        for station, said in dumped(dumped_hours or ()):
            self._hours.put(station, label_of(said.at), said)
