"""A city whose lamps all go dark at once, with the real parts: board, escalations, outbox and lanes."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.alert_events import alert_events
from app.telling import Telling
from domain.alert import AlertChange, ChangeKind
from domain.alert_ports import TickRecord
from domain.citytime import JINAN
from domain.device import Device, DeviceVersion
from domain.kind import Value
from domain.lighting import LightingPlan
from domain.reading import Reading
from domain.register import Register
from notify.channel import Limits, Window
from notify.lane import Desk, Lane
from notify.texts import Texts
from notify.undelivered import Undelivered
from rules.alerts.board import AlertBoard
from rules.alerts.book import RuleBook
from rules.duty.plan import DutyPlan
from rules.live import City
from store.operational import OperationalStore
from tests.notify.support import Listed
from tests.support.clock import SetClock
from tests.support.duty import PEOPLE, PLAN, roster
from tests.support.rules import BEGINNING, local

NIGHT = local("2026-11-23 22:00")
GRID = timedelta(seconds=10)
PER_POINT, PER_ROAD = 40, 120


def lamp(number: int) -> Device:
    point, road = number // PER_POINT, number // PER_ROAD
    attributes: dict[str, Value] = {
        "road": f"R{road}",
        "road_class": "arterial",
        "supply_point": f"SP{point}",
        "gateway": f"GW{point}",
        "lighting_use": "functional",
        "rated_power": 150.0,
    }
    district = f"3701{road % 10:02}"
    return Device(f"L{number}", "streetlight", f"灯{number}", district, district, "市城管局", attributes=attributes)


@dataclass
class Tick:
    """What a tick did and what it took (seconds of this thread): judging, telling, committing."""

    changes: Counter[ChangeKind]
    judged: float
    told: float
    committed: float

    @property
    def seconds(self) -> float:
        return self.judged + self.told + self.committed


@dataclass
class Stormy:
    """The city. `report` lets every lamp say something, `pass_` lets time pass."""

    folder: Path
    lamps: int
    book: RuleBook
    ticks: list[Tick] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SetClock(NIGHT)
        self.store = OperationalStore(f"sqlite:///{self.folder / 'storm.sqlite'}")
        versions = (DeviceVersion(lamp(n), BEGINNING, None, BEGINNING) for n in range(self.lamps))
        self.city = City(Register.of(versions), LightingPlan((), ()), JINAN)
        self.city.advance(NIGHT)
        self.city.listen()
        self.board = AlertBoard(self.book, [], self.city)
        plan = DutyPlan(roster())
        self.telling = Telling(self.store.alerts, lambda: (plan, PLAN))
        self.channels = [Listed(name, limits=Limits(windows=(Window(20, 60),))) for name in ("chat", "call")]
        people = {p.id: p for p in PEOPLE}
        undelivered = Undelivered(lambda: ("chat",))
        desk = Desk(self.store.outbox, Texts(JINAN), people.get, self.clock.now, undelivered, draw=lambda low, _: low)
        self.lanes = [Lane(channel, desk) for channel in self.channels]

    def report(self, power: float, numbers: Iterable[int] | None = None) -> None:
        """Let lamps (all of them) report at the present instant."""
        at = self.clock.at
        for number in range(self.lamps) if numbers is None else numbers:
            self.city.apply(Reading(f"L{number}", "streetlight", at, at, {"power": power, "voltage": 220.0}))

    def pass_(self, span: timedelta, grid: timedelta = GRID) -> None:
        """Let time pass on the grid; the lanes send what is due at each tick."""
        end = self.clock.at + span
        while self.clock.at < end:
            self.clock.pass_(grid)
            self.ticks.append(self._tick(self.clock.at))
            for lane in self.lanes:
                while lane.step():
                    pass

    def _tick(self, now: datetime) -> Tick:
        self.city.advance(now)
        heard, dirty = self.city.take_heard(), self.city.take_dirty()
        begun = time.thread_time()
        changes = self.board.tick(heard, dirty, now)
        judged = time.thread_time()
        told = self.telling.tell(self.board.teller.group_changes(changes, now), now)
        events = alert_events(changes) if changes else []
        said = time.thread_time()
        self.store.alerts.commit(TickRecord(now, events, changes, told.notices, told.escalations))
        return Tick(_kinds(changes), judged - begun, said - judged, time.thread_time() - said)

    @property
    def messages(self) -> dict[str, int]:
        """How many messages each channel was given."""
        return {channel.name: len(channel.told) for channel in self.channels}

    @property
    def changed(self) -> Counter[ChangeKind]:
        """How many changes of alerts there were, by kind."""
        return sum((tick.changes for tick in self.ticks), Counter[ChangeKind]())

    def texts(self) -> Iterator[str]:
        """Every message that was sent."""
        return (message.text for channel in self.channels for message in channel.told)

    def close(self) -> None:
        self.store.close()


def _kinds(changes: Iterable[AlertChange]) -> Counter[ChangeKind]:
    return Counter(change.kind for change in changes)
