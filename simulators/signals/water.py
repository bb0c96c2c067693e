"""River sections: each keeps near a class of its own; oxygen swings with season and sun, ammonia comes with rain."""

from datetime import tzinfo
from typing import Final

from domain.device import Device
from rules.standards.gb3838 import AUTO5, CLASS_ITEMS, ITEMS, Body
from rules.standards.gb3838_sources import SUPPLEMENTARY
from simulators.noise import chance, key_of, smooth, spread, wave
from simulators.signals.said import Said
from simulators.signals.weather import Weather, local

_DAY: Final = 86400.0
_CODMN: Final = (0.8, 2, 4, 6, 10, 15)
_NH3N: Final = (0.02, 0.15, 0.5, 1.0, 1.5, 2.0)
_TP: Final = {"river": (0.005, 0.02, 0.1, 0.2, 0.3, 0.4), "lake": (0.004, 0.01, 0.025, 0.05, 0.1, 0.2)}
"""Upper limits of the classes I … V, GB 3838-2002 table 1, each with a floor before it."""
_SATURATION: Final = (0.98, 0.95, 0.86, 0.74, 0.6)
"""Share of oxygen saturation that water of each class usually holds."""

_OF_LIMIT: Final = {
    **{item: ITEMS[item].limits(Body.RIVER).raw[2] for item in CLASS_ITEMS if item not in AUTO5},
    **{item: float(limit) for item, limit in SUPPLEMENTARY.items()},
}
"""Limits of class Ⅲ and of table 2: what is not measured every four hours is seldom near them."""


class Water:
    """Signals of river sections in one city."""

    def __init__(self, seed: int, weather: Weather, tz: tzinfo) -> None:
        """Take the seed, the weather and the city's zone."""
        self._seed = seed
        self._weather = weather
        self._tz = tz

    def says(self, device: Device, t: float) -> Said:
        """Return what an automatic station measures at `t`."""
        key = key_of(self._seed, device.id)
        level = usual_class(self._seed, device)
        now = local(t, self._tz)
        temperature = max(0.5, 1.5 + 0.92 * self._weather.temperature(t - _DAY / 4) + smooth(key, t / _DAY))
        sunny = 0.7 * wave(now.hour, 16)
        oxygen = _saturation(temperature) * _SATURATION[level - 1] + sunny + 0.3 * smooth(key + 1, t / _DAY)
        wet = self._weather.wet(t)
        phosphorus = self._between(_TP[device.text("body_type", "river")], level, key, 4, t)
        return Said(
            {
                "water_temp": round(temperature, 2),
                "ph": round(7.9 + 0.4 * smooth(key + 2, t / (2 * _DAY)) + 0.25 * sunny, 2),
                "do": round(max(0.5, oxygen), 3),
                "codmn": round(self._between(_CODMN, level, key, 3, t), 3),
                "nh3n": round(self._between(_NH3N, level, key, 5, t) * (1 + 0.8 * wet), 4),
                "tp": round(phosphorus * (1 + 0.2 * wet), 4),
                "tn": round(spread(key, 6, 2, 7) * (1 + 0.2 * smooth(key + 6, t / (3 * _DAY))), 3),
                "conductivity": round(spread(key, 7, 450, 1400) * (1 - 0.15 * min(wet, 1)), 1),
                "turbidity": round(spread(key, 8, 4, 18) * (1 + 3 * wet), 1),
            }
        )

    def sample(self, device: Device, t: float) -> Said:
        """Return what the laboratory finds in a sample taken at `t`: the items that no station measures."""
        key = key_of(self._seed, device.id)
        return Said(
            {
                item: round(
                    _OF_LIMIT[item] * spread(key, n, 0.2, 0.7) * (1 + 0.3 * smooth(key + n, t / (60 * _DAY))), 6
                )
                for n, item in enumerate(_OF_LIMIT)
            }
        )

    def _between(self, limits: tuple[float, ...], level: int, key: int, n: int, t: float) -> float:
        """Return a value that wanders inside the band of a class, with some room below its limit."""
        share = spread(key, n, 0.35, 0.6) + 0.25 * smooth(key + n, t / (3 * _DAY))
        return limits[level - 1] + (limits[level] - limits[level - 1]) * share


def usual_class(seed: int, device: Device) -> int:
    """Return the class (1 … 5) that a section usually has: mostly its target or one better, at times one worse."""
    target = device.attributes.get("target_class")
    aim = target if isinstance(target, int) and not isinstance(target, bool) else 3
    key = key_of(seed, device.id)
    shift = 0 if chance(key, 9, 0.45) else -1 if chance(key, 10, 0.8) else 1
    return min(5, max(1, aim + shift))


def _saturation(celsius: float) -> float:
    """Return the oxygen that fresh water holds at saturation, mg/L at sea level (a common cubic fit, 0 … 35 °C)."""
    return 14.62 - 0.3898 * celsius + 0.006969 * celsius**2 - 5.897e-5 * celsius**3
