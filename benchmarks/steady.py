"""A steady flow: `python -m benchmarks.steady [--rate 2500] [--seconds 30] [--store influx|duckdb] [--apart]`.

Single messages of 10,000 lamps at a rate, all rules on: how long from a device until its reading can be queried, how
long a live indicator takes to be read meanwhile, the largest resident memory, and the CPU that it takes.
"""

import argparse
import contextlib
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from benchmarks import load
from benchmarks.__main__ import program
from benchmarks.chain import service, singles
from benchmarks.embedded import resident
from benchmarks.report import Figure, report
from benchmarks.telegraf import cpu
from tests.support import servers
from tests.support.apart import apart
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.service import Service, influx_settings

LOOK_S = 0.05
"""How often it is looked how much is stored: a reading counts as stored from the next look on."""
PATIENCE_S = 300


def stored(subject: Service) -> int:
    """Return how many readings are in the store by the service's own books: they can be queried before."""
    return int(subject.get("ingest")["accounting"]["readings"]["stored"])


def latencies(sent: Sequence[tuple[float, int]], seen: Sequence[tuple[float, int]]) -> list[float]:
    """Return for each reading the seconds from when its portion was sent to the first look that counted it."""
    found: list[float] = []
    counts, before = [count for _, count in seen], 0
    for at, count in sent:
        found += [seen[bisect_left(counts, number + 1)][0] - at for number in range(before, count)]
        before = count
    return found


@contextlib.contextmanager
def running(subject: Service, *, parted: bool) -> Iterator[tuple[Service, Sequence[Service]]]:
    """Run Quanyan; yield who answers, and all its processes."""
    if parted:
        with apart(subject.home, subject.environment) as processes:
            yield processes.api, processes.all
    else:
        subject.start()
        yield subject, (subject,)


def followed(
    api: Service, processes: Sequence[Service], flow: "Future[list[tuple[float, int]]]", wanted: int
) -> list[Figure]:
    """Look until everything that flows is stored."""
    pids = [process.pid for process in processes]
    spent, waits, seen, largest = sum(map(cpu, pids)), list[float](), list[tuple[float, int]](), 0.0
    begin = time.perf_counter()
    while not seen or seen[-1][1] < wanted:
        count = stored(api)
        seen.append((time.perf_counter(), count))
        asked = time.perf_counter()
        api.get("indicators/light_on_rate", scope="city")
        waits.append(time.perf_counter() - asked)
        largest = max(largest, sum(map(resident, pids)))
        if flow.done():
            flow.result()  # raises what ended it
        assert seen[-1][0] - begin < PATIENCE_S, f"{count} of {wanted} were stored"
        time.sleep(max(0.0, seen[-1][0] + LOOK_S - time.perf_counter()))
    sent = flow.result()
    late = quantiles(latencies(sent, seen), n=100)
    return [
        Figure("rate", wanted / (sent[-1][0] - sent[0][0]), "messages/s"),
        Figure("device to queryable, p50", late[49] * 1000, "ms"),
        Figure("device to queryable, p99", late[98] * 1000, "ms"),
        Figure("live read meanwhile, p50", quantiles(waits, n=100)[49] * 1000, "ms"),
        Figure("live read meanwhile, p99", quantiles(waits, n=100)[98] * 1000, "ms"),
        Figure("largest resident memory", largest, "MiB"),
        Figure("CPU", (sum(map(cpu, pids)) - spent) / wanted * 1e6, "µs/reading"),
    ]


def measure(home: Path, broker: Mosquitto, settings: dict[str, str], asked: argparse.Namespace) -> list[Figure]:
    """Return the figures of one flow."""
    mqtt = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": "steady"}
    wanted = asked.rate * asked.seconds
    with (
        service(home / "steady", settings | mqtt, asked.lamps) as subject,
        running(subject, parted=asked.apart) as (api, processes),
        ThreadPoolExecutor(1) as pool,
    ):
        messages = list(singles(asked.lamps, wanted, datetime.now(UTC)))
        flow = pool.submit(load.steady, broker.host, broker.port, messages, asked.rate)
        figures = followed(api, processes, flow, wanted)
    where = f"{asked.store}{', apart' if asked.apart else ''}, {asked.lamps:,} lamps"
    return [Figure(f"{where}: {f.name}", f.value, f.unit) for f in figures]


def main() -> None:
    """One flow."""
    parser = argparse.ArgumentParser(description="A steady flow of single messages")
    parser.add_argument("--rate", type=int, default=2_500, help="messages a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--lamps", type=int, default=10_000)
    parser.add_argument("--store", choices=("influx", "duckdb"), default="influx")
    parser.add_argument("--apart", action="store_true", help="as three processes: ingest, engine, api")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder:
        home = Path(folder)
        broker = Mosquitto.create(program(servers.mosquitto()), home / "mosquitto", autosave_s=1800)
        (home / "influx").mkdir()
        influx = InfluxServer.create(program(servers.influxdb()), home / "influx")
        broker.start()
        settings: dict[str, str] = {}
        try:
            if asked.store == "influx":
                influx.start()
                influx.make_bucket("steady")
                settings = influx_settings(influx, "steady")
            figures = measure(home, broker, settings, asked)
        finally:
            influx.kill()
            broker.kill()
        print(f"kept in {report(figures)}")


if __name__ == "__main__":
    main()
