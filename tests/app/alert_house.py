"""A house with an engine that is moved by hand, so that it can be killed at any instant and compared with another."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.alerting import Alerting, AlertParts
from app.engine import Engine
from app.engine_parts import Books, EngineOptions
from app.keeper import Keeper
from app.snapshot import SnapshotFile
from app.telling import Duty, Telling
from domain.alert import Alert, AlertCommand, CommandKind
from domain.alert_ports import AlertFilter
from domain.citytime import JINAN
from domain.delivery import Delivery
from domain.device import Device
from domain.kind import Value
from domain.ports import DeviceChange
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from rules.alerts.book import RuleBook
from rules.alerts.rule_file import parse_book
from rules.indicator import World
from store.operational.alerts_schema import alert_change
from store.operational.facade import OperationalStore
from tests.support.clock import SetClock

NIGHT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""20:00 in Jinan: lamps have been on for hours."""
RULES = """
[[rule]]
name = "lamp-dark"
title = "熄灯"
kind = "streetlight"
severity = "minor"
hold = "40s"
clear_hold = "10s"
group = "road"
schedule = { lamps = "on" }
condition = { type = "class", grade = "lamp_dark" }

[[rule]]
name = "circuit-dark"
title = "整路熄灯"
severity = "major"
hold = "20s"
clear_hold = "20s"
group = "supply_point"
inhibits = ["lamp-dark"]
condition = { type = "share", indicator = "light_on_rate", scope = "supply_point", share = 0.6 }

[[rule]]
name = "over-voltage"
title = "过压"
kind = "streetlight"
group = "subject"
condition = { type = "threshold", metric = "voltage" }
ladder = [
  { severity = "minor", above = 240, clear = 235, hold = "15s" },
  { severity = "critical", above = 260, clear = 255, hold = "5s", reports = 2 },
]
flap = { raises = 3, window = "10m", calm = "1m" }

[[rule]]
name = "silent"
title = "失联"
kind = "streetlight"
severity = "info"
group = "gateway"
condition = { type = "silence", after = "90s" }

[[rule]]
name = "gateway"
title = "网关离线"
severity = "minor"
hold = "10s"
group = "gateway"
inhibits = ["silent"]
condition = { type = "event", gateway_offline = true }
"""
BOOK = parse_book({"rules": RULES})


def lamp(number: int) -> DeviceChange:
    attributes: dict[str, Value] = {
        "road": "经十路",
        "road_class": "arterial",
        "supply_point": f"SP{number % 2}",
        "gateway": "GW1",
        "lighting_use": "functional",
        "rated_power": 150.0,
    }
    device = Device(f"L{number}", "streetlight", f"灯{number}", "370102", "370102", "照明中心", attributes=attributes)
    return DeviceChange(device, NIGHT - timedelta(days=30))


class AlertHouse:
    """Stores and a journal in one folder. `start` makes a new incarnation of the engine on the same files."""

    def __init__(
        self,
        folder: Path,
        lamps: int = 6,
        book: RuleBook = BOOK,
        duty: Duty | None = None,
        at: datetime = NIGHT,
    ) -> None:
        self.clock = SetClock(at)
        self.folder, self.book, self.duty = folder, book, duty
        folder.mkdir(parents=True, exist_ok=True)
        self.operational = OperationalStore(f"sqlite:///{folder / 'operational.sqlite'}")
        self.operational.register.record([lamp(i) for i in range(lamps)], "test", NIGHT)
        self.journal = SqliteJournal(folder / "journal", ("engine",), 1 << 30, 1 << 20)
        self.sent = 0
        self.engine = self.start()

    def start(self) -> Engine:
        """Begin as a process does after a start or a crash."""
        register = self.operational.register.load()
        feed = DecodedFeed(self.journal, Decoder(lambda: register))
        telling = None if self.duty is None else Telling(self.operational.alerts, self.duty)
        parts = AlertParts(self.operational.alerts, self.operational.mutes, telling, self.book, self.clock.now)
        engine = Engine(
            EngineOptions(tick=timedelta(seconds=1), idle_s=0.0),
            feed,
            self.journal,
            Books(
                self.operational.events,
                Keeper(self.operational.measures, self.clock, JINAN.tz),
                Alerting(parts, []),
                self.operational.alerts.commit,
            ),
            self.clock,
            SnapshotFile(self.folder / "snapshots" / "engine.json.gz"),
            [],
            lambda: World(register, self.operational.lighting.load(), JINAN),
        )
        engine.begin()
        self.engine = engine
        return engine

    def kill(self) -> None:
        """Forget the engine as SIGKILL does, and start anew on what is on disk."""
        self.start()

    def snapshot(self) -> None:
        """Keep a snapshot, as the schedule asks for once a minute."""
        self.engine._keep_snapshot()

    def work(self) -> None:
        """Let the engine do everything there is to do at the present instant."""
        while self.engine._drain():
            pass
        self.engine._tick_through(self.clock.now(), timedelta(seconds=1))

    def pass_(self, seconds: float) -> None:
        """Let city time pass, with the engine at work each second."""
        for _ in range(int(seconds)):
            self.clock.pass_(timedelta(seconds=1))
            self.work()

    def say(self, number: int, **values: float) -> None:
        """Let a lamp report now."""
        payload = {"device": f"L{number}", "at": self.clock.at.isoformat(), "seq": self.sent, "values": values}
        self._deliver(f"city/v1/streetlight/370102/L{number}/telemetry", json.dumps(payload).encode())

    def gateway(self, *, online: bool) -> None:
        """Let the gateway's status say so."""
        self._deliver("city/v1/streetlight/370102/GW1/status", b"online" if online else b"offline")

    def _deliver(self, topic: str, payload: bytes) -> None:
        self.journal.append([Delivery(topic, payload, self.clock.at)])
        self.sent += 1

    def ask(self, alert: Alert, kind: CommandKind, until: datetime | None = None) -> None:
        """Let a person ask for something."""
        self.operational.alerts.request(AlertCommand(0, kind, alert.id, "ops", self.clock.at, until, "note"))

    def open(self) -> Sequence[Alert]:
        return self.operational.alerts.open()

    def all(self) -> Sequence[Alert]:
        return [n.alert for n in self.operational.alerts.list(AlertFilter(limit=10_000))]

    def lived(self) -> list[tuple[Any, ...]]:
        """Everything that ever happened to alerts, as recorded."""
        columns = alert_change.c
        query = select(columns.alert_id, columns.kind, columns.at, columns.severity, columns.state, columns.author)
        with self.operational.alerts._database.read() as connection:
            rows = connection.execute(query.order_by(columns.at, columns.alert_id, columns.id)).all()
        return [tuple(row) for row in rows]

    def close(self) -> None:
        self.journal.close()
        self.operational.close()
