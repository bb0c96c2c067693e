"""Lamps and their cabinets: level by the night's pattern, power by rated power, counters of energy and hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.device import Device
from domain.kind import Value
from simulators.nights import Nights
from simulators.noise import key_of, smooth, spread, unit
from simulators.signals.said import Said
from simulators.signals.weather import Weather

_SWITCHED: Final = ("switchedOn", "switchedOff")
_WARM_UP_S: Final = 240.0
"""A sodium lamp takes some four minutes to full power."""
_GATEWAY_JITTER_S: Final = 90.0
EPSILON_S: Final = 0.001
"""The smallest step of time; instants are whole milliseconds."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a lamp or a cabinet. Spans are (start, end) in seconds since 1970, ended or going on."""

    dark: bool = False
    unpowered: bool = False
    burning: bool = False
    lost: Sequence[tuple[float, float]] = ()
    """When the lamp burnt nothing though it should have."""
    extra: Sequence[tuple[float, float]] = ()
    """When it burnt though it should not have."""


SOUND: Final = Trouble()


@dataclass(frozen=True, slots=True)
class Lamp:
    """What does not change about a lamp."""

    key: int
    rated: float
    """W."""
    pattern: str | None
    """None: on day and night."""
    led: bool
    delay: float
    """By how many seconds its gateway switches late."""
    idle: float
    """W drawn by controller and driver while it is off."""
    factor: float
    """Power factor while it is on."""
    leakage: float
    """mA while it is on."""
    hours: float
    """How long it had burnt before the fleet's epoch."""


def gateway_delay(seed: int, gateway: str) -> float:
    """Return by how many seconds a gateway switches late (or early): no two controllers act at the same instant."""
    return round(spread(key_of(seed, "gateway", gateway), 0, -_GATEWAY_JITTER_S, _GATEWAY_JITTER_S))


def pattern_of(device: Device) -> str | None:
    """Return the pattern of a lamp: half-night lamps alternate, other LED lamps off the main roads are dimmed late."""
    if device.flag("underpass"):
        return None
    if device.text("half_night") == "alternate":
        return "alternate"
    minor = device.text("road_class") in {"secondary", "branch", "alley"}
    return "dimmed" if minor and device.text("light_source") == "led" else "all_night"


def rated_power(device: Device) -> float:
    """Return the rated power in W; 150 W when the register does not say."""
    value = device.attributes.get("rated_power")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 150.0


def lamp_of(seed: int, device: Device) -> Lamp:
    """Return what does not change about a lamp of the register."""
    key = key_of(seed, device.id)
    led = device.text("light_source") != "sodium"
    return Lamp(
        key,
        rated_power(device),
        pattern_of(device),
        led,
        gateway_delay(seed, device.text("gateway") or device.id),
        idle=round(spread(key, 1, 0.4, 1.2), 1),
        factor=spread(key, 2, 0.94, 0.98) if led else spread(key, 2, 0.85, 0.89),
        leakage=round(spread(key, 3, 0.2, 2.5), 2),
        hours=8000 * unit(key, 4),
    )


