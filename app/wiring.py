"""The object graph, in order: the only place that knows every implementation."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from api.server import create_api
from api.services import AlertServices, City, Services
from api.web import WebFiles
from app.alert_watch import RuleFiles
from app.arrivals import CONSUMER as ARRIVALS_CONSUMER
from app.engine import CONSUMER as ENGINE_CONSUMER
from app.engine import Engine
from app.health import PartsHealth
from app.http import HttpServer, bind
from app.incident_parts import open_incidents
from app.incidents import IncidentDesk
from app.lifecycle import Lifecycle, Part
from app.links import ack_services
from app.metrics import CityCollector, exposition
from app.notify import NoticeCollector, Office, open_office
from app.past import ARCHIVE_CONSUMER, Past, PastStores, open_past
from app.reloading import Reloading
from app.reports.service import Reports
from app.schedule import Schedule
from app.settings import Settings
from app.stores import decode_limits, mqtt_options, open_operational, open_telemetry, replayer_options
from app.view import STORE_CONSUMER, EngineView
from app.wiring_engine import open_engine
from app.wiring_watch import OwnHealth, OwnHealthCollector, Watched, open_own_health
from app.world import RunningWorld
from domain.ports import Clock, TelemetryStore
from domain.record import Role
from ingest.accounting import Ledger
from ingest.client import MqttSource
from ingest.decode import Decoder
from ingest.door import Door
from ingest.feed import DecodedFeed
from ingest.inbox import Inbox
from ingest.journal.sqlite import SqliteJournal
from ingest.replayer import ReplayDesk, Replayer
from ingest.store_writer import StoreWriter, StoreWriterOptions
from ingest.writer import JournalWriter
from store.operational.facade import OperationalStore
from store.operational.keys import new_key
from store.register_files import parse_device

STOP_S = 20
REFRESH_S = 2
WEB = Path(__file__).parents[1] / "web" / "dist"
"""The built page (`make web`)."""


def consumers(settings: Settings) -> tuple[str, ...]:
    """Return who must have passed a file of the journal before it goes."""
    always = (STORE_CONSUMER, ENGINE_CONSUMER, ARRIVALS_CONSUMER)
    return (*always, ARCHIVE_CONSUMER) if settings.archive.enabled else always


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


@dataclass(frozen=True, slots=True)
class _Ways:
    """Everything between the doors and the journal, and what consumes it."""

    ledger: Ledger
    journal: SqliteJournal
    writer: JournalWriter
    source: MqttSource
    door: Door
    store_writer: StoreWriter
    replayer: Replayer
    replays: ReplayDesk
    past: Past
    engine: Engine
    rule_files: RuleFiles


def build(settings: Settings, clock: Clock, wall: Callable[[], datetime], extras: Extras | None = None) -> System:
    """Open the stores, restore the engine and wire every part. Nothing runs before `lifecycle.start()`.

    Raises:
        ConfigError: a setting, secret, target or file is wrong, or a port is taken.
        StoreUnavailable: the operational database is away.
    """
    extras = extras or Extras()
    listener = bind(settings.api.host, settings.api.port)
    operational = open_operational(settings)
    telemetry = open_telemetry(settings)
    schedule = Schedule()
    office = open_office(settings, operational, wall, schedule)
    ways = _ways(settings, (clock, wall), operational, telemetry, office, extras.pace)
    view = EngineView(ways.engine, telemetry, ways.journal, clock)
    world = RunningWorld(operational.register, operational.lighting, operational.events, ways.engine, clock)
    _fill(schedule, settings, ways, world)
    health = _health(ways, operational, office)
    city = (operational.incidents, operational.alerts.open, view.register, ways.door)
    kept = _Kept(operational, telemetry, office, open_incidents(settings, (clock, wall), city, office, schedule))
    kinds = (ways.source, ways.writer, ways.journal, ways.ledger, ways.store_writer, ways.engine)
    own = open_own_health(settings, Watched(*kinds, operational, office, extras.pace), (clock, wall), health)
    metrics = exposition(_collector(settings, ways, view), ways.past, NoticeCollector(office), OwnHealthCollector(own))
    reloading = Reloading(ways.rule_files, office, operational.events, clock)
    rest = (settings, extras, metrics, reloading, health)
    services = _services(kept, (view, world, ways), (clock, wall), rest)
    http = HttpServer(create_api(services), listener)
    health.thread("http", http.alive)
    parts = [*_parts(settings, ways, kept, http, schedule), *own.parts()]
    return System(Lifecycle(parts), ways.engine, view, world, operational, health, own, reloading)


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
    return Services(
        live=view,
        store=kept.telemetry,
        registers=operational.register,
        world=world,
        lighting=operational.lighting,
        quarantine=operational.quarantine,
        replays=ways.replays,
        arrivals=ways.past.arrivals.ledger,
        events=operational.events,
        measures=operational.measures,
        retention=settings.retention.policy,
        tz=settings.city.place.tz,
        keys=operational.keys,
        duty=office.services(operational.duty),
        alerts=AlertServices(operational.alerts, operational.mutes, ways.rule_files),
        once=operational.once,
        door=ways.door,
        accounting=ways.ledger,
        health=health,
        clock=clock,
        wall=wall,
        metrics=metrics,
        reload=reloading.reload,
        parse_device=parse_device,
        new_key=new_key,
        incidents=kept.desk,
        reports=Reports(operational.measures, view.targets(), settings.city.name, settings.city.place),
        city=City(settings.city.name, settings.city.zone, settings.city.latitude, settings.city.longitude),
        web=WebFiles(WEB),
        ack=ack_services(office.links, operational.links),
        anonymous=extras.anonymous,
        simulated=extras.simulated,
    )


def _ways(
    settings: Settings,
    clocks: tuple[Clock, Callable[[], datetime]],
    operational: OperationalStore,
    telemetry: TelemetryStore,
    office: Office,
    pace: Callable[[], float],
) -> _Ways:
    clock, _ = clocks
    folder = settings.under_data(settings.journal.folder)
    journal = SqliteJournal(folder, consumers(settings), settings.journal.cap_bytes, settings.journal.roll_bytes)
    ledger = Ledger(clock.now())
    decoder = Decoder(lambda: engine.register, decode_limits(settings))
    feed = DecodedFeed(journal, decoder)
    engine, rule_files = open_engine(settings, clocks, (journal, feed), operational, (office, pace))
    inbox = Inbox(ledger, room=settings.mqtt.receive_maximum + 1000)
    return _Ways(
        ledger=ledger,
        journal=journal,
        writer=JournalWriter(inbox, journal, ledger),
        source=MqttSource(mqtt_options(settings), inbox, ledger, clock),
        door=Door(inbox, decoder, clock),
        store_writer=StoreWriter(
            journal,
            feed,
            (telemetry, operational.quarantine),
            ledger,
            StoreWriterOptions(append_readings=settings.telemetry.batch_readings),
        ),
        replayer=Replayer(operational.quarantine, journal, inbox, clock, replayer_options(settings)),
        replays=ReplayDesk(operational.quarantine, decoder, clock),
        past=open_past(settings, clock, journal, feed, engine, past_stores(operational, telemetry)),
        engine=engine,
        rule_files=rule_files,
    )


def past_stores(operational: OperationalStore, telemetry: TelemetryStore) -> PastStores:
    """Return where readings, measures and the world are kept."""
    return PastStores(telemetry, operational.measures, operational.register, operational.lighting)


def _health(ways: _Ways, operational: OperationalStore, office: Office) -> PartsHealth:
    """A telemetry store that is away does not make the service unready: readings wait in the journal, live goes on."""
    health = PartsHealth()
    health.thread("journal-writer", ways.writer.alive)
    health.thread("store-writer", ways.store_writer.alive)
    health.thread("quarantine", ways.replayer.alive)
    ways.past.watch(health)
    health.thread("engine", ways.engine.alive)
    health.thread("mqtt-supervisor", ways.source.alive)
    health.thread("notify", office.worker.alive)
    health.check("journal", lambda: ways.writer.failure)
    health.check("mqtt", lambda: None if ways.source.status().connected else _why(ways.source.status().error))
    health.check("operational", lambda: None if operational.healthy() else "does not answer")
    return health


def _collector(settings: Settings, ways: _Ways, view: EngineView) -> CityCollector:
    status = ways.source.status
    writer = ways.store_writer
    names = consumers(settings)
    return CityCollector(ways.ledger, ways.journal, view, names, lambda: asdict(status()), lambda: writer.failure)


def _why(error: str | None) -> str:
    return error or "not connected yet"


def _fill(schedule: Schedule, settings: Settings, ways: _Ways, world: RunningWorld) -> None:
    schedule.every(settings.engine.snapshot_every_s, "engine-snapshot", ways.engine.request_snapshot)
    schedule.every(REFRESH_S, "world-refresh", world.refresh)
    schedule.every(REFRESH_S, "alert-rules", ways.rule_files.look)
    ways.past.schedule(schedule, settings.retention.every_s)


def _parts(
    settings: Settings,
    ways: _Ways,
    stores: _Kept,
    http: HttpServer,
    schedule: Schedule,
) -> list[Part]:
    """Doors last, so that nothing comes in before it can be kept; they stop first."""
    operational, telemetry, office = stores.operational, stores.telemetry, stores.office
    kept = settings.telemetry
    where = f"InfluxDB {kept.url}, bucket {kept.bucket}" if kept.kind == "influx" else f"DuckDB {_place(settings)}"
    mqtt = settings.mqtt
    api = f"http://{settings.api.host}:{settings.api.port}/"
    return [
        Part("operational", f"register, events, keys in {settings.operational_url()}", _nothing, operational.close),
        Part("telemetry", f"readings in {where}", _nothing, telemetry.close),
        Part("journal", f"{settings.under_data(settings.journal.folder)}", _nothing, ways.journal.close),
        Part("notify", f"channels {', '.join(office.status())}", office.start, lambda: office.worker.stop(STOP_S)),
        Part("engine", "live indicators and targets", ways.engine.start, lambda: ways.engine.stop(STOP_S)),
        Part("store-writer", "journal to telemetry", ways.store_writer.start, lambda: ways.store_writer.stop(STOP_S)),
        *ways.past.parts(),
        Part("journal-writer", "deliveries to journal", ways.writer.start, lambda: ways.writer.stop(STOP_S)),
        Part("quarantine", "replays and expiry", ways.replayer.start, lambda: ways.replayer.stop(STOP_S)),
        Part("api", api, http.start, http.stop),
        Part("mqtt", f"mqtt://{mqtt.host}:{mqtt.port}", ways.source.start, lambda: ways.source.stop(STOP_S)),
        Part("schedule", "snapshots and register refresh", schedule.start, schedule.stop),
    ]


def _place(settings: Settings) -> str:
    return str(settings.under_data(settings.telemetry.path))


def _nothing() -> None:
    """Open already: a part that only has to be closed."""
