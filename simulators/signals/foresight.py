"""What the simulated bureau says of coming days: the haze that will be, seen more dimly the further it lies ahead."""

from datetime import datetime, tzinfo
from statistics import fmean
from typing import Final

from domain.device import Device
from domain.kind import Value
from domain.kinds.air_forecast import DAYS
from rules.standards.hj633 import HIGHEST, Pollutant, Scale, iaqi
from rules.standards.hj633_editions import Edition
from simulators.noise import key_of, smooth
from simulators.signals.said import Said
from simulators.signals.weather import Weather, winter

_DAY: Final = 86400.0
_HOURS: Final = range(0, 24, 4)
_FORECAST_DAYS: Final = DAYS[:6]


class Foresight:
    """Signals of forecasters and of the board of warnings in one city."""

    def __init__(self, seed: int, weather: Weather, tz: tzinfo) -> None:
        """Take the seed, the weather and the city's zone."""
        self._seed, self._weather, self._tz = seed, weather, tz

    def forecast(self, device: Device, t: float) -> Said:
        """Return the issue of `t`: the AQI of its day and the five after it, with the primary pollutant."""
        key, midnight = key_of(self._seed, device.id), self._midnight(t)
        values: dict[str, Value] = {}
        for n in _FORECAST_DAYS:
            start = midnight + n * _DAY
            haze = fmean(self._weather.haze(start + hour * 3600) for hour in _HOURS)
            cold = winter(datetime.fromtimestamp(start, self._tz).timetuple().tm_yday)
            blur = 1 + 0.05 * n * smooth(key + n, t / _DAY)
            pm25 = round((36 + 16 * cold) * haze * blur)
            index = iaqi(Scale.PM25_24H, pm25, Edition.Y2026) or HIGHEST
            values[f"aqi_d{n}"] = index
            values[f"primary_d{n}"] = Pollutant.PM25.label
        return Said(values)

    def notice(self, device: Device, t: float) -> Said:  # noqa: ARG002 - every board says the same at any time
        """Return that no warning is in force: the simulated city has nobody who issues one."""
        return Said({"level": 0})

    def _midnight(self, t: float) -> float:
        there = datetime.fromtimestamp(t, self._tz)
        return there.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
