"""Restart of a city: `python -m benchmarks.restart [--lamps 130000] [--readings 1000000] [--times 3]`.

Every lamp has reported once and a snapshot was kept; then the service is killed while a million readings lie in the
journal that neither the store nor the engine has seen. How long is it from the start until indicators are read again,
marked as catching up (first those written down last), until they are of the engine again, and how much CPU is that?
"""

import argparse
import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.settings import JournalSettings
from benchmarks import load
from benchmarks.chain import GATEWAY_LAMPS, batches, leave_session, service
from benchmarks.report import Figure, report
from benchmarks.running import Ground, cpu, ground, resident
from domain.delivery import Delivery
from ingest.journal.sqlite import SqliteJournal
from store.operational.facade import OperationalStore
from tests.support.history import H0, of_hour
from tests.support.processes import wait_until
from tests.support.service import Service

AT_ONCE: Final = 500
CONSUMERS: Final = ("store", "engine", "arrivals", "archive")


def deliveries(lamps: int, count: int, now: datetime) -> Iterator[Delivery]:
    """Yield batches that arrived now."""
    for topic, payload in batches(lamps, count, now):
        yield Delivery(topic, payload, now)


def behind(home: Path, lamps: int, readings: int) -> None:
    """Put readings into the journal of a service that is away, as if it had been killed right after their commit."""
    plain = JournalSettings()
    journal = SqliteJournal(home / plain.folder, CONSUMERS, plain.cap_bytes, plain.roll_bytes)
    try:
        rest = deliveries(lamps, readings // GATEWAY_LAMPS, datetime.now(UTC))
        while portion := list(itertools.islice(rest, AT_ONCE)):
            journal.append(portion)
    finally:
        journal.close()


def settle(on: Ground, subject: Service, lamps: int) -> None:
    """Let every lamp report once, and stop cleanly: a snapshot is kept."""
    gateways = lamps // GATEWAY_LAMPS
    leave_session(on.broker, "restart")
    load.queue(on.broker.host, on.broker.port, batches(lamps, gateways, datetime.now(UTC) - timedelta(days=1)))
    subject.start()
    wanted = gateways * GATEWAY_LAMPS
    wait_until(lambda: stored(subject) >= wanted and not lag(subject), "every lamp has reported", 900)
    subject.stop()
    _write_down_an_hour(subject, lamps)


def _write_down_an_hour(subject: Service, lamps: int) -> None:
    """Let the last hour have closed as it does in a city that has run for longer than one."""
    now = datetime.now(UTC)
    before = int((now - H0) / timedelta(hours=1)) - 1
    store = OperationalStore(f"sqlite:///{subject.home / 'operational.sqlite'}")
    try:
        store.measures.publish([of_hour(before, lit=lamps, denominator=lamps, unknown=0)], now)
    finally:
        store.close()


def stored(subject: Service) -> int:
    """Return how many readings were stored since the start."""
    return int(subject.get("ingest")["accounting"]["readings"]["stored"])


def lag(subject: Service) -> int:
    """Return how many deliveries the engine has not seen."""
    return int(subject.get("ingest")["engine"]["lag_deliveries"])


def restarted(subject: Service, number: int) -> list[Figure]:
    """Start it, ask, and kill it."""
    begun = time.perf_counter()
    subject.launch()
    wait_until(lambda: subject.answers("/livez"), "it answers", 300)
    subject.get("indicators/light_on_rate", scope="city")
    serving, spent = time.perf_counter() - begun, cpu(subject.pid)
    engine = subject.get("ingest")["engine"]
    assert engine["catching_up"], "nothing was behind"
    wait_until(lambda: not subject.get("ingest")["engine"]["starting"], "the engine has begun", 300)
    live, in_all, memory = time.perf_counter() - begun, cpu(subject.pid), resident(subject.pid)
    subject.kill()
    return [
        Figure(f"start {number}: to indicators, catching up (goal 5)", serving, "s"),
        Figure(f"start {number}: CPU until then", spent, "s"),
        Figure(f"start {number}: to indicators of the engine", live, "s"),
        Figure(f"start {number}: CPU until those", in_all, "s"),
        Figure(f"start {number}: resident memory then", memory, "MiB"),
        Figure(f"start {number}: deliveries behind", engine["lag_deliveries"], "deliveries"),
    ]


def main() -> None:
    """Start it a few times."""
    parser = argparse.ArgumentParser(description="Restart with a city and a backlog")
    parser.add_argument("--lamps", type=int, default=130_000)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with ground(influx=False) as on:
        mqtt = {"QUANYAN_MQTT__PORT": str(on.broker.port), "QUANYAN_MQTT__CLIENT_ID": "restart"}
        with service(on.home / "restart", mqtt, asked.lamps) as subject:
            settle(on, subject, asked.lamps)
            behind(subject.home, asked.lamps, asked.readings)
            figures = [figure for n in range(asked.times) for figure in restarted(subject, n + 1)]
    print(f"kept in {report(figures)}")


if __name__ == "__main__":
    main()
