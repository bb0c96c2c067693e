"""A small city behind the API: real SQLite stores, the real decoder, and small parts where a whole one is large."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from typing_extensions import override

from api.server import create_api
from api.services import AlertServices, City, DutyServices, Services
from api.web import WebFiles
from app.incidents import IncidentDesk
from app.incidents import load_plan as load_incidents
from app.reports.service import Reports
from app.roster import RunningRoster
from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay
from domain.citytime import JINAN
from domain.delivery import Delivery, Journaled, Source
from domain.errors import ConfigError, JournalFull, Problem, StoreUnavailable
from domain.lighting import LightingPlan, Override, Timetable
from domain.ports import DeviceChange, Page, Receipt
from domain.reading import Reading
from domain.record import EventType, NewEvent, Role
from domain.register import Register
from domain.retention import RetentionPolicy
from ingest.decode import Decoder
from ingest.quarantine import items_of
from ingest.replayer import ReplayDesk
from rules.arrivals.book import ArrivalBook
from rules.arrivals.told import feeds_of, summed, told
from store.duty_files import parse_roster
from store.operational import OperationalStore
from store.operational.keys import new_key
from store.register_files import parse_device
from store.telemetry.memory import MemoryStore
from tests.support.api_client import Client
from tests.support.api_view import BUILT, NOW, SECTION, SmallView, StoppedClock, lamp
from tests.support.duty import PLAN

CHANNELS = {
    "chat": {
        "alive": True,
        "outcomes": {"sent": 1},
        "failures_in_a_row": 0,
        "refusals_in_a_row": 0,
        "paused_until": None,
        "last_failure": None,
    }
}


class Shelf(MemoryStore):
    """The telemetry store in memory; `away` makes it unavailable."""

    away = False

    @override
    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        if self.away:
            raise StoreUnavailable("http://secret-host:8086 refused")
        return super().readings(device, kind, page)


@dataclass
class SmallWorld:
    """Records changes in the real stores and lets the view know, as the running service does."""

    operational: OperationalStore
    view: SmallView
    clock: StoppedClock

    def change_devices(self, changes: Sequence[DeviceChange], author: str) -> Register:
        """Record changes of the register."""
        self.view.known = self.operational.register.record(changes, author, self.clock.now())
        data = {"devices": [c.device.id for c in changes], "author": author}
        self.operational.events.commit([NewEvent(EventType.REGISTER_CHANGED, self.clock.now(), data)])
        return self.view.known

    def put_timetable(self, timetable: Timetable, author: str) -> LightingPlan:
        """Record a timetable."""
        return self.operational.lighting.put_timetable(timetable, author, self.clock.now())

    def add_override(self, override: Override) -> LightingPlan:
        """Record an override."""
        return self.operational.lighting.add_override(override)

    def withdraw_override(self, override_id: str, author: str) -> LightingPlan:
        """Withdraw an override."""
        return self.operational.lighting.withdraw_override(override_id, author, self.clock.now())


@dataclass
class SmallDoor:
    """Decodes for real, keeps deliveries in a list, and sends what is bad to the real quarantine."""

    decoder: Decoder
    operational: OperationalStore
    view: SmallView
    clock: StoppedClock
    shelf: Shelf
    deliveries: list[Delivery] = field(default_factory=list)
    room: int = 1_000_000
    """How many deliveries fit before the journal is full."""

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Keep, decode, quarantine."""
        if len(self.deliveries) >= self.room:
            raise JournalFull("cap of 1 byte reached")
        delivery = Delivery(topic, payload, self.clock.now(), Source.HTTP)
        journaled = Journaled(len(self.deliveries), delivery)
        self.deliveries.append(delivery)
        decoded = self.decoder.decode(journaled)
        items = items_of(decoded)
        self.operational.quarantine.add([(journaled, items)])
        self.shelf.append(decoded.readings)
        self.view.newest.update((r.device, r) for r in decoded.readings)
        return Receipt(journaled.offset, len(decoded.readings), items)

    def snapshot(self) -> Mapping[str, Any]:
        """Return the accounting."""
        return {"deliveries": {"received": len(self.deliveries)}}


@dataclass
class SmallRules:
    """One rule; `mistakes` are what a reload finds in its file."""

    mistakes: list[Problem] = field(default_factory=list)

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the rule."""
        return [{"name": "lamp-dark", "title": "熄灯", "condition": {"type": "Grade", "grader": "lamp_dark"}}]

    def reload(self) -> Mapping[str, Any]:
        """Read the file again."""
        if self.mistakes:
            raise ConfigError(self.mistakes)
        return {"rules": 1, "new": [], "changed": ["lamp-dark"], "gone": []}

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return what an alert explains."""
        return [f"lamp-dark device:of-{alert_id}"]


