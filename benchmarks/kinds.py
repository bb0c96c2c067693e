"""What the live path costs for a reading of each kind, with every indicator of the catalogue on.

Run: python -m benchmarks.kinds [kind …]
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

from benchmarks.lamps import PLAN, SINCE, per_reading, show
from benchmarks.lamps import versions as lamps
from benchmarks.report import Figure
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.kind import Value
from domain.reading import DeviceEvent, Phase, Reading
from domain.register import Register
from rules.city.feeds import FEED
from rules.live import City

START: Final = datetime.fromisoformat("2026-11-23T13:00:00+00:00")
ROUNDS: Final = 6
REPEATS: Final = 5
"""Cities that take the same rounds; the cheapest counts, since what else the machine does only adds."""
Values = dict[str, Value]
Said = tuple[Values, tuple[DeviceEvent, ...]]


@dataclass(frozen=True, slots=True)
class Load:
    """A fleet of one kind."""

    kind: str
    devices: int
    every: timedelta
    versions: Callable[[int], Iterator[DeviceVersion]]
    says: Callable[[int, int], Said]
    """What a device says in a round."""


def of_kind(kind: str, attributes: Callable[[int], Values]) -> Callable[[int], Iterator[DeviceVersion]]:
    """Return what makes the devices of a kind, spread over twelve districts."""

    def versions(count: int) -> Iterator[DeviceVersion]:
        for n in range(count):
            district = f"3701{n % 12:02}"
            device = Device(f"{kind}-{n}", kind, "", district, district, "", attributes=attributes(n))
            yield DeviceVersion(device, SINCE, None, SINCE)

    return versions


def _air(n: int, turn: int) -> Said:
    pm25 = 40.0 + (n + 7 * turn) % 50
    return {"pm25": pm25, "pm10": 90.0, "so2": 9.0, "no2": 38.0, "co": 0.8, "o3": 71.0, "temperature": 4.5}, ()


def _water(n: int, turn: int) -> Said:
    nh3n = 0.3 + (n + turn) % 9 / 10
    return {"ph": 7.9, "do": 8.2, "codmn": 3.4, "nh3n": nh3n, "tp": 0.09, "tn": 5.1, "turbidity": 12.0}, ()


def _bay(n: int, turn: int) -> Said:
    occupied = (n + turn) % 2 == 0
    change = "occupancyChangeToOccupied" if occupied else "occupancyChangeToVacant"
    return {"occupied": occupied, "battery": 3.52, "rssi": -93.0}, (DeviceEvent(change, Phase.ONCE),)


def _lot(n: int, turn: int) -> Said:
    return {"capacity": 300, "occupied": 100 + (n + 31 * turn) % 200, "entered": 900 + turn, "left": 800}, ()


def _lamp(_n: int, turn: int) -> Said:
    watts = 140.0 if turn % 3 else 1.0
    return {"power": watts, "voltage": 226.4, "current": 0.53, "power_factor": 0.95, "energy": 5123.22, "on": True}, ()


def _section(n: int) -> Values:
    return {"river": f"R{n % 40}", "body_type": "river", "target_class": 3, "section_set": "assessed-2025"}


LOADS: Final = (
    Load("streetlight", 30_000, timedelta(minutes=15), lamps, _lamp),
    Load(
        "parking_bay",
        30_000,
        timedelta(minutes=40),
        of_kind("parking_bay", lambda n: {"road": f"R{n // 60}", "lot": f"P{n // 90}" if n % 3 else ""}),
        _bay,
    ),
    Load("parking_lot", 1_000, timedelta(minutes=5), of_kind("parking_lot", lambda n: {"road": f"R{n}"}), _lot),
    Load("air_station", 1_000, timedelta(hours=1), of_kind("air_station", lambda _: {"control": "city"}), _air),
    Load("river_section", 1_000, timedelta(hours=4), of_kind("river_section", _section), _water),
)


def _feed(kind: str) -> DeviceVersion:
    """Return the feed that a bureau has agreed to deliver, as a city has one for each of these kinds."""
    said: Values = {"delivers": kind, "agreed_minutes": 60}
    return DeviceVersion(Device(f"feed-{kind}", FEED, "", "", "", "", attributes=said), SINCE, None, SINCE)


def measure(load: Load) -> list[Figure]:
    """Return the cost per reading over some rounds: that of the cheapest of some cities."""
    register = Register.of([*load.versions(load.devices), _feed(load.kind)], 1)
    ids = [timeline[0].device.id for timeline in register.timelines(load.kind)]
    rounds = [_round(load, ids, turn) for turn in range(ROUNDS)]
    baseline, cost = min((_once(register, rounds) for _ in range(REPEATS)), key=itemgetter(1))
    name = f"live path, all indicators, {load.devices:,} × {load.kind}"
    return [Figure(name, cost, "µs/reading", baseline / cost)]


def _once(register: Register, rounds: list[list[Reading]]) -> tuple[float, float]:
    city = City(register, PLAN, JINAN)
    city.advance(START)
    return per_reading(city, rounds)


def _round(load: Load, ids: list[str], turn: int) -> list[Reading]:
    first = START + turn * load.every
    said = []
    for n, device in enumerate(ids):
        values, events = load.says(n, turn)
        # air and water are told on the hour, others all the time
        at = first if load.every >= timedelta(hours=1) else first + n * load.every / len(ids)
        said.append(Reading(device, load.kind, at, at, values, events=events))
    return said


def main() -> None:
    """Print a line for each kind."""
    for load in LOADS:
        if not sys.argv[1:] or load.kind in sys.argv[1:]:
            show(measure(load))


if __name__ == "__main__":
    main()
