"""The register over columns: which versions of the devices of a kind hold at which instants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.device import AssetState, Device
from domain.instants import micros
from domain.register import Register
from rules.columnar.table import Bools, Ints, Table

_FOREVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Versions:
    """Every version of every device of a kind, by device id and time. Valid in [start, end), microseconds."""

    ids: Sequence[str]
    """The devices, in order."""
    devices: Sequence[Device]
    """By version."""
    of: Ints
    """By version: whose it is, by the place in `ids`."""
    start: Ints
    end: Ints
    bounds: Ints
    """The instants at which one begins or ends, in order: between them nothing changes."""
    place: Mapping[str, int]
    """By id: the place in `ids`."""

    @classmethod
    def of_kind(cls, register: Register, kind: str) -> "Versions":
        """Return the versions of a register."""
        timelines = sorted((t for t in register.timelines(kind) if t), key=lambda t: t[0].device.id)
        every = [(n, version) for n, timeline in enumerate(timelines) for version in timeline]
        start = np.array([micros(v.valid_from) for _, v in every], dtype=np.int64)
        end = np.array([_FOREVER if v.valid_to is None else micros(v.valid_to) for _, v in every], dtype=np.int64)
        ids = [t[0].device.id for t in timelines]
        return cls(
            ids=ids,
            devices=[version.device for _, version in every],
            of=np.array([n for n, _ in every], dtype=np.int64),
            start=start,
            end=end,
            bounds=np.unique(np.concatenate([start, end])),
            place={name: n for n, name in enumerate(ids)},
        )

    def which(self, says: Callable[[Device], bool]) -> Bools:
        """Return by version whether something is said of it."""
        return np.array([says(device) for device in self.devices], dtype=np.bool_)

    def hold(self, instant: int) -> Bools:
        """Return which versions hold at an instant."""
        held: Bools = (self.start <= instant) & (instant < self.end)
        return held

    def during(self, instants: Ints, flags: Bools) -> Bools:
        """Return by instant and device whether the version of then is flagged. Looked up once between changes."""
        epoch, inverse = np.unique(np.searchsorted(self.bounds, instants, side="right"), return_inverse=True)
        found = np.zeros((len(epoch), len(self.ids)), dtype=np.bool_)
        for n in range(len(epoch)):
            found[n, self.of[self.hold(int(instants[np.argmax(inverse == n)])) & flags]] = True
        return found[inverse]

    def places(self, table: Table) -> Ints:
        """Return where in a table each device is; -1 for those that said nothing."""
        where = {name: n for n, name in enumerate(table.devices)}
        return np.array([where.get(name, -1) for name in self.ids], dtype=np.int64)

    def numbers(self, table: Table) -> Ints:
        """Return for each device of a table its place in `ids`; -1 for those that were never registered as such."""
        return np.array([self.place.get(name, -1) for name in table.devices], dtype=np.int64)


def in_service(device: Device) -> bool:
    """Return whether a device is expected to report."""
    return device.state is AssetState.IN_SERVICE
