"""What the live path costs for a lamp's reading, all lighting indicators on, beside the bare keeping of the latest one.

Run: python -m benchmarks.lamps [number of lamps …]
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.report import Figure
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.kind import Value
from domain.lighting import HalfNight, LightingPlan, Timetable
from domain.reading import Reading
from domain.register import Register
from rules.indicators import INDICATORS
from rules.live import City

SIZES = (1_000, 128_000, 1_000_000)
PER_CABINET = 92
MOST = 50_000
"""Readings of a round at most."""
SINCE = datetime(2020, 12, 31, 16, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
PLAN = LightingPlan((Timetable("city", "全市", half_night=HalfNight()),), ())
CLASSES = ("expressway", "arterial", "secondary", "branch", "alley")


def versions(lamps: int) -> Iterator[DeviceVersion]:
    """Yield the lamps, 92 of a supply point, and each supply point's cabinet."""
    for number in range(lamps):
        point, place = divmod(number, PER_CABINET)
        attributes: dict[str, Value] = {
            "road": f"R{point // 3}",
            "road_class": CLASSES[point % 5],
            "supply_point": f"SP{point}",
            "lighting_use": "functional",
            "half_night": "alternate" if place % 4 == 0 else "none",
            "rated_power": 150.0,
            "light_source": "led" if place % 3 else "sodium",
        }
        district = f"3701{point % 12:02}"
        device = Device(f"L{number}", "streetlight", "", district, district, "", attributes=attributes)
        yield DeviceVersion(device, SINCE, None, SINCE)


def readings(lamps: int, at: datetime, watts: float) -> list[Reading]:
    """Return a round of readings, spread over all lamps and over ten minutes."""
    count = min(lamps, MOST)
    step = lamps // count
    values = {"power": watts, "voltage": 226.4, "current": 0.53, "power_factor": 0.95, "energy": 5123.22, "on": True}
    return [
        Reading(f"L{n * step}", "streetlight", at + timedelta(milliseconds=600_000 * n // count), at, values)
        for n in range(count)
    ]


def timed(work: Callable[[Reading], object], said: Sequence[Reading]) -> float:
    """Return µs of this thread's CPU time per reading: what others do on the machine is not counted."""
    started = time.thread_time()
    for reading in said:
        work(reading)
    return (time.thread_time() - started) / len(said) * 1e6


def bare(said: Sequence[Reading]) -> float:
    """Return µs per reading of keeping the latest by event time, and nothing else."""
    latest: dict[str, Reading] = {}

    def keep(reading: Reading) -> None:
        known = latest.get(reading.device)
        if known is None or reading.at > known.at:
            latest[reading.device] = reading

    return timed(keep, said)


def per_reading(city: City, rounds: Sequence[Sequence[Reading]]) -> tuple[float, float]:
    """Return µs per reading of the bare keeping (its best round), and of a city that takes the rounds in turn."""
    gc.collect()
    gc.freeze()
    baseline = min(bare(said) for said in rounds)
    costs = []
    for said in rounds:
        city.advance(said[-1].at)
        costs.append(timed(city.apply, said))
        city.take_dirty()
    gc.unfreeze()
    return baseline, sum(costs) / len(costs)


def show(figures: Sequence[Figure]) -> None:
    """Print a line for each figure."""
    for figure in figures:
        print(f"{figure.name:<60} {figure.value:8.3f} {figure.unit} {figure.ratio:8.3f} x bare")


def measure(lamps: int) -> list[Figure]:
    """Return the cost per reading of some rounds: lamps come alive, report again, and go dark."""
    indicators = {name: i for name, i in INDICATORS.items() if {"streetlight", "lighting_cabinet"} & set(i.kinds)}
    city = City(Register.of(versions(lamps), 1), PLAN, JINAN, indicators)
    rounds = [readings(lamps, EVENING + n * timedelta(minutes=15), 140.0 if n % 3 else 1.0) for n in range(6)]
    city.advance(EVENING)
    baseline, cost = per_reading(city, rounds)
    name = f"live path, {len(indicators)} lighting indicators, {lamps:,} lamps"
    return [
        Figure(name, cost, "µs/reading", baseline / cost),
        Figure(f"bare loop, {lamps:,} lamps", baseline, "µs/reading", 1.0),
    ]


def main() -> None:
    """Print a line for each size."""
    for lamps in [int(text) for text in sys.argv[1:]] or SIZES:
        show(measure(lamps))


if __name__ == "__main__":
    main()
