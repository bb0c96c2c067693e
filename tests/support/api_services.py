"""A small city behind the API: real SQLite stores, the real decoder, and small parts where a whole one is large."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from typing_extensions import override

from api.server import create_api
from api.services import Services
from domain.delivery import Delivery, Journaled, Source
from domain.device import Device
from domain.errors import JournalFull, NotFound, StoreUnavailable
from domain.lighting import LightingPlan, Override, Timetable
from domain.measure import Assessment, Direction, Measure, Span, Target, TargetVerdict
from domain.ports import DeviceChange, IndicatorInfo, Page, Receipt
from domain.reading import Reading
from domain.record import EventType, NewEvent, Role
from domain.register import Register
from domain.scope import Scope, ScopeKind
from ingest.decode import Decoder
from ingest.quarantine import items_of
from store.operational import OperationalStore
from store.operational.keys import new_key
from store.register_files import parse_device
from store.telemetry.memory import MemoryStore

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
LIT = IndicatorInfo("light_on_rate", "亮灯率", "light-on rate", "%", ("city", "district", "road_class"), "plan item 10")


def lamp(number: int, **changes: Any) -> Device:
    """Return a street lamp; every third stands on a branch road in another district."""
    third = number % 3 == 0
    device = Device(
        id=f"sl-{number:04}",
        kind="streetlight",
        name=f"经十路 {number} 号灯",
        district="370103" if third else "370102",
        management_area="gaoxin" if third else "370102",
        responsible_unit="市城管局",
        lon=117.0 + number / 1000,
        lat=36.65,
        attributes={
            "road": "branch-1" if third else "jingshi",
            "road_class": "branch" if third else "arterial",
            "supply_point": f"sp-{number // 10}",
            "lighting_use": "functional",
        },
    )
    return replace(device, **changes)


SECTION = Device(
    id="rs-xinfengzhuang",
    kind="river_section",
    name="辛丰庄",
    district="370112",
    management_area="370112",
    responsible_unit="市生态环境局",
    attributes={"river": "xiaoqing", "body_type": "river", "section_set": "2026"},
)
TARGET = Target(
    "10-arterial",
    "plan 2019",
    "10",
    "亮灯率达到98以上",
    ("市城管局",),
    "light_on_rate",
    "road_class:arterial",
    limit=98,
    direction=Direction.AT_LEAST,
)


@dataclass
class StoppedClock:
    """A clock that stands still until it is moved."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant


class Shelf(MemoryStore):
    """The telemetry store in memory; `away` makes it unavailable."""

    away = False

    @override
    def readings(self, device: str, kind: str, page: Page) -> Sequence[Reading]:
        if self.away:
            raise StoreUnavailable("http://secret-host:8086 refused")
        return super().readings(device, kind, page)


@dataclass
class SmallView:
    """The live state of a city with one indicator: a lamp is lit when its newest reading says so."""

    clock: StoppedClock
    known: Register
    newest: dict[str, Reading] = field(default_factory=dict)

    def register(self) -> Register:
        """Return the register."""
        return self.known

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading."""
        return self.newest.get(device)

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """One indicator."""
        return [LIT]

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return what the lamps make up."""
        if indicator != LIT.name:
            raise NotFound(f"There is no indicator {indicator!r}.")
        lamps = list(self.known.devices(self.clock.now(), "streetlight"))
        return [
            Scope(ScopeKind.CITY),
            *{Scope(ScopeKind.DISTRICT, d.district) for d in lamps},
            *{Scope(ScopeKind.ROAD_CLASS, d.text("road_class")) for d in lamps},
        ]

    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        """Count the lit lamps."""
        if scope not in self.scopes(indicator):
            raise NotFound(f"{indicator} has no scope {scope}.")
        lamps = [d for d in self.known.devices(self.clock.now(), "streetlight") if _within(d, scope)]
        said = [self.newest[d.id] for d in lamps if d.id in self.newest]
        lit = sum(r.values.get("on") is True for r in said)
        span = Span(min(r.at for r in said), max(r.at for r in said)) if said else None
        total = len(lamps)
        return Measure(
            indicator=LIT.name,
            scope=str(scope),
            at=at or self.clock.now(),
            unit="%",
            value=100 * lit / total,
            numerator=lit,
            denominator=total,
            unknown=total - len(said),
            coverage=len(said) / total,
            span=span,
            register_version=self.known.version,
            detail={"observed": None},
        )

    def targets(self) -> Sequence[Target]:
        """One that can be measured, one that cannot."""
        unmeasured = replace(TARGET, id="10-installed", indicator=None, limit=None, direction=None, scope="city")
        return [TARGET, replace(unmeasured, not_measured_because="needs the asset register")]

    def assess(self, target: Target) -> Assessment:
        """Nothing is known, so nothing is met or missed."""
        if target.indicator is None:
            verdict, reason, measure = TargetVerdict.NOT_MEASURED, target.not_measured_because, None
        else:
            verdict, reason = TargetVerdict.UNKNOWN, "depends on silent lamps"
            measure = self.measure(target.indicator, Scope.parse(target.scope))
        return Assessment(target, verdict, reason, self.clock.now(), measure)

    def gateways(self) -> Mapping[str, bool]:
        """One is there, one is not."""
        return {"gw-2": False, "gw-1": True}

    def engine_status(self) -> Mapping[str, Any]:
        """Return where the engine is."""
        return {"offset": 0, "lag": 0, "catching_up": False}


def _within(device: Device, scope: Scope) -> bool:
    match scope.kind:
        case ScopeKind.DISTRICT:
            return device.district == scope.id
        case ScopeKind.ROAD_CLASS:
            return device.text("road_class") == scope.id
        case _:
            return True


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


class Client:
    """Talks to the application in this process. Every request is complete before it returns."""

    def __init__(self, api: FastAPI, secret: str | None = None, *, reraise: bool = True) -> None:
        """Send `secret` with every request; without `reraise` a bug is an answer of 500."""
        self._transport = httpx.ASGITransport(api, raise_app_exceptions=reraise)
        self._headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request."""
        return asyncio.run(self._send(method, path, options))

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        base = "http://quanyan.test"
        async with httpx.AsyncClient(transport=self._transport, base_url=base, headers=self._headers) as client:
            return await client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)


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
        events=operational.events,
        keys=operational.keys,
        door=door,
        accounting=door,
        health=condition,
        clock=clock,
        wall=wall.now,
        metrics=lambda: b"# HELP up Whether it is up.\n# TYPE up gauge\nup 1.0\n",
        parse_device=parse_device,
        new_key=new_key,
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
