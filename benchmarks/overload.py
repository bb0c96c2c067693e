"""Ten times what can be stored: `python -m benchmarks.overload [--minutes 10] [--times 10] [--store influx]`.

First it is measured how fast single readings are stored. Then so many times that come, or as many as the broker takes.
The journal's cap and the broker's queue are small, so that every stage is reached: the journal holds back, the broker
queues, and at last the broker drops, which it says to nobody. So each second it is looked how large the service is, how
far the live indicators are behind, and whether the books are in balance; in the end all that was sent has to be in the
store or among what the broker says that it dropped, and gaps of `seq` have to show the service what it never saw.
"""

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, Final

from benchmarks import load
from benchmarks.chain import client, is_night, leave_session, service, singles, values
from benchmarks.report import Figure, report
from benchmarks.running import Ground, Running, ground, resident, running
from tests.support.broker import Mosquitto
from tests.support.ledger import identity_holds
from tests.support.processes import wait_until
from tests.support.service import Service

LAMPS: Final = 5000
PROBE: Final = 20_000
QUEUED: Final = 100_000
"""Messages that the broker keeps for the service."""
DROPPED: Final = "$SYS/broker/publish/messages/dropped"
SENT: Final = "$SYS/broker/publish/messages/sent"
SYS_S: Final = 10
"""Mosquitto tells its counts every ten seconds."""
SMALL: Final = {
    "QUANYAN_JOURNAL__CAP_BYTES": str(64 * 2**20),
    "QUANYAN_JOURNAL__ROLL_BYTES": str(8 * 2**20),
    "QUANYAN_ARCHIVE__FLUSH_S": "15",
    "QUANYAN_ENGINE__SNAPSHOT_EVERY_S": "15",
}
"""A small journal, and consumers that let go of it often."""


@dataclass(frozen=True)
class Look:
    """The service at one moment of the flood. `lag`: seconds that the live state is behind; `read`: to read it."""

    memory: float
    lag: float
    read: float
    account: dict[str, Any]

    @property
    def in_balance(self) -> bool:
        """Whether every delivery and every reading is in exactly one place."""
        return identity_holds(self.account)


def messages(seconds: float) -> Iterator[tuple[str, bytes]]:
    """Yield single readings of all lamps in turn, of the present moment, for so long."""
    lamps = [(f"city/v1/streetlight/370102/L{n}/telemetry", f'{{"device": "L{n}", '.encode()) for n in range(LAMPS)]
    end, seq = time.monotonic() + seconds, PROBE // LAMPS
    while time.monotonic() < end:
        now = datetime.now(UTC)
        said = {"at": now.isoformat(), "seq": seq, "values": values(seq, lit=is_night(now))}
        rest = json.dumps(said).encode()[1:]
        for topic, head in lamps:
            yield topic, head + rest
        seq += 1


def flood(host: str, port: int, rate: float, seconds: float) -> int:
    """Send at the rate, or as fast as the broker takes it; return how many messages it took."""
    return load.steady(host, port, messages(seconds), round(rate))[-1][1]


def account(subject: Service) -> dict[str, Any]:
    """Return the accounting."""
    found: dict[str, Any] = subject.get("ingest")["accounting"]
    return found


def looked(at_work: Running) -> Look:
    """Look at the service."""
    found = at_work.api.get("ingest")
    asked = time.perf_counter()
    at_work.api.get("indicators/light_on_rate", scope="city")
    took = time.perf_counter() - asked
    behind = datetime.fromisoformat(found["now"]) - datetime.fromisoformat(found["engine"]["ticked_through"])
    memory = sum(map(resident, at_work.pids))
    return Look(memory, max(0.0, behind.total_seconds()), took, found["accounting"])


def capacity(subject: Service, broker: Mosquitto) -> float:
    """Return how many single readings a second are stored out of a queue."""
    now, pause = datetime.now(UTC), threading.Event()
    begun = time.perf_counter()
    load.queue(broker.host, broker.port, singles(LAMPS, PROBE, now))
    while account(subject)["readings"]["stored"] < PROBE:
        pause.wait(0.2)
    return PROBE / (time.perf_counter() - begun)


def followed(at_work: Running, over: Callable[[list[Look]], bool]) -> list[Look]:
    """Look once a second until it is over, by what was seen so far."""
    looks, pause = list[Look](), threading.Event()
    while not over(looks):
        looks.append(looked(at_work))
        pause.wait(1)
    return looks


def drained(at_work: Running) -> Look:
    """Wait until the broker's queue is empty and everybody has passed the journal; return the last look."""
    pause, before = threading.Event(), -1
    while True:
        look = looked(at_work)
        lags = [line for line in at_work.api.metrics().splitlines() if line.startswith("quanyan_journal_lag{")]
        if look.account["deliveries"]["received"] == before and all(line.endswith(" 0.0") for line in lags):
            return look
        before = look.account["deliveries"]["received"]
        pause.wait(3)


