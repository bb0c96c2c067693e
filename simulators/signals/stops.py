"""Vehicles that stop where they may not: a few at a time, most drive on within minutes, more by day than by night."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.noise import key_of, spread, unit, wave
from simulators.signals.said import Said
from simulators.signals.weather import local

_SLOT: Final = 1800.0
_PLACES: Final = 4
"""Vehicles that can stand in view of one sensor; each place sees at most one stop per slot."""
_LONGEST: Final = 1500.0
_GRACE_MIN: Final = 5.0


class Stops:
    """Signals of illegal-stop sensors in one city."""

    def __init__(self, seed: int, tz: tzinfo) -> None:
        """Take the seed and the city's zone."""
        self._seed = seed
        self._tz = tz

    def says(self, device: Device, t: float) -> Said:
        """Return what a sensor says at `t`; at the instant a vehicle drives off also how long it stood."""
        standing = [t - begin for begin, end in self._near(device, t) if begin <= t < end]
        left = [end - begin for begin, end in self._near(device, t) if end == t]
        longest = max(standing, default=0.0) / 60
        values: dict[str, Value] = {"vehicles": len(standing), "longest_stay": round(longest, 2)}
        if left:
            values["stay"] = round(max(left) / 60, 2)
        return Said(values, conditions=frozenset({"forbiddenParkingDetected"} if longest >= _grace(device) else ()))

    def next_change(self, device: Device, t: float) -> float | None:
        """Return the next instant after `t` at which a vehicle comes, outstays the grace time or drives off."""
        grace = 60 * _grace(device)
        changes = (
            instant
            for begin, end in self._near(device, t)
            for instant in (begin, end, *((begin + grace,) if begin + grace < end else ()))
        )
        return min((instant for instant in changes if instant > t), default=None)

    def _near(self, device: Device, t: float) -> Iterator[tuple[float, float]]:
        """Yield begin and end of the stops of the slots around `t`, in whole seconds."""
        key, now = key_of(self._seed, device.id), int(t // _SLOT)
        for slot in range(now - 1, now + 3):
            likely = self._tide(slot * _SLOT)
            for place in range(_PLACES):
                draw = key_of(key, place)
                if unit(draw, 2 * slot) < likely:
                    yield self._stop(draw, slot, place)

    def _stop(self, draw: int, slot: int, place: int) -> tuple[float, float]:
        """Return one stop: ends of different places never fall on the same second."""
        share = unit(draw, 2 * slot + 1)
        length = 40 + (_LONGEST - 40) * share**4
        begin = slot * _SLOT + float(int(spread(draw, -slot - 1, 0, _SLOT - _LONGEST - _PLACES)))
        end = begin + float(int(length))
        return begin, end - (end - place) % _PLACES + _PLACES

    def _tide(self, t: float) -> float:
        return 0.22 + 0.2 * wave(local(t, self._tz).hour, 13)


def _grace(device: Device) -> float:
    stated = device.attributes.get("grace_minutes")
    return float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) else _GRACE_MIN
