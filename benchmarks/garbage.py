"""What a client sending garbage at full speed costs the others: good readings stored per second, with it and without.

`python -m benchmarks.garbage`: good readings of 5,000 lamps come faster than they can be stored, so that the service
works at its limit. Beside them a client of its own sends as fast as the broker takes it: a device's garbage (no JSON, a
value out of range, another's name), or a stranger's (names that nobody knows, topics of no kind). The bare run is the
same flood on topics that the service does not read: what sender and broker cost on the same machine counts for neither.
Rounds go in turn, and the processor time of the service is told, too, since on a busy machine the wall says little.
"""

import itertools
import multiprocessing
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from app.clock import wall_now
from benchmarks import load
from benchmarks.chain import leave_session, service, singles
from benchmarks.report import Figure, report
from benchmarks.running import cpu, ground
from tests.support.broker import Mosquitto
from tests.support.service import Service

LAMPS: Final = 5000
GOOD: Final = 20_000
ROUNDS: Final = 2
_TOPIC: Final = "city/v1/streetlight/370102/{}/telemetry"
_UNREAD: Final = "elsewhere"


def of_a_device(now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield what a broken device says on its own topic, without end."""
    at, topic = now.isoformat(), _TOPIC.format("L1")
    for n in itertools.count():
        yield topic, b"{" * 50 + str(n).encode()
        yield topic, f'{{"device": "L1", "at": "{at}", "values": {{"power": -{n + 1}}}}}'.encode()
        yield topic, f'{{"device": "L4", "at": "{at}", "values": {{"power": 1}}, "seq": {n}}}'.encode()


def of_a_stranger(now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield what somebody sends where no ACL stands in the way, without end."""
    at = now.isoformat()
    for n in itertools.count():
        yield _TOPIC.format(f"X{n}"), f'{{"device": "X{n}", "at": "{at}", "values": {{"power": 1}}}}'.encode()
        yield f"city/v1/nothing/370102/L{n}/telemetry", b"{}"


FLOODS: Final = {"unread": of_a_device, "of a device": of_a_device, "of a stranger": of_a_stranger}


def flood(host: str, port: int, what: str, now: datetime, sent: Any) -> None:
    """Send garbage until the process is ended; `sent` counts what the broker took."""
    messages = FLOODS[what](now)
    if what == "unread":
        messages = ((f"{_UNREAD}/{topic}", payload) for topic, payload in messages)
    while True:
        sent.value += load.queue(host, port, itertools.islice(messages, 2000), "flood")


def account(subject: Service) -> dict[str, Any]:
    """Return the accounting."""
    found: dict[str, Any] = subject.get("ingest")["accounting"]
    return found


def refused(kept: dict[str, Any]) -> int:
    """Return how many messages could not be accepted, kept or not."""
    readings, deliveries = kept["readings"], kept["deliveries"]
    return int(readings["quarantined"] + readings["not_kept"] + deliveries["undecodable"] + deliveries["not_kept"])


@dataclass
class Rounds:
    """What the rounds of one sort came to; the best rate counts, as all else only takes away."""

    rates: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    garbage: int = 0
    sent: int = 0


def one_round(subject: Service, broker: Mosquitto, number: int, what: str | None, into: Rounds) -> None:
    """Store the good readings, with a flood or without, and wait until nothing is left."""
    now, sent = wall_now() - timedelta(hours=number), multiprocessing.Value("q", 0)
    flooding = multiprocessing.Process(target=flood, args=(broker.host, broker.port, what, now, sent), daemon=True)
    first, used, pause = account(subject), cpu(subject.pid), threading.Event()
    if what is not None:
        flooding.start()
    good = multiprocessing.Process(target=load.queue, args=(broker.host, broker.port, list(singles(LAMPS, GOOD, now))))
    begun = time.perf_counter()
    good.start()
    while account(subject)["readings"]["stored"] - first["readings"]["stored"] < GOOD:
        pause.wait(0.2)
    into.rates.append(GOOD / (time.perf_counter() - begun))
    good.join()
    if what is not None:
        flooding.terminate()
        flooding.join()
    left = -1
    while left != (left := (now_ := account(subject))["deliveries"]["settled"]) or now_["readings"]["in_hand"]:
        pause.wait(2)
    into.cpu_s += cpu(subject.pid) - used
    into.garbage += refused(now_) - refused(first)
    into.sent += sent.value


def measure(home: Path, broker: Mosquitto) -> list[Figure]:
    """Return rates, and what a message of garbage costs."""
    settings = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": "quanyan-garbage"}
    found: dict[str | None, Rounds] = {name: Rounds() for name in (None, *FLOODS)}
    with service(home / "garbage", settings, LAMPS) as subject:
        leave_session(broker, "quanyan-garbage")
        subject.start()
        for number, name in enumerate(list(found) * ROUNDS, 1):
            one_round(subject, broker, number, name, found[name])
        kept = account(subject)
    return list(told(found, kept))


def told(found: dict[str | None, Rounds], kept: dict[str, Any]) -> Iterator[Figure]:
    """Yield the figures."""
    bare, alone = found["unread"], found[None]
    good_s = min(alone.cpu_s, bare.cpu_s) / ROUNDS
    yield Figure("garbage: good readings alone", max(alone.rates), "readings/s")
    yield Figure("garbage: CPU of a good reading", 1e6 * good_s / GOOD, "µs")
    yield Figure("garbage: good ones beside an unread flood", max(bare.rates), "readings/s", 1.0)
    for name, rounds in found.items():
        if name not in {None, "unread"}:
            rate, extra = max(rounds.rates), rounds.cpu_s - ROUNDS * good_s
            yield Figure(f"garbage: beside a flood {name}", rate, "readings/s", rate / max(bare.rates))
            yield Figure(f"garbage: messages {name}", rounds.garbage, "messages")
            yield Figure(f"garbage: CPU of a message {name}", 1e6 * extra / max(1, rounds.garbage), "µs")
    yield Figure("garbage: kept", kept["readings"]["quarantined"] + kept["deliveries"]["undecodable"], "messages")
    yield Figure("garbage: counted", kept["readings"]["not_kept"] + kept["deliveries"]["not_kept"], "messages")


def main() -> None:
    """Run it on a real broker and a DuckDB store."""
    with ground(influx=False) as on:
        print(f"kept in {report(measure(on.home, on.broker))}")


if __name__ == "__main__":
    main()
