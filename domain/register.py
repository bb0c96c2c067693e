"""The register in memory, an immutable value: who is expected at an instant. The denominator of everything."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby

from domain.device import AssetState, Device, DeviceVersion

Timeline = tuple[DeviceVersion, ...]
"""The versions of one device that are believed today, ordered by `valid_from`, without overlaps."""


class Register:
    """What is believed today about every device, over valid time. Never changed in place."""

    __slots__ = ("_by_kind", "_edges", "_ids", "_timelines", "version")

    def __init__(self, timelines: Mapping[str, Timeline], version: int) -> None:
        """Take the timelines as they are; `version` grows with every recorded change."""
        self._timelines = timelines
        self._by_kind: dict[str, list[Timeline]] | None = None
        self._edges: dict[str | None, list[datetime]] = {}
        self._ids: dict[str, dict[str, str]] = {}
        self.version = version

    @classmethod
    def of(cls, versions: Iterable[DeviceVersion], version: int = 0) -> "Register":
        """Build a register from versions in any order. Those with `recorded_to` set are left out."""
        believed = sorted((v for v in versions if v.recorded_to is None), key=_by_device_and_time)
        return cls({k: tuple(g) for k, g in groupby(believed, key=lambda v: v.device.id)}, version)

    def __contains__(self, device_id: object) -> bool:
        return device_id in self._timelines

    def __len__(self) -> int:
        return len(self._timelines)

    def timeline(self, device_id: str) -> Timeline:
        """Return the believed versions of a device, oldest first; empty if it was never registered."""
        return self._timelines.get(device_id, ())

    def at(self, device_id: str, instant: datetime) -> Device | None:
        """Return the device as it was at `instant`, or None if it did not exist then."""
        timeline = self._timelines.get(device_id, ())
        if len(timeline) == 1:  # nearly every device: skip the search
            return timeline[0].device if timeline[0].covers(instant) else None
        return next((v.device for v in timeline if v.covers(instant)), None)

    def kind_of(self, device_id: str) -> str | None:
        """Return the kind of a device that is or was registered; a kind never changes."""
        timeline = self._timelines.get(device_id)
        return timeline[0].device.kind if timeline else None

    def ids(self, kind: str) -> dict[str, str]:
        """Return the devices of a kind that are or were registered, each by itself. To read only.

        Whoever reads an id from elsewhere finds ours here: many copies of it would take memory, and time to compare.
        """
        known = self._ids.get(kind)
        if known is None:
            ids = (timeline[0].device.id for timeline in self.timelines(kind))
            known = self._ids[kind] = {device: device for device in ids}
        return known

    def devices(self, instant: datetime, kind: str | None = None) -> Iterator[Device]:
        """Yield every device that existed at `instant`, in any asset state; optionally of one kind, then by id."""
        for timeline in self.timelines(kind):
            for version in timeline:
                if version.covers(instant):
                    yield version.device

    def in_service(self, instant: datetime, kind: str | None = None) -> Iterator[Device]:
        """Yield the devices that are expected to report at `instant`."""
        return (d for d in self.devices(instant, kind) if d.state is AssetState.IN_SERVICE)

    def timelines(self, kind: str | None = None) -> Iterator[Timeline]:
        """Yield every device's timeline; optionally of one kind, then by id."""
        return iter(self._timelines.values() if kind is None else self._of_kinds().get(kind, ()))

    def edition(self, instant: datetime, kind: str | None = None) -> tuple[int, int]:
        """Return what differs when devices may, optionally of one kind: the version, and the changes by `instant`."""
        edges = self._edges.get(kind)
        if edges is None:
            versions = (version for timeline in self.timelines(kind) for version in timeline)
            known = {at for v in versions for at in (v.valid_from, v.valid_to) if at is not None}
            edges = self._edges[kind] = sorted(known)
        return self.version, bisect_right(edges, instant)

    def _of_kinds(self) -> dict[str, list[Timeline]]:
        """Return the timelines by kind and id, sorted out at the first question: of many kinds, most are small."""
        if self._by_kind is None:
            found: dict[str, list[Timeline]] = {}
            for timeline in self._timelines.values():
                found.setdefault(timeline[0].device.kind, []).append(timeline)
            for timelines in found.values():
                timelines.sort(key=lambda timeline: timeline[0].device.id)  # most are in order already
            self._by_kind = found
        return self._by_kind

    def changed(self, timelines: Mapping[str, Timeline], version: int) -> "Register":
        """Return a register in which the given devices have these timelines instead."""
        return Register({**self._timelines, **timelines}, version)


def _by_device_and_time(version: DeviceVersion) -> tuple[str, datetime]:
    return version.device.id, version.valid_from
