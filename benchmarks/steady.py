"""A steady flow: `python -m benchmarks.steady [--rate 2500] [--seconds 30] [--store influx|duckdb] [--apart]`.

Single messages of 10,000 lamps at a rate, all rules on: how long from a device until its reading can be queried, how
long a live indicator takes to be read meanwhile, the largest resident memory, and the CPU that it takes.
"""

import argparse
import time
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from statistics import quantiles

from benchmarks import load
from benchmarks.chain import service, singles
from benchmarks.report import Figure, report
from benchmarks.running import Ground, Running, cpu, ground, resident, running
from tests.support.service import Service

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


def followed(subject: Running, flow: "Future[list[tuple[float, int]]]", wanted: int) -> list[Figure]:
    """Look until everything that flows is stored."""
    api, pids = subject.api, subject.pids
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


def measure(on: Ground, asked: argparse.Namespace) -> list[Figure]:
    """Return the figures of one flow."""
    broker = on.broker
    mqtt = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": "steady"}
    wanted = asked.rate * asked.seconds
    with (
        service(on.home / "steady", on.store("steady") | mqtt, asked.lamps) as subject,
        running(subject, parted=asked.apart) as at_work,
        ThreadPoolExecutor(1) as pool,
    ):
        messages = list(singles(asked.lamps, wanted, datetime.now(UTC)))
        flow = pool.submit(load.steady, broker.host, broker.port, messages, asked.rate)
        figures = followed(at_work, flow, wanted)
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
    with ground(influx=asked.store == "influx") as on:
        print(f"kept in {report(measure(on, asked))}")


if __name__ == "__main__":
    main()
