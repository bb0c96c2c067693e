"""Does gzip pay for writes to InfluxDB? `python -m benchmarks.influx_gzip`: appends with and without, turn by turn.

On loopback the line costs nothing, so what is seen is the price in CPU; the bytes saved say on which line it pays.
"""

import gzip
import os
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from domain.kind import Value
from domain.reading import Reading
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from store.telemetry.line_protocol import line
from tests.support.influx import InfluxServer
from tests.support.servers import influxdb

LAMPS = 5000
ROUNDS = 12
START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Runs:
    """Seconds of wall clock and of our own CPU for each batch."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def per_second(self, size: int) -> float:
        return size / median(self.wall)

    def cpu_micros(self, size: int) -> float:
        return median(self.cpu) / size * 1e6


def batch(step: int, size: int) -> list[Reading]:
    """What lamps say, with the digits that meters have."""
    at = START + timedelta(minutes=15 * step)
    return [
        Reading(f"LD-3701-{lamp:06}", "streetlight", at + timedelta(milliseconds=7 * lamp), at, values(lamp, step))
        for lamp in range(size)
    ]


def values(lamp: int, step: int) -> dict[str, Value]:
    wobble = (lamp * 7919 + step * 104729) % 997 / 997
    return {
        "power": round(90 + 60 * wobble, 1),
        "voltage": round(215 + 12 * wobble, 1),
        "current": round(0.4 + 0.3 * wobble, 3),
        "power_factor": round(0.9 + 0.09 * wobble, 3),
        "energy": round(1000 + lamp % 500 + step * 0.03, 2),
        "dim": 100.0,
        "on": True,
    }


def append(store: InfluxStore, readings: Sequence[Reading], runs: Runs) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    store.append(readings)
    runs.wall.append(time.perf_counter() - wall)
    runs.cpu.append(time.process_time() - cpu)


def compare(server: InfluxServer, size: int) -> None:
    runs = {False: Runs(), True: Runs()}
    stores = {}
    for compressed in runs:
        bucket = f"bench-{secrets.token_hex(4)}"
        server.make_bucket(bucket)
        stores[compressed] = InfluxStore(InfluxOptions(server.url, server.token, server.org, bucket, compressed))
    for step in range(ROUNDS + 2):
        readings = batch(step, size)
        for compressed, store in stores.items():
            append(store, readings, runs[compressed] if step > 1 else Runs())  # the first two warm up
    plain, packed = runs[False], runs[True]
    raw = "\n".join(line(reading, reading.content()) for reading in batch(0, size)).encode()
    saved = len(raw) - len(gzip.compress(raw))
    dearer = max(median(packed.wall) - median(plain.wall), 1e-9)
    print(f"batches of {size}: {len(raw) / size:.0f} bytes a reading, gzip leaves {1 - saved / len(raw):.0%}")
    for name, each in (("plain", plain), ("gzip", packed)):
        print(f"  {name:5}: {each.per_second(size):,.0f} readings/s, {each.cpu_micros(size):.1f} µs CPU a reading")
    print(f"  gzip pays on a line slower than {saved * 8 / dearer / 1e6:.0f} Mbit/s")
    for store in stores.values():
        store.close()


def main() -> None:
    program = influxdb().program
    assert program is not None, influxdb().how
    with tempfile.TemporaryDirectory() as home:
        server = InfluxServer.create(program, Path(home))
        server.start()
        try:
            print(f"{os.cpu_count()} cores, loopback, {ROUNDS} batches each, medians")
            for size in (92, 1000, LAMPS):
                compare(server, size)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
