"""From the delivery that crosses a limit to the first attempt at telling somebody, with 1,000 rules and 10,000 lamps.

The real engine, journal, database, outbox and lane in one process, fed at a steady rate as gateways feed it, in batches
of 50 readings. A tick waits for its grid, so half a tick of the figure is by design. The bare baseline is the same way
without engine and rules: journal, outbox, lane. Run alone: `python -m benchmarks.alert_latency [READINGS/S]`.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from app.alerting import Alerting, AlertParts
from app.alerting_parts import committer
from app.clock import SystemClock, wall_now
from app.commands.running import relieve_collector, share_evenly
from app.engine import Engine
from app.engine_parts import Books, EngineOptions
from app.keeper import Keeper
from app.snapshot import SnapshotFile
from app.telling import Telling
from benchmarks.report import Figure, report
from domain.citytime import JINAN
from domain.delivery import Delivery
from domain.device import Device, DeviceVersion
from domain.lighting import LightingPlan
from domain.notice import Message, Notice, NoticeKind
from domain.register import Register
from domain.severity import Severity
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from notify.channel import SENT, Limits, Result
from notify.lane import Desk
from notify.texts import Texts
from notify.undelivered import Undelivered
from notify.worker import NotifyWorker
from rules.alerts.rule_file import parse_book
from rules.duty.plan import DutyPlan
from rules.indicator import World
from store.operational import OperationalStore
from tests.support.duty import PEOPLE, PLAN, roster
from tests.support.rules import BEGINNING

LAMPS, ROADS, BATCH = 10_100, 1_000, 50
CROSSINGS, APART = 100, 0.6
"""How many limits are crossed, and how many seconds apart: no storm, and out of step with the ticks."""
_RULE = """
[[rule]]
name = "volts-{n}"
title = "过压"
kind = "streetlight"
severity = "major"
group = "road"
where = {{ road = ["R{n}"] }}
condition = {{ type = "threshold", metric = "voltage", above = 250, clear = 245 }}
"""


@dataclass
class Stopwatch:
    """A channel that notes when it is first asked to tell of each group."""

    name: str
    personal: None = None
    mentions: None = None
    limits: Limits = field(default_factory=Limits)
    first: dict[str, float] = field(default_factory=dict)

    def send(self, message: Message) -> Result:
        self.first.setdefault(message.group, time.perf_counter())
        return SENT

    def close(self) -> None: ...


@dataclass
class House:
    """Journal, database, lanes, and the engine over them."""

    folder: Path

    def __post_init__(self) -> None:
        self.store = OperationalStore(f"sqlite:///{self.folder / 'operational.sqlite'}")
        self.journal = SqliteJournal(self.folder / "journal", ("engine",), 4 << 30, 64 << 20)
        self.chat, call = Stopwatch("chat"), Stopwatch("call")
        people = {p.id: p for p in PEOPLE}
        desk = Desk(self.store.outbox, Texts(JINAN), people.get, wall_now, Undelivered(lambda: ("chat",)))
        self.worker = NotifyWorker([self.chat, call], desk)

    def engine(self) -> Engine:
        versions = (DeviceVersion(lamp(n), BEGINNING, None, BEGINNING) for n in range(LAMPS))
        register, plan = Register.of(versions), DutyPlan(roster())
        book = parse_book({"bench": "".join(_RULE.format(n=n) for n in range(ROADS))})
        telling = Telling(self.store.alerts, lambda: (plan, PLAN))
        alerting = Alerting(AlertParts(self.store.alerts, self.store.mutes, telling, book, wall_now), [])
        clock = SystemClock()
        return Engine(
            EngineOptions(tick=timedelta(seconds=0.5)),
            DecodedFeed(self.journal, Decoder(lambda: register)),
            self.journal,
            Books(
                self.store.events,
                Keeper(self.store.measures, clock, JINAN.tz),
                alerting,
                committer(self.store, self.worker.wake),
            ),
            clock,
            SnapshotFile(self.folder / "snapshot.json.gz"),
            [],
            lambda: World(register, LightingPlan((), ()), JINAN),
        )

    def close(self) -> None:
        self.worker.stop()
        self.journal.close()
        self.store.close()


def lamp(number: int) -> Device:
    attributes = {"road": f"R{number % ROADS}", "road_class": "arterial", "supply_point": f"SP{number % 300}"}
    return Device(f"L{number}", "streetlight", f"灯{number}", "370102", "370102", "市城管局", attributes={**attributes})


def delivery(numbers: range, voltage: float = 220.0) -> Delivery:
    now = wall_now()
    rows = [{"device": f"L{n}", "at": now.isoformat(), "values": {"voltage": voltage}} for n in numbers]
    return Delivery("city/v1/streetlight/370102/GW1/batch", json.dumps({"readings": rows}).encode(), now)


def feed(house: House, rate: int, stop: threading.Event) -> Callable[[], float]:
    """Start to feed readings; return what says how many a second there really were."""
    sent, begun = [0], time.perf_counter()

    def run() -> None:
        while not stop.is_set():
            first = CROSSINGS + sent[0] % (LAMPS - CROSSINGS)  # the lamps that cross say nothing else
            house.journal.append([delivery(range(first, first + BATCH))])
            sent[0] += BATCH
            stop.wait(max(0.0, begun + sent[0] / rate - time.perf_counter()))

    threading.Thread(target=run, name="feeder", daemon=True).start()
    return lambda: sent[0] / (time.perf_counter() - begun)


def crossings(rate: int) -> tuple[list[float], float]:
    """Return the seconds from each crossing to the first attempt, and the readings a second meanwhile."""
    with TemporaryDirectory() as folder:
        house, stop = House(Path(folder)), threading.Event()
        engine = house.engine()
        house.worker.start()
        engine.start()
        share_evenly()  # as the service does when it has begun
        relieve_collector()
        taken = feed(house, rate, stop)
        crossed: dict[str, float] = {}
        for road in range(CROSSINGS):
            stop.wait(APART)
            crossed[f"road:R{road}"] = time.perf_counter()
            house.journal.append([delivery(range(road, road + 1), 260.0)])
        deadline = time.perf_counter() + 120
        while len(house.chat.first) < CROSSINGS and time.perf_counter() < deadline:
            stop.wait(0.05)
        reached = taken()
        stop.set()
        engine.stop()
        told = dict(house.chat.first)
        house.close()
    return [told[group] - at for group, at in crossed.items()], reached


def bare() -> list[float]:
    """Return the seconds from a delivery to the first attempt when a notice is posted at once."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder))
        house.worker.start()
        taken = []
        for road in range(CROSSINGS):
            begun, group = time.perf_counter(), f"road:R{road}"
            house.journal.append([delivery(range(road, road + 1), 260.0)])
            notice = Notice(group, NoticeKind.RAISED, Severity.MAJOR, group, wall_now(), "chat", "ann", "市城管局")
            house.store.outbox.post([notice], wall_now())
            house.worker.wake()
            while group not in house.chat.first:
                time.sleep(0.001)
            taken.append(house.chat.first[group] - begun)
        house.close()
    return taken


def measure(rate: int = 5_000) -> list[Figure]:
    """Return the figures."""
    base = bare()
    taken, reached = crossings(rate)
    return [
        Figure("bare: delivery to first attempt, p50", median(base) * 1000, "ms", 1.0),
        Figure("readings a second meanwhile", reached, "readings/s"),
        Figure("limit crossed to first attempt, p50", median(taken) * 1000, "ms", median(base) / median(taken)),
        Figure("the same, p99", quantiles(taken, n=100)[98] * 1000, "ms"),
    ]


if __name__ == "__main__":
    report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
