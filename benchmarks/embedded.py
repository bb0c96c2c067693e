"""The embedded store, memory and restart: `python -m benchmarks.embedded [--messages 100000] [--batches 3000]`.

Queued QoS 1 messages drained into DuckDB with all rules on: rates, CPU for each reading, the largest resident memory,
how long a live indicator takes to be read meanwhile, and how long a restart takes with the rest of the queue behind.
"""

import argparse
import contextlib
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

import httpx

from benchmarks import load
from benchmarks.chain import GATEWAY_LAMPS, batches, leave_session, service, singles
from benchmarks.report import Figure, report
from benchmarks.running import cpu, ground, resident, standing_still
from tests.support.broker import Mosquitto
from tests.support.service import Service


def drained(subject: Service, broker: Mosquitto, name: str, messages: int, readings: int) -> list[Figure]:
    """Return rates, CPU and memory of one drain, and how live reads fare meanwhile."""
    with standing_still(broker):
        subject.start(ready=False)
        begin, spent = time.perf_counter(), cpu(subject.pid)
    acked_at, largest, waits = 0.0, 0.0, []
    while True:
        with contextlib.suppress(httpx.TransportError):
            account = subject.get("ingest")["accounting"]
            if not acked_at and account["deliveries"]["acknowledged"] >= messages:
                acked_at = time.perf_counter()
            if acked_at and account["readings"]["stored"] >= readings:
                break
        asked = time.perf_counter()
        subject.get("indicators/light_on_rate", scope="city")
        waits.append(time.perf_counter() - asked)
        largest = max(largest, resident(subject.pid))
        time.sleep(0.05)
    end = time.perf_counter()
    return [
        Figure(f"{name}: durable and acknowledged", readings / (acked_at - begin), "readings/s"),
        Figure(f"{name}: in DuckDB, rules on", readings / (end - begin), "readings/s"),
        Figure(f"{name}: CPU", (cpu(subject.pid) - spent) / readings * 1e6, "µs/reading"),
        Figure(f"{name}: largest resident memory", largest, "MiB"),
        Figure(f"{name}: live read meanwhile, p50", quantiles(waits, n=100)[49] * 1000, "ms"),
        Figure(f"{name}: live read meanwhile, p99", quantiles(waits, n=100)[98] * 1000, "ms"),
    ]


def restarted(subject: Service, name: str) -> Figure:
    """Return how long the service takes from its start until it answers."""
    subject.kill()
    begin = time.perf_counter()
    subject.start(ready=False)
    return Figure(f"{name}: from start to serving", time.perf_counter() - begin, "s")


def measure(home: Path, broker: Mosquitto, shape: str, lamps: int, messages: int) -> list[Figure]:
    """Return the figures of singles or batches."""
    per = 1 if shape == "singles" else GATEWAY_LAMPS
    make = singles if per == 1 else batches
    name, ident = f"{shape}, {lamps:,} lamps", f"embedded-{shape}"
    mqtt = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": ident}
    with service(home / ident, mqtt, lamps) as subject:
        leave_session(broker, ident)
        load.queue(broker.host, broker.port, make(lamps, messages, datetime.now(UTC)))
        figures = drained(subject, broker, name, messages, messages * per)
        return [*figures, restarted(subject, name)]


def main() -> None:
    """Singles, then batches."""
    parser = argparse.ArgumentParser(description="DuckDB, memory and restart")
    parser.add_argument("--messages", type=int, default=100_000, help="queued single messages (0: none)")
    parser.add_argument("--batches", type=int, default=3_000, help="queued batches of 92 readings (0: none)")
    parser.add_argument("--lamps", type=int, default=10_000)
    asked = parser.parse_args()
    figures: list[Figure] = []
    with ground(influx=False) as on:
        for shape, count in (("singles", asked.messages), ("batches", asked.batches)):
            if count:
                figures += measure(on.home, on.broker, shape, asked.lamps, count)
    print(f"kept in {report(figures)}")


if __name__ == "__main__":
    main()
