"""The object graph, in order: the only place that knows every implementation."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.base_map import BaseMap
from api.crowd import Crowd
from api.server import create_api
from api.services import AlertServices, City, Services
from api.web import WebFiles
from app.alert_retention import open_alert_retention
from app.alert_watch import RuleFiles
from app.engine import Engine
from app.health import PartsHealth
from app.http import HttpServer, bind
from app.incident_parts import open_incidents
from app.incidents import IncidentDesk
from app.lifecycle import Lifecycle, Part
from app.links import ack_services
from app.map_settings import base_map
from app.metrics import CrowdCollector, EngineCollector, exposition
from app.notify import NoticeCollector, Office, open_office
from app.past import PastStores, Revisions, open_revisions
from app.reloading import Reloading
from app.reports.service import Reports
from app.schedule import Schedule
from app.settings import Settings, secret
from app.stores import open_operational, open_telemetry, operational_place
from app.tracing import open_traces
from app.view import EngineView
from app.wiring_engine import open_engine, open_view
from app.wiring_intake import Intake, nothing, open_intake
from app.wiring_watch import OwnHealth, OwnHealthCollector, Watched, open_own_health
from app.world import RunningWorld
from domain.ports import Clock, TelemetryStore
from domain.record import Role
from domain.register import Register
from ingest.replayer import ReplayDesk
from store.operational.facade import OperationalStore
from store.operational.keys import new_key
from store.operational.lease import Lease, engine_lease
from store.register_files import parse_device

STOP_S = 20
REFRESH_S = 2
WEB = Path(__file__).parents[1] / "web" / "dist"
"""The built page (`make web`)."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What the demo changes: a door without key, a city clock that runs fast, and is marked as such."""

    anonymous: Role | None = None
    pace: Callable[[], float] = lambda: 1.0
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """A whole service, wired and not yet started."""

    lifecycle: Lifecycle
    engine: Engine
    view: EngineView
    world: RunningWorld
    operational: OperationalStore
    health: PartsHealth
    own: OwnHealth
    reloading: Reloading
    received: Callable[[], int]
    """Deliveries that have come in since it started."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """The way in, and the engine that reads the journal."""

    intake: Intake
    engine: Engine
    rule_files: RuleFiles
    revisions: Revisions


def build(settings: Settings, clock: Clock, wall: Callable[[], datetime], extras: Extras | None = None) -> System:
    """Open the stores and wire every part. Nothing runs before `lifecycle.start()`.

    Raises:
        ConfigError: a setting, secret, target or file is wrong, or a port is taken.
        StoreUnavailable: the operational database is away.
    """
    extras = extras or Extras()
    traces = open_traces("all", os.environ)
    listener = bind(settings.api.host, settings.api.port)
    operational = open_operational(settings)
    telemetry = open_telemetry(settings)
    schedule = Schedule()
    lease = engine_lease(operational_place(settings))
    office = open_office(settings, operational, wall, schedule)
    ways = _ways(settings, (clock, wall), operational, telemetry, office, extras.pace)
    view = open_view(settings, ways.engine, (operational, telemetry), ways.intake.journal, clock)
    world = RunningWorld(operational.register, operational.lighting, operational.events, ways.engine, clock)
    fill(schedule, settings, (ways.engine, ways.rule_files, lease), world)
    ways.intake.books.schedule(schedule, settings.retention.every_s)
    health = _health(ways, operational, office, lease)
    city = (operational.incidents, operational.alerts.open, view.register, ways.intake.door)
    kept = _Kept(operational, telemetry, office, open_incidents(settings, (clock, wall), city, office, schedule))
    watched = Watched(ways.intake.signs, ways.engine, operational, office, extras.pace)
    own = open_own_health(settings, watched, (clock, wall), health)
    crowd = Crowd()
    telling = (
        ways.intake.books,
        ways.revisions,
        NoticeCollector(office),
        open_alert_retention(settings.alerts, operational, (clock, wall), schedule),
        OwnHealthCollector(own),
        CrowdCollector(crowd),
    )
    metrics = exposition("all", ways.intake.collector(), EngineCollector(view), *telling)
    reloading = Reloading(ways.rule_files, office, operational.events, clock)
    rest = (settings, extras, metrics, reloading, health)
    services = _services(kept, (view, world, ways), (clock, wall), rest)
    http = HttpServer(create_api(services, crowd), listener, crowd)
    health.thread("http", http.alive)
    held = Part("engine-lease", "one engine for one database", nothing, lease.release)
    parts = [*traces, held, *_parts(settings, ways, kept, http, schedule), *own.parts()]
    lifecycle = Lifecycle(parts)
    return System(
        lifecycle, ways.engine, view, world, operational, health, own, reloading, lambda: ways.intake.signs().received
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """The stores, and the office that tells people."""

    operational: OperationalStore
    telemetry: TelemetryStore
    office: Office
    desk: IncidentDesk


_City = tuple[EngineView, RunningWorld, _Ways]
_Clocks = tuple[Clock, Callable[[], datetime]]
_Rest = tuple[Settings, Extras, Callable[[], bytes], Reloading, PartsHealth]


def _services(kept: _Kept, city: _City, clocks: _Clocks, rest: _Rest) -> Services:
    operational, office = kept.operational, kept.office
    (view, world, ways), (clock, wall), (settings, extras, metrics, reloading, health) = city, clocks, rest
    base = base_of(settings)
    return Services(
        live=view,
        store=kept.telemetry,
        registers=operational.register,
        world=world,
        lighting=operational.lighting,
        quarantine=operational.quarantine,
        replays=ReplayDesk(operational.quarantine, ways.intake.decoder, clock),
        arrivals=ways.intake.books.arrivals.ledger,
        events=operational.events,
        measures=operational.measures,
        retention=settings.retention.policy,
        tz=settings.city.place.tz,
        keys=operational.keys,
        duty=office.services(operational.duty),
        alerts=AlertServices(operational.alerts, operational.mutes, ways.rule_files),
        once=operational.once,
        door=ways.intake.door,
        accounting=ways.intake.ledger,
        health=health,
        clock=clock,
        wall=wall,
        metrics=metrics,
        reload=reloading.reload,
        parse_device=parse_device,
        new_key=new_key,
        incidents=kept.desk,
        reports=Reports(operational.measures, view.targets(), settings.city.name, settings.city.place),
        city=city_of(settings),
        web=WebFiles(WEB, base.origins),
        base_map=base,
        ack=ack_services(office.links, operational.links),
        anonymous=extras.anonymous,
        simulated=extras.simulated,
    )


def base_of(settings: Settings) -> BaseMap:
    """Return what the page draws below its map, with its key.

    Raises:
        ConfigError: the key cannot be read, or would change the address that it stands in.
    """
    return base_map(settings.map, secret(settings.map.key, settings.map.key_file, "map.key"))


def city_of(settings: Settings) -> City:
    """Return which city this is, for the page."""
    return City(settings.city.name, settings.city.zone, settings.city.latitude, settings.city.longitude)


def _ways(
    settings: Settings,
    clocks: tuple[Clock, Callable[[], datetime]],
    operational: OperationalStore,
    telemetry: TelemetryStore,
    office: Office,
    pace: Callable[[], float],
) -> _Ways:
    clock, _ = clocks

    def register() -> Register:
        return engine.register

    def await_register() -> None:
        engine.beginning.wait()

    intake = open_intake(settings, clock, register, (operational, telemetry), await_register)
    source = (intake.journal, intake.feed)
    engine, rule_files = open_engine(settings, clocks, source, operational, (office, pace))
    revisions = open_revisions(settings, clock, intake.journal, engine, past_stores(operational, telemetry))
    return _Ways(intake, engine, rule_files, revisions)


def past_stores(operational: OperationalStore, telemetry: TelemetryStore) -> PastStores:
    """Return where readings, measures and the world are kept."""
    return PastStores(telemetry, operational.measures, operational.register, operational.lighting)


def _health(ways: _Ways, operational: OperationalStore, office: Office, lease: Lease) -> PartsHealth:
    health = PartsHealth()
    ways.intake.watch(health)
    ways.revisions.watch(health)
    health.thread("engine", ways.engine.alive)
    health.check("engine", ways.engine.beginning.failure)
    health.thread("engine-lease", lease.held)
    health.thread("notify", office.worker.alive)
    health.check("operational", lambda: None if operational.healthy() else "does not answer")
    return health


def fill(schedule: Schedule, settings: Settings, engine: tuple[Engine, RuleFiles, Lease], world: RunningWorld) -> None:
    """Schedule what wakes an engine and what it depends on."""
    running, rule_files, lease = engine
    schedule.every(settings.engine.snapshot_every_s, "engine-snapshot", running.request_snapshot)
    schedule.every(REFRESH_S, "world-refresh", world.refresh)
    schedule.every(REFRESH_S, "alert-rules", rule_files.look)
    schedule.every(REFRESH_S, "engine-lease", lease.look)


def _parts(
    settings: Settings,
    ways: _Ways,
    stores: _Kept,
    http: HttpServer,
    schedule: Schedule,
) -> list[Part]:
    """Doors last, so that nothing comes in before it can be kept; they stop first."""
    operational, telemetry, office, intake = stores.operational, stores.telemetry, stores.office, ways.intake
    api = f"http://{settings.api.host}:{settings.api.port}/"
    return [
        *store_parts(settings, operational, telemetry),
        Part("journal", f"{settings.under_data(settings.journal.folder)}", nothing, intake.journal.close),
        Part("notify", f"channels {', '.join(office.status())}", office.start, lambda: office.worker.stop(STOP_S)),
        Part("engine", "live indicators and targets", ways.engine.start, lambda: ways.engine.stop(STOP_S)),
        *ways.revisions.parts(),
        *intake.consuming(),
        *intake.taking(),
        Part("api", api, http.start, http.stop),
        intake.listening(settings),
        Part("schedule", "snapshots and register refresh", schedule.start, schedule.stop),
    ]


def store_parts(settings: Settings, operational: OperationalStore, telemetry: TelemetryStore) -> list[Part]:
    """Return the open stores: parts that only have to be closed."""
    kept = settings.telemetry
    where = f"InfluxDB {kept.url}, bucket {kept.bucket}" if kept.kind == "influx" else f"DuckDB {_place(settings)}"
    return [
        Part("operational", f"register, events, keys in {settings.operational_url()}", nothing, operational.close),
        Part("telemetry", f"readings in {where}", nothing, telemetry.close),
    ]


def _place(settings: Settings) -> str:
    return str(settings.under_data(settings.telemetry.path))
