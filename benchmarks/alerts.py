"""Alerting: one tick with 1,000 rules over 130,000 devices, and from the breach to the change.

Processor time of the one thread, so that other work on the machine counts little. The bare baseline of a tick is a loop
that only looks each reading's device up and compares one value with one limit.
Run alone: `python -m benchmarks.alerts`.
"""

import time
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from app.alert_rules import SHIPPED, load_book
from app.commands.running import relieve_collector
from benchmarks.report import Figure, report
from domain.alert import ChangeKind
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.kind import Value
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Register
from rules.alerts.board import AlertBoard
from rules.alerts.rule_file import parse_book
from rules.live import City

LAMPS, ROADS, CABINETS = 130_000, 980, 1_400
RATE = 5_000
"""Readings a second (the goal of the issue)."""
GRID = timedelta(seconds=0.5)
SECOND = timedelta(seconds=1)
TICKS = 120
NIGHT = datetime(2026, 11, 23, 12, tzinfo=UTC)
BUILT = datetime(2025, 1, 1, tzinfo=UTC)

_CITY = """
[[rule]]
name = "lamp-dark"
title = "熄灯"
kind = "streetlight"
severity = "minor"
reports = 2
group = "road"
schedule = { lamps = "on", after = "25m" }
condition = { type = "class", grade = "lamp_dark" }
[[rule]]
name = "circuit-dark"
title = "整路"
severity = "major"
hold = "5m"
group = "supply_point"
inhibits = ["lamp-dark"]
condition = { type = "share", indicator = "light_on_rate", scope = "supply_point", share = 0.3, count = 10 }
[[rule]]
name = "silent"
title = "失联"
kind = "streetlight"
severity = "info"
group = "gateway"
condition = { type = "silence", after = "45m" }
"""
_ROAD = """
[[rule]]
name = "volts-{n}"
title = "过压"
kind = "streetlight"
severity = "minor"
hold = "{hold}"
group = "road"
where = {{ road = ["R{n}"] }}
condition = {{ type = "threshold", metric = "voltage", above = 250, clear = 245 }}
"""


def lamp(number: int) -> Device:
    attributes: dict[str, Value] = {
        "road": f"R{number % ROADS}",
        "road_class": "arterial",
        "supply_point": f"SP{number % CABINETS}",
        "gateway": f"GW{number % CABINETS}",
        "lighting_use": "functional",
        "rated_power": 150.0,
    }
    return Device(f"L{number}", "streetlight", f"灯{number}", "370102", "370102", "照明", attributes=attributes)


def said(number: int, at: datetime, *, power: float = 150.0, voltage: float = 220.0) -> Reading:
    return Reading(f"L{number}", "streetlight", at, at, {"power": power, "voltage": voltage, "on": True})


def board() -> AlertBoard:
    """Return a board of a city in which every lamp has reported once, and all that makes noise is over."""
    text = _CITY + "".join(_ROAD.format(n=n, hold="0s" if n == 0 else "1m") for n in range(1_000 - 3))
    register = Register.of(DeviceVersion(lamp(n), BUILT, None, BUILT) for n in range(LAMPS))
    city = City(register, LightingPlan((), ()), JINAN)
    city.advance(NIGHT)
    city.listen()
    made = AlertBoard(parse_book({"bench": text}), [], city)
    for number in range(LAMPS):
        city.apply(said(number, NIGHT))
    for step in range(1, 21):
        city.advance(NIGHT + step * GRID)
        made.tick(city.take_heard(), city.take_dirty(), NIGHT + step * GRID)
    return made


def ticks(made: AlertBoard) -> tuple[list[float], list[float]]:
    """Return the seconds of each tick of the board, and of the bare loop over the same readings."""
    city, now = made.city, made.now
    register = city.world.register
    taken: list[float] = []
    bare: list[float] = []
    number = 0
    for _ in range(TICKS):
        now += GRID
        for _ in range(int(RATE * GRID.total_seconds())):
            number = (number + 7_919) % LAMPS
            city.apply(said(number, now, power=0.0 if number % 1_000 == 0 else 150.0))
        city.advance(now)
        heard, dirty = city.take_heard(), city.take_dirty()
        started = time.thread_time()
        over = sum(register.at(h.device, now) is not None and float(h.values["voltage"]) > 250 for h in heard)
        bare.append(time.thread_time() - started)
        started = time.thread_time()
        made.tick(heard, dirty, now)
        taken.append(time.thread_time() - started)
        assert over == 0
    return taken, bare


def breaches(made: AlertBoard) -> list[float]:
    """Return the seconds from a reading over the limit of a rule without hold to its change, tick included."""
    city, now = made.city, made.now
    taken = []
    for step in range(100):
        now += GRID
        number = ROADS * step
        reading = said(number, now, voltage=260.0)
        started = time.thread_time()
        city.apply(reading)
        city.advance(now)
        changes = made.tick(city.take_heard(), city.take_dirty(), now)
        taken.append(time.thread_time() - started)
        assert any(c.kind is ChangeKind.RAISED and c.alert.subject == f"device:L{number}" for c in changes)
    return taken


def shipped() -> float:
    """Return the seconds of CPU that a reading of a healthy lamp costs the board with the rules that ship."""
    register = Register.of(DeviceVersion(lamp(n), BUILT, None, BUILT) for n in range(5_000))
    city = City(register, LightingPlan((), ()), JINAN)
    city.advance(NIGHT)
    city.listen()
    made = AlertBoard(load_book(SHIPPED), [], city)
    spent = []
    for step in range(1, 13):
        now = NIGHT + 2 * step * SECOND
        city.advance(now)
        for number in range(5_000):
            city.apply(said(number, now))
        heard, dirty = city.take_heard(), city.take_dirty()
        started = time.process_time()
        made.tick(heard, dirty, now)
        spent.append((time.process_time() - started) / len(heard))
    return median(spent[2:])


def measure() -> list[Figure]:
    """Return the figures."""
    made = board()
    relieve_collector()  # as the service does when it has begun
    taken, bare = ticks(made)
    crossed = breaches(made)
    ratio = median(bare) / median(taken)
    return [
        Figure("alerts: bare look-up of one tick's readings, p50", median(bare) * 1000, "ms", 1.0),
        Figure("alerts: tick, 1,000 rules, 130,000 lamps, p50", median(taken) * 1000, "ms", ratio),
        Figure("alerts: the same, p99", quantiles(taken, n=100)[98] * 1000, "ms"),
        Figure("alerts: reading over the limit to change, p50", median(crossed) * 1000, "ms"),
        Figure("alerts: the same, p99", quantiles(crossed, n=100)[98] * 1000, "ms"),
        Figure("alerts: CPU of a tick with the rules that ship, each reading", shipped() * 1e6, "µs"),
    ]


if __name__ == "__main__":
    report(measure())
