"""Streets in rain, frost and dust: gauges, standing water, surfaces, building sites."""

from datetime import tzinfo
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.noise import key_of, smooth, spread, wave
from simulators.signals.said import Said
from simulators.signals.weather import Weather, local

_STEP: Final = 600.0
_DRAINS: Final = 3.0
"""Millimetres of ten minutes' rain that the drains carry away."""
_STANDS: Final = 2.0
"""Depth in cm from which a sensor says that water stands."""
_HOAR: Final = 75.0
"""Relative humidity in % from which hoar frost settles on a surface below zero."""
_FREEZES: Final = -0.5
"""°C at which the film on a surface becomes ice: a little below zero, for the salt on it."""


class Streets:
    """Signals of rain gauges, water-level sensors, road weather stations and dust monitors in one city."""

    def __init__(self, seed: int, weather: Weather, tz: tzinfo) -> None:
        """Take the seed, the weather and the city's zone."""
        self._seed = seed
        self._weather = weather
        self._tz = tz

    def rain(self, device: Device, t: float) -> Said:
        """Return what a rain gauge says for the five minutes that end at `t`."""
        key = key_of(self._seed, device.id)
        local_share = spread(key, 0, 0.6, 1.4) * (1 + 0.4 * smooth(key, t / 1800))
        amount = self._weather.rain(t - 150) * local_share / 12
        return Said({"rain_5min": float(round(amount, 1)), "battery": round(spread(key, 1, 3.4, 3.65), 2)})

    def standing_water(self, device: Device, t: float) -> Said:
        """Return what a water-level sensor says at `t`: what fell on its basin less what the drains took."""
        key = key_of(self._seed, device.id)
        gathers = spread(key, 0, 0.4, 2.2) * (1.5 if device.text("site_type") == "underpass" else 0.6)
        left = 0.0
        for n in range(18, -1, -1):
            left = max(0.0, left + self._weather.rain(t - n * _STEP) / 6 - _DRAINS)
        depth = round(min(250.0, gathers * left), 1)
        values: dict[str, Value] = {"depth": depth, "battery": round(spread(key, 1, 3.4, 3.65), 2)}
        return Said(values, conditions=frozenset({"standingWater"} if depth >= _STANDS else ()))

    def surface(self, device: Device, t: float) -> Said:
        """Return what a road weather station says at `t`: bridges cool fastest, wet surfaces freeze."""
        key, hour = key_of(self._seed, device.id), local(t, self._tz).hour
        air = self._weather.temperature(t)
        sun = max(0.0, wave(hour, 13))
        bridge = 1.5 if device.flag("bridge") else 0.0
        surface = air + 12 * sun - (1 - sun) * (1.2 + bridge) + 0.6 * smooth(key, t / 7200)
        humidity = min(
            99.0, 58 - 14 * wave(hour, 15) + 22 * min(self._weather.wet(t), 1) + 8 * smooth(key + 1, t / 43200)
        )
        fell = sum(self._weather.rain(t - n * _STEP) / 6 * (1 - n / 12) for n in range(12))
        film = min(3.0, 0.4 * fell) + (0.05 if humidity > _HOAR and surface < 0 else 0.0)  # hoar frost
        ice = surface <= _FREEZES and film > 0
        values: dict[str, Value] = {
            "surface_temp": round(surface, 1),
            "water_film": round(film, 2),
            "ice": ice,
            "air_temp": round(air, 1),
            "humidity": round(humidity, 0),
        }
        return Said(values, conditions=frozenset({"icing"} if ice else ()))

    def dust(self, device: Device, t: float) -> Said:
        """Return the five-minute means of a dust monitor that end at `t`: more by day, less after rain."""
        key, hour = key_of(self._seed, device.id), local(t, self._tz).hour
        site = device.text("site_type") == "construction"
        work = max(0.0, wave(hour, 13)) * (1.0 if site else 0.4)
        washed = 1 - 0.5 * min(self._weather.wet(t), 1)
        level = spread(key, 0, 45, 90) * self._weather.haze(t) ** 0.8 * washed * (1 + 0.25 * smooth(key, t / 1800))
        pm10 = level * (1 + 0.9 * work)
        wind, direction = self._weather.wind(t)
        return Said(
            {
                "pm10": round(pm10, 0),
                "pm25": round(level * 0.5, 0),
                "tsp": round(pm10 * (2.0 + 0.6 * work), 0),
                "noise": round(51 + 18 * work + 4 * smooth(key + 1, t / 600), 1),
                "temperature": round(self._weather.temperature(t), 1),
                "humidity": round(min(99.0, 60 - 14 * wave(hour, 15) + 20 * min(self._weather.wet(t), 1)), 0),
                "wind_speed": round(wind, 1),
                "wind_direction": round(direction, 0),
            }
        )
