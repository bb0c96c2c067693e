"""Air stations: hourly means with the shape of day and season, and the city's episodes. `t` is the END of the hour."""

from datetime import tzinfo
from statistics import fmean
from typing import Final

from domain.device import Device
from simulators.noise import key_of, smooth, spread, wave
from simulators.signals.said import Said
from simulators.signals.weather import Weather, local, winter

_HOUR: Final = 3600.0


class Air:
    """Signals of air stations in one city."""

    def __init__(self, seed: int, weather: Weather, tz: tzinfo) -> None:
        """Take the seed, the weather and the city's zone."""
        self._seed = seed
        self._weather = weather
        self._tz = tz

    def says(self, device: Device, t: float) -> Said:
        """Return the hourly report for the hour that ends at `t`. A background station sees little of the city."""
        key, remote = key_of(self._seed, device.id), device.flag("background")
        particles = [self._pm25(key, t - n * _HOUR, remote=remote) for n in range(24)]
        ozone = [self._o3(key, t - n * _HOUR, remote=remote) for n in range(8)]
        now = local(t - _HOUR / 2, self._tz)
        cold, rush = winter(now.day), (wave(now.hour, 8) + wave(now.hour, 20)) / 2
        traffic = (0.2 if remote else 1.0) * (1 + 0.35 * wave(now.hour, 20) + 0.15 * rush)
        coarse = spread(key, 1, 1.45, 1.9)
        wander = 1 + 0.25 * smooth(key + 1, t / _HOUR)
        wind_speed, wind_direction = self._weather.wind(t)
        haze = self._seen_haze(t, remote=remote)
        return Said(
            {
                "pm25": float(round(particles[0])),
                "pm10": float(round(particles[0] * coarse)),
                "so2": float(round(max(2.0, (9 + 5 * cold) * wander * haze**0.5 * traffic))),
                "no2": float(round(max(2.0, (30 + 10 * cold) * traffic * wander * haze**0.5))),
                "co": round(max(0.1, (0.6 + 0.25 * cold) * traffic**0.5 * wander * haze**0.6), 1),
                "o3": float(round(ozone[0])),
                "o3_8h": float(round(fmean(ozone))),
                "pm25_24h": float(round(fmean(particles))),
                "pm10_24h": float(round(fmean(particles) * coarse)),
                "temperature": round(self._weather.temperature(t) - (4 if remote else 0), 1),
                "humidity": round(62 - 14 * wave(now.hour, 15) + 18 * smooth(key + 2, t / 43200), 1),
                "wind_speed": round(wind_speed, 1),
                "wind_direction": round(wind_direction, 0),
            }
        )

    def _seen_haze(self, t: float, *, remote: bool) -> float:
        haze = self._weather.haze(t)
        return 1 + (haze - 1) * 0.2 if remote else haze

    def _pm25(self, key: int, t: float, *, remote: bool) -> float:
        now = local(t - _HOUR / 2, self._tz)
        usual = (36 + 16 * winter(now.day)) * spread(key, 0, 0.85, 1.2) * (0.4 if remote else 1.0)
        shape = 1 + 0.12 * wave(now.hour, 9) + 0.1 * wave(now.hour, 22) + 0.15 * smooth(key, t / (3 * _HOUR))
        return max(3.0, usual * shape * self._seen_haze(t, remote=remote))

    def _o3(self, key: int, t: float, *, remote: bool) -> float:
        now = local(t - _HOUR / 2, self._tz)
        summer = 1 - winter(now.day)
        swing = (22 + 24 * summer) * wave(now.hour, 15) * (0.5 if remote else 1.0)
        return max(4.0, 34 + 28 * summer + swing + 10 * smooth(key + 3, t / (4 * _HOUR)) + 15 * remote)
