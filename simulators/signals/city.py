"""One door to every device's signals: `CitySignals.says(device, instant)`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from domain.citytime import JINAN, Place
from domain.device import Device
from domain.lighting import Timetable
from rules.lighting.schedule import STANDARD
from simulators.nights import Nights
from simulators.signals.air import Air
from simulators.signals.foresight import Foresight
from simulators.signals.lighting import SOUND, Lamp, Lighting, Trouble, lamp_of
from simulators.signals.parking import Parking
from simulators.signals.said import Said
from simulators.signals.small_waters import SmallWaters
from simulators.signals.stops import Stops
from simulators.signals.streets import Streets
from simulators.signals.water import Water
from simulators.signals.weather import Weather


class CitySignals:
    """Every signal of one seeded city. Pure functions of (device, instant); what it keeps are results."""

    def __init__(
        self, devices: Iterable[Device], *, seed: int, place: Place = JINAN, timetable: Timetable = STANDARD
    ) -> None:
        """Take the devices of the city: cabinets carry the load of their lamps."""
        self.nights = Nights(place, timetable)
        weather = Weather(seed, place.tz)
        self._lighting = Lighting(seed, self.nights, weather)
        self._parking = Parking(seed, place.tz)
        self._stops = Stops(seed, place.tz)
        water = Water(seed, weather, place.tz)
        small, streets = SmallWaters(seed, weather, place.tz), Streets(seed, weather, place.tz)
        foresight = Foresight(seed, weather, place.tz)
        self._others: Mapping[str, Callable[[Device, float], Said]] = {
            "air_station": Air(seed, weather, place.tz).says,
            "river_section": water.says,
            "section_sample": water.sample,
            "black_odorous_point": small.point,
            "spring_gauge": small.spring,
            "rain_gauge": streets.rain,
            "water_level": streets.standing_water,
            "road_weather": streets.surface,
            "dust_monitor": streets.dust,
            "parking_bay": self._parking.bay,
            "parking_lot": self._parking.lot,
            "illegal_stop": self._stops.says,
            "air_forecast": foresight.forecast,
            "warning_notice": foresight.notice,
        }
        self._seed = seed
        self._lamps: dict[str, Lamp] = {}
        self._loads = self._gather(devices)

    def says(self, device: Device, t: float, trouble: Trouble = SOUND) -> Said:
        """Return what a device says at `t` (seconds since 1970 UTC). `trouble` concerns lamps and cabinets only.

        Raises:
            ValueError: no signal is known for this kind.
        """
        match device.kind:
            case "streetlight":
                return self._lighting.lamp(self.lamp(device), t, trouble)
            case "lighting_cabinet":
                loads = self._loads.get(device.text("supply_point"), ())
                return self._lighting.cabinet(device, loads, t, trouble)
            case kind if kind in self._others:
                return self._others[kind](device, t)
            case kind:
                raise ValueError(f"{device.id}: no signal is known for the kind {kind!r}")

    def lamp(self, device: Device) -> Lamp:
        """Return what does not change about a lamp."""
        lamp = self._lamps.get(device.id)
        if lamp is None:
            lamp = self._lamps[device.id] = lamp_of(self._seed, device)
        return lamp

    def next_change(self, device: Device, t: float) -> float | None:
        """Return the next instant after `t` at which a bay or watched stretch changes; None: not near, or no such."""
        if device.kind == "illegal_stop":
            return self._stops.next_change(device, t)
        return self._parking.next_change(device, t) if device.kind == "parking_bay" else None

    def _gather(self, devices: Iterable[Device]) -> Mapping[str, list[tuple[Lamp, int]]]:
        """Sum the lamps of each supply point by what they do together: pattern and source."""
        alike = (d for d in devices if d.kind == "streetlight")
        rows = [(d.text("supply_point"), self.lamp(d)) for d in alike]
        rows.sort(key=lambda row: (row[0], row[1].pattern or "", row[1].led))
        loads: dict[str, list[tuple[Lamp, int]]] = {}
        for (point, *_), group in groupby(rows, key=lambda row: (row[0], row[1].pattern, row[1].led)):
            lamps = [lamp for _, lamp in group]
            typical = replace(lamps[0], rated=sum(lamp.rated for lamp in lamps) / len(lamps))
            loads.setdefault(point, []).append((typical, len(lamps)))
        return loads
