"""Devices of one kind of which only the newest reading counts, as long as it is fresh."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from typing_extensions import override

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from rules.board import DeviceBoard
from rules.expiry import Expiry
from rules.indicator import Latest, World

SILENT = "silent"
"""Why a device without a fresh reading says nothing."""


class WatchBoard(DeviceBoard):
    """The devices of one kind and their fresh readings. It is exact for the last `now` it was given."""

    invalidating: ClassVar[frozenset[str]] = frozenset({"sensorFault", "maintenance"})
    """With one of these faults a reading says nothing, whatever its values."""

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the devices of a world up as of `now`, with what their latest readings say."""
        super().__init__(world, latest, now)
        self._expiry = Expiry(freshness_of(self.kinds[0]))
        for reading in latest.values():
            if reading.kind in self.kinds:
                self._expiry.watch(reading)

    @override
    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Show what a device's newest reading says; an older one changes nothing."""
        if newest:
            self._expiry.watch(reading)
            self.touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let freshness end until `now`."""
        self.now = now
        for device in self._expiry.expired(now, self.latest):
            self.touch(device)

    def expected(self, device: Device) -> str:
        """Return why a device is not expected to say anything, or nothing."""
        return "" if device.state is AssetState.IN_SERVICE else device.state.value

    def fresh(self, device: Device) -> tuple[Reading | None, str]:
        """Return the fresh valid reading of a device, or None and why there is none."""
        reading = self.latest.get(device.id)
        if reading is None or not self._expiry.is_fresh(reading, self.now):
            return None, SILENT
        faults = self.invalidating.intersection(reading.faults)
        return (None, min(faults)) if faults else (reading, "")

    def dump(self) -> Any:
        """Return nothing: everything follows from the latest readings."""

    def restore(self, dumped: Any) -> None:
        """Nothing is to be taken over."""


def freshness_of(kind: str) -> timedelta:
    """Return how long a reading of a kind says something."""
    return KINDS[kind].freshness


def number(reading: Reading, metric: str) -> float | None:
    """Return a metric as a number, or None when the reading does not say it."""
    value = reading.values.get(metric)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def stated(device: Device, attribute: str) -> float | None:
    """Return a number of the register, or None when it is not given."""
    value = device.attributes.get(attribute)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