@dataclass
class SmallReload:
    """A reload that changes one rule; `mistakes` are what it finds in the files."""

    mistakes: list[Problem] = field(default_factory=list)

    def __call__(self, author: str) -> Mapping[str, Any]:
        if self.mistakes:
            raise ConfigError(self.mistakes)
        assert author
        nothing: dict[str, Any] = {"new": [], "changed": [], "gone": []}
        rules = {"rules": 1, **nothing, "changed": ["lamp-dark"]}
        return {"rules": rules, "chains": nothing, "channels": {**nothing, "begun_anew": False}, "orphans": {}}


@dataclass
class SmallLedger:
    """The books of arrivals that a test fills; one device, one feed."""

    register: Callable[[], Register]
    book: ArrivalBook

    def device(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device."""
        return told(self.register(), self.book, device_id, now)

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the feeds of a day."""
        return feeds_of(self.register(), self.book, day, now)

    def totals(self) -> ArrivalTotals:
        """Return the sums."""
        return summed(self.book)


@dataclass
class Condition:
    """How the process is."""

    failing: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def failures(self) -> Mapping[str, str]:
        """Return what fails."""
        return self.failing

    def dead(self) -> Sequence[str]:
        """Return what does not run."""
        return self.gone


@dataclass
class SmallCity:
    """Everything at hand: the parts, the services made of them, and a client for each role."""

    operational: OperationalStore
    clock: StoppedClock
    wall: StoppedClock
    view: SmallView
    shelf: Shelf
    door: SmallDoor
    condition: Condition
    services: Services
    api: FastAPI
    secrets: dict[Role, str]

    def client(self, role: Role | None = Role.ADMIN) -> Client:
        """Return a client with a key of that role, or without any."""
        return Client(self.api, self.secrets[role] if role is not None else None)

    def with_changes(self, **changes: Any) -> FastAPI:
        """Return another application over the same parts, some replaced."""
        return create_api(replace(self.services, **changes))


@contextmanager
def small_city(folder: Path, lamps: int = 12) -> Iterator[SmallCity]:
    """Build the city with its stores in `folder`."""
    operational = OperationalStore(f"sqlite:///{folder / 'operational.db'}")
    clock, wall = StoppedClock(), StoppedClock(NOW + timedelta(days=1))
    devices = [SECTION, *(lamp(n) for n in range(lamps))]
    register = operational.register.record([DeviceChange(d, BUILT) for d in devices], "tests", BUILT)
    view, shelf = SmallView(clock, register), Shelf()
    door = SmallDoor(Decoder(view.register), operational, view, clock, shelf)
    condition = Condition()
    services = Services(
        live=view,
        store=shelf,
        registers=operational.register,
        world=SmallWorld(operational, view, clock),
        lighting=operational.lighting,
        quarantine=operational.quarantine,
        arrivals=SmallLedger(view.register, ArrivalBook(JINAN.tz, BUILT)),
        replays=ReplayDesk(operational.quarantine, door.decoder, clock),
        events=operational.events,
        measures=operational.measures,
        retention=RetentionPolicy(timedelta(days=400), timedelta(days=1000)),
        tz=JINAN.tz,
        keys=operational.keys,
        duty=DutyServices(
            operational.duty,
            RunningRoster(operational.duty, JINAN).current,
            lambda: PLAN,
            operational.outbox,
            lambda: CHANNELS,
            parse_roster,
        ),
        alerts=AlertServices(operational.alerts, operational.mutes, SmallRules()),
        once=operational.once,
        door=door,
        accounting=door,
        health=condition,
        clock=clock,
        wall=wall.now,
        metrics=lambda: b"# HELP up Whether it is up.\n# TYPE up gauge\nup 1.0\n",
        reload=SmallReload(),
        parse_device=parse_device,
        new_key=new_key,
        incidents=IncidentDesk(
            operational.incidents,
            load_incidents(),
            clock,
            JINAN.tz,
            view.register,
            alerts=operational.alerts.open,
        ),
        reports=Reports(operational.measures, view.targets(), "济南市", JINAN),
        city=City("济南市", "Asia/Shanghai", 36.65, 117.12),
        web=WebFiles(folder / "web"),
    )
    secrets = {role: _add_key(operational, role) for role in Role}
    try:
        api = create_api(services)
        yield SmallCity(operational, clock, wall, view, shelf, door, condition, services, api, secrets)
    finally:
        operational.close()


def _add_key(operational: OperationalStore, role: Role) -> str:
    key, secret = new_key(f"{role.value} key", role, BUILT)
    operational.keys.add(key)
    return secret
