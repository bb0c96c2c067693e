"""Reading live indicators, and memory, with 10,000 devices. The bare baseline is `/livez` of the same process."""

import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from benchmarks.chain import batches, publish, service
from benchmarks.report import Figure
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until
from tests.support.service import Service

LAMPS = 10_000
REQUESTS = 500


def seconds(subject: Service, path: str, **params: str) -> list[float]:
    """Return how long each of many requests took, one after the other."""
    taken = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        subject.fetch(path, **params)
        taken.append(time.perf_counter() - started)
    return taken


def percentile(taken: list[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    return quantiles(taken, n=100)[percent - 1] * 1000


def measure(home: Path, broker: Mosquitto) -> list[Figure]:
    """Return latency of one indicator and of all road classes, and the resident memory."""
    settings = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": "quanyan-live"}
    with service(home / "live", settings, LAMPS) as subject:
        subject.start()
        sent = publish(broker, batches(LAMPS, 200, datetime.now(UTC)))
        readings = sent * 92
        wait_until(lambda: subject.get("ingest")["accounting"]["readings"]["stored"] >= readings, "stored", 120)
        bare = seconds(subject, "/livez")
        city = seconds(subject, "/api/v1/indicators/light_on_rate", scope="city")
        road = seconds(subject, "/api/v1/indicators/light_on_rate", scope="road:R1")
        lines = subject.metrics().splitlines()
        memory = next(float(line.split()[1]) for line in lines if line.startswith("process_resident_memory_bytes"))
    return [
        Figure("live: /livez p50", percentile(bare, 50), "ms", 1.0),
        Figure(
            "live: light_on_rate of the city, p50",
            percentile(city, 50),
            "ms",
            percentile(bare, 50) / percentile(city, 50),
        ),
        Figure(
            "live: light_on_rate of the city, p99",
            percentile(city, 99),
            "ms",
            percentile(bare, 99) / percentile(city, 99),
        ),
        Figure(
            "live: light_on_rate of a road, p50",
            percentile(road, 50),
            "ms",
            percentile(bare, 50) / percentile(road, 50),
        ),
        Figure("live: resident memory, 10,000 devices", memory / 2**20, "MiB"),
    ]
