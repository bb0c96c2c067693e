"""What a change does to the timeline of a device. Pure: versions in, versions out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.device import DeviceVersion
from domain.errors import Conflict
from domain.ports import DeviceChange
from domain.register import Register, Timeline


@dataclass(frozen=True, slots=True)
class Recording:
    """What has to be written: versions no longer believed, versions believed anew, and the timelines that result."""

    ended: Sequence[DeviceVersion]
    begun: Sequence[DeviceVersion]
    timelines: Mapping[str, Timeline]


def record(believed: Register, changes: Sequence[DeviceChange], author: str, at: datetime) -> Recording:
    """Apply the changes one after the other, as if recorded at `at`.

    A change that says what is believed already leaves no trace, so that a register file can be loaded again.
    What one change records and a later one of the same call cuts was never believed and is not kept.

    Raises:
        Conflict: a change would alter the kind of a device, or ends before it begins.
    """
    timelines: dict[str, Timeline] = {}
    for change in changes:
        ident = change.device.id
        timeline = timelines.get(ident, believed.timeline(ident))
        _check(change, timeline)
        if not any(_says_already(version, change) for version in timeline):
            timelines[ident] = tuple(_cut(timeline, change, author, at))
    ended: list[DeviceVersion] = []
    begun: list[DeviceVersion] = []
    for ident, timeline in timelines.items():
        before = believed.timeline(ident)
        old, new = set(map(id, before)), set(map(id, timeline))
        ended += (v for v in before if id(v) not in new)
        begun += (v for v in timeline if id(v) not in old)
    return Recording(ended, begun, timelines)


def _check(change: DeviceChange, timeline: Timeline) -> None:
    device = change.device
    if change.valid_to is not None and change.valid_to <= change.valid_from:
        raise Conflict(
            f"device {device.id}: the change ends ({change.valid_to}) before it begins ({change.valid_from})"
        )
    if timeline and timeline[0].device.kind != device.kind:
        raise Conflict(f"device {device.id} is a {timeline[0].device.kind} and cannot become a {device.kind}")


def _says_already(version: DeviceVersion, change: DeviceChange) -> bool:
    return (
        version.device == change.device
        and version.valid_from <= change.valid_from
        and (version.valid_to is None or (change.valid_to is not None and change.valid_to <= version.valid_to))
    )


def _cut(timeline: Timeline, change: DeviceChange, author: str, at: datetime) -> Iterator[DeviceVersion]:
    """Yield the timeline with the change in its place, in the order of valid time."""
    start, end = change.valid_from, change.valid_to
    new = DeviceVersion(change.device, start, end, at, author=author)
    rest: list[DeviceVersion] = []
    for version in timeline:
        if version.valid_to is not None and version.valid_to <= start:
            yield version
        elif end is not None and end <= version.valid_from:
            rest.append(version)
        else:
            if version.valid_from < start:
                yield replace(version, valid_to=start, recorded_at=at, author=author)
            if end is not None and (version.valid_to is None or end < version.valid_to):
                rest.append(replace(version, valid_from=end, recorded_at=at, author=author))
    yield new
    yield from rest
