"""What all devices of the city share: local time, air temperature, rain, and episodes of bad air."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import cos, exp, pi, sin

from simulators.noise import key_of, smooth, spread, unit, wave

_DAY = 86400.0
_EPISODE = 6 * _DAY
_RAIN_S = (3600.0, 5 * 3600.0)
_HEAVIEST = 75.0
"""mm/h in the middle of the heaviest rains of July."""


@dataclass(frozen=True, slots=True)
class Local:
    """An instant as the city lives it: hour of the day (0 … 24) and day of the year (1 … 366)."""

    hour: float
    day: int


def local(t: float, tz: tzinfo) -> Local:
    """Return local hour and day of an instant in seconds since 1970 UTC."""
    there = datetime.fromtimestamp(t, tz)
    return Local(there.hour + there.minute / 60 + there.second / 3600, there.timetuple().tm_yday)


def winter(day: int) -> float:
    """Return 1 in mid-January, -1 in mid-July, smoothly in between."""
    return cos(2 * pi * (day - 15) / 365.25)


class Weather:
    """The weather of a seed: a pure function of time."""

    def __init__(self, seed: int, tz: tzinfo) -> None:
        """Take the seed and the city's zone."""
        self._rain, self._warmth = key_of(seed, "rain"), key_of(seed, "warmth")
        self._haze, self._wind = key_of(seed, "haze"), key_of(seed, "wind")
        self._tz = tz
        self._last = (float("nan"), 0.0)

    def temperature(self, t: float) -> float:
        """Return the air temperature in °C: about 0 in January and 27 in July, warmest at three."""
        if self._last[0] != t:  # a batch of lamps asks for the same instant, one after the other
            self._last = t, self._warmth_at(t)
        return self._last[1]

    def _warmth_at(self, t: float) -> float:
        now = local(t, self._tz)
        return 14 - 13.5 * winter(now.day) + 4 * wave(now.hour, 15) + 5 * smooth(self._warmth, t / (2 * _DAY))

    def wet(self, t: float) -> float:
        """Return how much the last rains still wash into rivers: 1 just after a rain, fading over some two days."""
        today = int(t // _DAY)
        events = ((self._rain_end(day), self._rained(day)) for day in range(today - 4, today + 1))
        return sum(strength * exp((end - t) / _DAY) for end, strength in events if end <= t)

    def rain(self, t: float) -> float:
        """Return the rain at `t` in mm/h over the middle of the city: hours long, heaviest half-way, most in July."""
        today = int(t // _DAY)
        return sum(self._falls(day, t) for day in (today, today + 1))

    def _falls(self, day: int, t: float) -> float:
        strength = self._rained(day)
        if not strength:
            return 0.0
        length = spread(self._rain, 3 * day + 2_000_000, *_RAIN_S)
        share = 1 - (self._rain_end(day) - t) / length
        if not 0 < share < 1:
            return 0.0
        season = 0.55 - 0.45 * winter(local(day * _DAY, self._tz).day)
        return _HEAVIEST * strength**3 * season * sin(pi * share) ** 2

    def _rain_end(self, day: int) -> float:
        """Return the instant at which the rain of a day (UTC) ends, if it rains."""
        return (day + unit(self._rain, 3 * day + 1_000_000)) * _DAY

    def haze(self, t: float) -> float:
        """Return the factor of particles: 1 on common days, up to some 4 in the middle of an episode."""
        block = int(t // _EPISODE)
        likely = 0.3 + 0.15 * winter(local(block * _EPISODE, self._tz).day)
        if unit(self._haze, 2 * block) >= likely:
            return 1.0
        height = spread(self._haze, 2 * block + 1, 0.8, 3.2)
        return 1 + height * sin(pi * (t / _EPISODE - block)) ** 2

    def wind(self, t: float) -> tuple[float, float]:
        """Return wind speed in m/s and the direction it comes from in degrees."""
        now = local(t, self._tz)
        speed = 2.4 + 0.8 * wave(now.hour, 15) + 1.4 * smooth(self._wind, t / 10800)
        return max(0.1, speed / self.haze(t) ** 0.5), (180 + 170 * smooth(self._wind + 1, t / 21600)) % 360

    def _rained(self, day: int) -> float:
        likely = 0.18 - 0.15 * winter(local(day * _DAY, self._tz).day)
        return float(unit(self._rain, day) < likely) * spread(self._rain, -day - 1, 0.3, 1)