class Lighting:
    """Signals of lamps and cabinets in one city."""

    def __init__(self, seed: int, nights: Nights, weather: Weather) -> None:
        """Take the seed, the nights that the controllers know, and the weather."""
        self._seed = seed
        self._nights = nights
        self._weather = weather

    def lamp(self, lamp: Lamp, t: float, trouble: Trouble = SOUND) -> Said:
        """Return what a lamp's controller says. A dark lamp keeps its relay closed and draws next to nothing."""
        level, share = self._level(lamp, t)
        unexpected = trouble.burning and level == 0
        if unexpected:
            level, share = 100, 1.0
        on = level > 0 and not trouble.unpowered
        failing = level > 0 and (trouble.dark or trouble.unpowered)
        voltage = 0.0 if trouble.unpowered else 224 + 6 * smooth(lamp.key, t / 1800)
        idle = 0.0 if trouble.unpowered else lamp.idle
        power = idle if failing or level == 0 else lamp.rated * share * (1 + 0.03 * smooth(lamp.key + 1, t / 900))
        hours, energy = self._counters(lamp, t, trouble)
        warmth = self._weather.temperature(t) + (0 if failing else 28 * share)
        values: dict[str, Value] = {
            "on": on,
            "dim": float(level if on else 0),
            "power": round(power, 1),
            "voltage": round(voltage, 1),
            "current": round(power / (voltage * lamp.factor), 3) if voltage else 0.0,
            "energy": round(energy, 3),
            "operating_hours": round(hours, 3),
            "temperature": round(warmth + 2 * smooth(lamp.key + 2, t / 3600), 1),
            "leakage": lamp.leakage if on and not failing else 0.0,
            "rssi": round(-80 + 12 * smooth(lamp.key + 3, t / 3600), 0),
        }
        if on and not failing:
            values["power_factor"] = round(lamp.factor, 3)
        faults = ("lampFailure",) * failing + ("lampUnexpectedOn",) * (unexpected and on)
        return Said(values, faults, frozenset(("lampFailure",) * failing), {_SWITCHED: on})

    def cabinet(self, device: Device, lamps: Sequence[tuple[Lamp, int]], t: float, trouble: Trouble = SOUND) -> Said:
        """Return what a cabinet's controller says. `lamps`: typical lamps of the supply point with their number."""
        key = key_of(self._seed, device.id)
        tripped = trouble.unpowered
        load = sum(number * lamp.rated * self._level(lamp, t)[1] for lamp, number in lamps)
        power = 0.0 if tripped else load * (1 + 0.02 * smooth(key, t / 900)) + 12
        voltage = 226 + 5 * smooth(key + 1, t / 1800)
        energy = sum(number * self._counters(lamp, t, trouble)[1] for lamp, number in lamps)
        values: dict[str, Value] = {
            "supply": True,
            "breaker_closed": not tripped,
            "door_open": False,
            "leakage": 0.0 if tripped else round(spread(key, 0, 1, 6) * (1 + 0.3 * smooth(key + 2, t / 7200)), 1),
            "voltage": round(voltage, 1),
            "current": round(power / (voltage * 3 * 0.92), 2),
            "power": round(power, 1),
            "energy": round(energy, 2),
        }
        names = ("circuitBreakerTripped",) * tripped
        return Said(values, names, frozenset(names))

    def _level(self, lamp: Lamp, t: float) -> tuple[int, float]:
        """Return the level in %, and the share of rated power: lower while a sodium lamp warms up."""
        if lamp.pattern is None:
            return 100, 1.0
        span = self._nights.span(lamp.pattern, t - lamp.delay)
        if span is None:
            return 0, 0.0
        share = span[2] / 100
        if not lamp.led:
            share *= min(1.0, 0.4 + 0.6 * (t - lamp.delay - span[0]) / _WARM_UP_S)
        return span[2], share

    def _counters(self, lamp: Lamp, t: float, trouble: Trouble) -> tuple[float, float]:
        """Return hours lit and kWh used: both only ever grow, through faults as well."""
        hours, weighted = self._lit(lamp, t)
        for start, end in trouble.lost:
            began, ended = self._lit(lamp, min(start, t)), self._lit(lamp, min(end, t))
            hours, weighted = hours - ended[0] + began[0], weighted - ended[1] + began[1]
        for start, end in trouble.extra:
            began, ended = self._lit(lamp, min(start, t)), self._lit(lamp, min(end, t))
            whole = max(0.0, min(end, t) - start) / 3600
            hours, weighted = hours + whole - ended[0] + began[0], weighted + whole - ended[1] + began[1]
        return hours + lamp.hours, (weighted + lamp.hours) * lamp.rated / 1000

    def _lit(self, lamp: Lamp, t: float) -> tuple[float, float]:
        if lamp.pattern is None:
            hours = max(0.0, t - self._nights.counted_from) / 3600
            return hours, hours
        return self._nights.lit(lamp.pattern, t - lamp.delay)