@contextmanager
def counting(broker: Mosquitto) -> Iterator[dict[str, int]]:
    """Yield what the broker says of itself, by topic: kept current, but it says nothing again that has not changed.

    Asked from the beginning: a broker with its hands full keeps who comes later waiting for longer than anybody does.
    """
    told: dict[str, int] = {}
    asking = client("counts")
    asking.on_connect = lambda c, *_: c.subscribe([(DROPPED, 0), (SENT, 0)])
    asking.on_message = lambda _client, _data, message: told.update({message.topic: int(message.payload)})
    asking.connect(broker.host, broker.port)
    asking.loop_start()
    wait_until(lambda: SENT in told, "the broker tells its counts", 60)
    yield told
    asking.disconnect()
    asking.loop_stop()


def dropped(told: dict[str, int]) -> int:
    """Return how many messages the broker says that it dropped, once it has told all of them."""
    pause, before = threading.Event(), -1
    while told.get(DROPPED, 0) != before:
        before = told.get(DROPPED, 0)
        pause.wait(3 * SYS_S)
    return before


def measure(on: Ground, asked: argparse.Namespace) -> tuple[list[Figure], int]:
    """Return the figures, and how much is unaccounted for."""
    mqtt = {"QUANYAN_MQTT__PORT": str(on.broker.port), "QUANYAN_MQTT__CLIENT_ID": "overload"}
    with service(on.home / "overload", on.store("overload") | SMALL | mqtt, LAMPS) as subject:
        leave_session(on.broker, "overload")
        with running(subject) as at_work, ProcessPoolExecutor(1) as pool, counting(on.broker) as told:
            alone = capacity(subject, on.broker)
            first, begun = account(subject), time.perf_counter()
            flow = pool.submit(flood, on.broker.host, on.broker.port, asked.times * alone, 60 * asked.minutes)
            looks = followed(at_work, lambda _: flow.done())
            seconds, sent = time.perf_counter() - begun, flow.result()
            last = drained(at_work)
            shed, missing = dropped(told), at_work.api.get("completeness")["totals"]["missing"]
    stored = last.account["readings"]["stored"] - first["readings"]["stored"]
    others = sum(last.account["readings"][place] for place in ("conflict", "quarantined", "not_kept"))
    lost = sent - stored - others - shed
    wrong = sum(not look.in_balance for look in (*looks, last))
    return [
        Figure("readings stored a second alone", alone, "readings/s", 1.0),
        Figure("sent", sent / seconds, "messages/s", sent / seconds / alone),
        *during(first, looks, seconds),
        Figure("queued at the broker in the end, or dropped", sent - _acked(looks[-1]) + _acked_at(first), "messages"),
        Figure("dropped by the broker, by its own count", shed, "messages"),
        Figure("missing by seq, by the service's count", missing, "readings"),
        Figure("refused with a reason", others, "readings"),
        Figure("sent, neither stored nor refused nor dropped", lost, "messages"),
        Figure(f"looks of {len(looks) + 1} at books out of balance", wrong, "looks"),
    ], abs(lost) + wrong


def _acked(look: Look) -> int:
    return _acked_at(look.account)


def _acked_at(books: dict[str, Any]) -> int:
    return int(books["deliveries"]["acknowledged"])


def during(first: dict[str, Any], looks: list[Look], seconds: float) -> Iterator[Figure]:
    """Yield what was seen during the flood."""
    stored = looks[-1].account["readings"]["stored"] - first["readings"]["stored"]
    yield Figure("acknowledged", (_acked(looks[-1]) - _acked_at(first)) / seconds, "messages/s")
    yield Figure("stored meanwhile", stored / seconds, "readings/s")
    yield from health(looks)


def health(looks: list[Look]) -> Iterator[Figure]:
    """Yield how large the service was, and how far behind its live indicators."""
    third, lags = len(looks) // 3, [look.lag for look in looks]
    yield Figure("memory at most, first third", max(look.memory for look in looks[:third]), "MiB")
    yield Figure("memory at most, second third", max(look.memory for look in looks[third : 2 * third]), "MiB")
    yield Figure("memory at most, last third", max(look.memory for look in looks[2 * third :]), "MiB")
    yield Figure("live indicators behind, p50", quantiles(lags, n=100)[49], "s")
    yield Figure("live indicators behind, at most", max(lags), "s")
    reads = quantiles([look.read for look in looks], n=100)
    yield Figure("live indicator read, p50", reads[49] * 1000, "ms")
    yield Figure("live indicator read, p99", reads[98] * 1000, "ms")


def main() -> None:
    """One flood."""
    parser = argparse.ArgumentParser(description="Far more than can be stored, for minutes")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--times", type=float, default=10, help="how many times what is stored a second alone")
    parser.add_argument("--store", choices=("influx", "duckdb"), default="duckdb")
    asked = parser.parse_args()
    with ground(influx=asked.store == "influx", queued=QUEUED) as on:
        figures, wrong = measure(on, asked)
    print(f"kept in {report([Figure(f'overload: {f.name}', f.value, f.unit, f.ratio) for f in figures])}")
    if wrong:
        raise SystemExit("something is not accounted for")


if __name__ == "__main__":
    main()
