"""Parking: the centre fills by day, homes by night. A bay changes at most once an hour, at a minute of its own."""

from datetime import tzinfo
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.noise import key_of, smooth, spread, unit, wave
from simulators.signals.said import Said
from simulators.signals.weather import local

_SLOT: Final = 3600.0
_CHANGED: Final = ("occupancyChangeToOccupied", "occupancyChangeToVacant")
_AHEAD: Final = 3
"""Slots looked ahead for the next change: with a heartbeat each hour, more is not needed."""


class Parking:
    """Signals of bays and lots in one city."""

    def __init__(self, seed: int, tz: tzinfo) -> None:
        """Take the seed and the city's zone."""
        self._seed = seed
        self._tz = tz

    def bay(self, device: Device, t: float) -> Said:
        """Return what a bay's sensor says at `t`."""
        key = key_of(self._seed, device.id)
        values: dict[str, Value] = {
            "occupied": self._occupied(key, t, home=_at_home(device)),
            "battery": round(spread(key, 0, 3.4, 3.65), 2),
            "rssi": round(-95 + 15 * smooth(key + 1, t / 7200), 0),
        }
        return Said(values, switches={_CHANGED: values["occupied"] is True})

    def next_change(self, device: Device, t: float) -> float | None:
        """Return the next instant after `t` at which the bay changes, or None if not within some hours."""
        key, home = key_of(self._seed, device.id), _at_home(device)
        first = int(t // _SLOT)
        for slot in range(first, first + _AHEAD):
            change = self._change(key, slot)
            if change > t and self._in_slot(key, slot, home=home) != self._in_slot(key, slot - 1, home=home):
                return change
        return None

    def lot(self, device: Device, t: float) -> Said:
        """Return what the counter of a car park says at `t`."""
        key = key_of(self._seed, device.id)
        stated = device.attributes.get("capacity")
        capacity = stated if isinstance(stated, int) and not isinstance(stated, bool) else 100
        share = self._tide(t, home=False) * spread(key, 0, 0.85, 1.12) + 0.06 * smooth(key, t / 2700)
        occupied = min(capacity, max(0, round(capacity * share)))
        entered, left = self._gates(key, capacity, t)
        return Said(
            {
                "occupied": occupied,
                "free": capacity - occupied,
                "capacity": capacity,
                "entered": entered,
                "left": left,
            }
        )

    def _gates(self, key: int, capacity: int, t: float) -> tuple[int, int]:
        """Return how many vehicles came and went since midnight: a lot turns over some four times a day."""
        hour = local(t, self._tz).hour
        passed = hour / 24 - 0.12 * wave(hour, 19) - 0.03
        came = capacity * spread(key, 3, 3.0, 5.0) * max(0.0, passed)
        return round(came), round(came * max(0.0, 1 - 0.4 * (1 - hour / 24)))

    def _occupied(self, key: int, t: float, *, home: bool) -> bool:
        slot = int(t // _SLOT)
        return self._in_slot(key, slot if t >= self._change(key, slot) else slot - 1, home=home)

    def _change(self, key: int, slot: int) -> float:
        """Return the instant inside the slot at which its state takes over, in whole seconds."""
        return slot * _SLOT + float(int(_SLOT * unit(key, -slot)))

    def _in_slot(self, key: int, slot: int, *, home: bool) -> bool:
        fresh = 0.15 if home else 0.5  # at home the same car stays; in the centre they come and go
        rank = (1 - fresh) * unit(key, 0) + fresh * unit(key, slot)
        return rank < self._tide(slot * _SLOT, home=home)

    def _tide(self, t: float, *, home: bool) -> float:
        hour = local(t, self._tz).hour
        return 0.66 + 0.26 * wave(hour, 2) if home else 0.5 + 0.36 * wave(hour, 13.5)


def _at_home(device: Device) -> bool:
    return device.text("road_class") == "alley"
