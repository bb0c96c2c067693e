"""Springs and the waters that were black and odorous: levels sink from October to June, a clean body may relapse."""

from datetime import tzinfo
from typing import Final

from domain.device import Device
from simulators.noise import chance, key_of, smooth, spread, wave
from simulators.signals.said import Said
from simulators.signals.weather import Weather, local

_DAY: Final = 86400.0
_LEVEL: Final = 28.02
"""Level of the springs in the middle of the year's swing, m: near the lines of 趵突泉, so that they are crossed."""
_SWING: Final = 0.45
_RISES: Final = (175, 265)
"""Days of the year between which the rains lift the springs; the other months they sink."""
_RELAPSE: Final = 20 * _DAY
"""A body is clean or foul for so long."""


class SmallWaters:
    """Signals of spring gauges and of points of black-odorous bodies in one city."""

    def __init__(self, seed: int, weather: Weather, tz: tzinfo) -> None:
        """Take the seed, the weather and the city's zone."""
        self._seed = seed
        self._weather = weather
        self._tz = tz

    def spring(self, device: Device, t: float) -> Said:
        """Return what the gauge of a spring says at `t`."""
        key = key_of(self._seed, device.id)
        level = _LEVEL + spread(key, 0, -0.03, 0.03) + _SWING * _season(local(t, self._tz).day)
        level += 0.1 * smooth(key_of(self._seed, "springs"), t / (10 * _DAY)) + 0.03 * min(self._weather.wet(t), 1.5)
        level += 0.004 * smooth(key + 1, t / 3600)
        sill = device.attributes.get("sill")
        head = max(0.0, level - sill) if isinstance(sill, int | float) else 0.0
        return Said(
            {
                "level": round(level, 3),
                "flow": round(0.6 * head, 3),
                "water_temp": round(17.8 + 0.3 * smooth(key + 2, t / (20 * _DAY)), 1),
                "battery": round(spread(key, 3, 3.4, 3.65), 2),
            }
        )

    def point(self, device: Device, t: float) -> Said:
        """Return what a point of a body says at `t`: clean, or foul while its body has a relapse."""
        key = key_of(self._seed, device.id)
        foul = self._foul(device.text("body"), t)
        hour = local(t, self._tz).hour
        depth = spread(key, 0, 22, 160) + 12 * min(self._weather.wet(t), 1)
        clear = spread(key, 1, 45, 110) * (1 + 0.2 * smooth(key, t / (3 * _DAY)))
        oxygen = spread(key, 2, 3.5, 7.5) + 1.2 * wave(hour, 16) + 0.5 * smooth(key + 1, t / _DAY)
        potential = spread(key, 3, 120, 280) + 30 * smooth(key + 2, t / _DAY)
        ammonia = spread(key, 4, 0.4, 4.5) * (1 + 0.3 * smooth(key + 3, t / (2 * _DAY)))
        return Said(
            {
                "transparency": round(min(depth, clear * (1 - foul) + 12 * foul), 1),
                "do": round(max(0.05, oxygen * (1 - foul) + 0.8 * foul), 2),
                "orp": round(potential * (1 - foul) - 60 * foul, 0),
                "nh3n": round(ammonia * (1 - foul) + 11 * foul, 3),
                "depth": round(depth, 0),
                "water_temp": round(max(0.5, 2 + 0.92 * self._weather.temperature(t - _DAY / 4)), 1),
                "ph": round(7.7 + 0.3 * smooth(key + 4, t / (2 * _DAY)), 2),
            }
        )

    def _foul(self, body: str, t: float) -> float:
        """Return how foul a body is: 0 clean, about 1 in a relapse, rarely up to 1.3 (heavy)."""
        key, block = key_of(self._seed, "relapse", body), int(t // _RELAPSE)
        if not chance(key, 2 * block, 0.05):
            return 0.0
        share = t / _RELAPSE - block
        ramp = min(1.0, 6 * share, 6 * (1 - share))
        return spread(key, 2 * block + 1, 0.8, 1.15) * ramp


def _season(day: int) -> float:
    """Return 1 at the end of the rains, -1 before them, straight in between."""
    first, last = _RISES
    if first <= day < last:
        return -1 + 2 * (day - first) / (last - first)
    return 1 - 2 * ((day - last) % 365) / (365 - last + first)
