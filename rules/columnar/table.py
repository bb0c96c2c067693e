"""Readings of one kind as columns. Pure arrays; instants are microseconds since 1970-01-01 UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Table:
    """Readings of one kind, each identity once, in the order of device and instant."""

    devices: Sequence[str]
    """The ids that `device` counts in, in order."""
    device: Ints
    at: Ints
    values: Mapping[str, Floats]
    """By metric; NaN where the reading does not say it."""
    faults: Sequence[tuple[str, ...]]
    """The sets of faults that `fault` counts in; the first is that without any."""
    fault: Ints

    def __len__(self) -> int:
        return len(self.at)

    def points(self) -> int:
        """Return how many values the readings say."""
        return int(sum(np.count_nonzero(~np.isnan(column)) for column in self.values.values()))

    def faulty(self, codes: frozenset[str]) -> Bools:
        """Return which readings carry one of these faults."""
        bad = np.array([not codes.isdisjoint(faults) for faults in self.faults], dtype=np.bool_)
        return bad[self.fault]

    def bounds(self) -> Ints:
        """Return where each device begins, and the end."""
        return np.searchsorted(self.device, np.arange(len(self.devices) + 1))
