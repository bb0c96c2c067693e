"""200 pages open at once: `python -m benchmarks.open_pages [--pages 200] [--backlog 300000]`.

A backlog of single readings is queued at the broker again and again, so that ingest works as fast as it can: by turns
without a page and with all of them open. A page is what the overview does on the wire (`visitors.py`). Once with
the API in a process of its own (`--only api`; PostgreSQL, InfluxDB), once with everything in one process. All of it
shares this machine: where it has two cores, what ingest loses is the processor's time that the others take, so its CPU
for each message is said too.
"""

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import psycopg

from benchmarks import load
from benchmarks.__main__ import program
from benchmarks.chain import register_csv, singles
from benchmarks.report import Figure, report
from benchmarks.running import cpu
from benchmarks.visitors import Visits, visiting
from tests.support import servers
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.postgres import Postgres
from tests.support.service import Service, influx_settings

LAMPS: Final = 5000
TURNS: Final = 3
"""Backlogs of each sort, one after the other by turns."""
LOOK_S: Final = 0.1


def taken(ingest: Service, broker: Mosquitto, asked: argparse.Namespace) -> tuple[float, float]:
    """Return the deliveries that ingest acknowledges a second out of a fresh backlog, and its CPU for each in µs.

    Between the first look after a tenth of it and the last before nine tenths, so that neither end counts.
    """
    before = _acknowledged(ingest)
    ingest.send(signal.SIGSTOP)
    load.queue(broker.host, broker.port, singles(LAMPS, asked.backlog, datetime.now(UTC)))
    ingest.send(signal.SIGCONT)
    looks: list[tuple[float, int, float]] = []
    while not looks or looks[-1][1] < 0.9 * asked.backlog:
        time.sleep(LOOK_S)
        looks.append((time.perf_counter(), _acknowledged(ingest) - before, cpu(ingest.pid)))
    began, first, spent = next(look for look in looks if look[1] > 0.1 * asked.backlog)
    ended, last, in_all = looks[-1]
    assert last > first, f"{asked.backlog} messages did not last for two looks: ask for a larger --backlog"
    return (last - first) / (ended - began), (in_all - spent) / (last - first) * 1e6


def _acknowledged(ingest: Service) -> int:
    name = "quanyan_deliveries_acknowledged_total "
    return int(next(float(line.split()[-1]) for line in ingest.metrics().splitlines() if line.startswith(name)))


def by_turns(ingest: Service, api: Service, broker: Mosquitto, asked: argparse.Namespace, name: str) -> list[Figure]:
    """Return what ingest takes without and with open pages."""
    alone, beside, visits = [], [], Visits()
    for _ in range(TURNS):
        alone.append(taken(ingest, broker, asked))
        with visiting(api.url, api.key, asked.pages) as found:
            beside.append(taken(ingest, broker, asked))
        visits.seconds += found.seconds
        visits.failures += found.failures
    pages = asked.pages
    rates = [median(rate for rate, _ in each) for each in (alone, beside)]
    spent = [median(each for _, each in runs) for runs in (alone, beside)]
    return [
        Figure(f"{name}: ingest without a page", rates[0], "messages/s", 1.0),
        Figure(f"{name}: ingest, {pages} pages open (goal 0.95)", rates[1], "messages/s", rates[1] / rates[0]),
        Figure(f"{name}: CPU of its process, without", spent[0], "µs/message", 1.0),
        Figure(f"{name}: the same, {pages} pages open", spent[1], "µs/message", spent[0] / spent[1]),
        Figure(f"{name}: answers to pages, p50", 1000 * median(visits.seconds), "ms"),
        Figure(f"{name}: questions answered", len(visits.seconds), "questions"),
        Figure(f"{name}: questions that failed", visits.failures, "questions"),
    ]


@contextmanager
def stores(home: Path) -> Iterator[Mapping[str, str]]:
    """PostgreSQL and InfluxDB; the settings that point at them."""
    (home / "influx").mkdir()
    (home / "postgres").mkdir()
    influx = InfluxServer.create(program(servers.influxdb()), home / "influx")
    postgres = Postgres.create(program(servers.postgresql()), home / "postgres")
    influx.start()
    postgres.start()
    try:
        influx.make_bucket("pages")
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE pages")
        operational = postgres.url.replace("postgresql://", "postgresql+psycopg://").removesuffix("postgres") + "pages"
        yield {"QUANYAN_OPERATIONAL__URL": operational, **influx_settings(influx, "pages")}
    finally:
        influx.kill()
        postgres.kill()


def measure(home: Path, broker: Mosquitto, settings: Mapping[str, str], asked: argparse.Namespace) -> list[Figure]:
    """Return the figures of one arrangement: the processes apart when stores are given, else all in one."""
    home.mkdir()
    ident = f"quanyan-{home.name}"
    mqtt = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": ident}
    first = Service(home, {**mqtt, **settings}, only="ingest" if settings else "")
    running = [first]
    register_csv(LAMPS, home / "register.csv")
    first.prepare(home / "register.csv")
    try:
        first.start()
        for only in ("engine", "api") if settings else ():
            running.append(Service(home, first.environment, key=first.key, only=only))
            running[-1].start(ready=False)
        return by_turns(first, running[-1], broker, asked, "apart" if settings else "in one process")
    finally:
        for process in running:
            process.close()


def main() -> None:
    """Measure both arrangements and print."""
    parser = argparse.ArgumentParser(description="Many open pages beside a busy ingest")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--backlog", type=int, default=300_000, help="messages queued before each turn")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # PostgreSQL gives up root's rights and must get into its folder
        broker = Mosquitto.create(program(servers.mosquitto()), home / "mosquitto", autosave_s=1800)
        broker.start()
        try:
            with stores(home) as settings:
                figures = measure(home / "apart", broker, settings, asked)
            figures += measure(home / "one", broker, {}, asked)
        finally:
            broker.kill()
        print(f"kept in {report(figures)}")


if __name__ == "__main__":
    main()
