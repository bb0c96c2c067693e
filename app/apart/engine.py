"""`quanyan serve --only engine`: journal to live state, alerts and notices; and the schedule. There is one."""

import os
from dataclasses import dataclass

from app.alert_retention import open_alert_retention
from app.alert_watch import RuleFiles
from app.apart.answers import EngineAnswers
from app.apart.common import (
    ENGINE,
    STOP_S,
    SUBMIT_S,
    Clocks,
    Process,
    answer_calls,
    call_ingest,
    check,
    probes,
)
from app.apart.ports import IngestCalls
from app.apart.remote import RemoteIntake
from app.apart.shared import Shared
from app.engine import Engine
from app.health import PartsHealth
from app.incident_parts import open_incidents
from app.lifecycle import Lifecycle, Part
from app.metrics import EngineCollector
from app.notify import NoticeCollector, Office, open_office
from app.past import Revisions, open_revisions
from app.reloading import Reloading
from app.schedule import Schedule
from app.settings import Settings
from app.stores import decode_limits, open_operational, open_telemetry, operational_place
from app.tracing import open_traces
from app.wiring import fill, past_stores, store_parts
from app.wiring_engine import open_engine, open_view
from app.wiring_intake import IntakeSigns, consumers, nothing
from app.wiring_watch import OwnHealthCollector, Watched, open_own_health
from app.world import RunningWorld
from domain.errors import Unavailable
from domain.ports import TelemetryStore
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.reader import JournalReader
from store.operational.facade import OperationalStore
from store.operational.lease import Lease, engine_lease

SIGNS_S = 2
"""How long the watch over the service waits for ingest's answer."""


@dataclass(frozen=True, slots=True)
class _Wired:
    """The parts of the process."""

    operational: OperationalStore
    telemetry: TelemetryStore
    lease: Lease
    office: Office
    journal: JournalReader
    engine: Engine
    rule_files: RuleFiles
    revisions: Revisions


def build_engine(settings: Settings, clocks: Clocks) -> Process:
    """Wire the parts. Nothing runs before `lifecycle.start()`.

    Raises:
        ConfigError: a setting or file is wrong, a port is taken, or there is an engine already.
        StoreUnavailable: the operational database is away.
    """
    check(settings, ENGINE)
    traces = open_traces(ENGINE, os.environ)
    schedule = Schedule()
    wired = _wire(settings, clocks, schedule)
    operational, office, engine = wired.operational, wired.office, wired.engine
    view = open_view(settings, engine, (operational, wired.telemetry), wired.journal, clocks[0])
    world = RunningWorld(operational.register, operational.lighting, operational.events, engine, clocks[0])
    fill(schedule, settings, (engine, wired.rule_files, wired.lease), world)
    door = RemoteIntake(call_ingest(settings, SUBMIT_S), Shared(0))
    cases = (operational.incidents, operational.alerts.open, view.register, door)
    open_incidents(settings, clocks, cases, office, schedule)
    kept_alerts = open_alert_retention(settings.alerts, operational, clocks, schedule)
    health = _health(wired)
    ingest = call_ingest(settings, SIGNS_S)
    watched = Watched(lambda: signs_of(ingest), engine, operational, office, lambda: 1.0)
    own = open_own_health(settings, watched, clocks, health)
    reloading = Reloading(wired.rule_files, office, operational.events, clocks[0])
    calls = answer_calls(settings, ENGINE, EngineAnswers(view, world, wired.rule_files, office, reloading))
    health.thread("calls", calls.alive)
    told = (EngineCollector(view), wired.revisions, NoticeCollector(office), kept_alerts, OwnHealthCollector(own))
    http = probes(settings, ENGINE, health, told, (operational, clocks[1]))
    parts = [
        *traces,
        *_parts(settings, wired),
        Part("calls", "answers api", calls.start, calls.stop),
        http,
        Part("schedule", "snapshots, refreshes, deadlines", schedule.start, schedule.stop),
        *own.parts(),
    ]
    return Process(Lifecycle(parts), health, reloading.on_signal, lambda: engine.beginning.over)


def _wire(settings: Settings, clocks: Clocks, schedule: Schedule) -> _Wired:
    operational, telemetry = open_operational(settings), open_telemetry(settings)
    lease = engine_lease(operational_place(settings))
    office = open_office(settings, operational, clocks[1], schedule)
    folder = settings.under_data(settings.journal.folder)
    journal = JournalReader(folder, ENGINE, consumers(settings), settings.journal.cap_bytes)
    # what is rejected is kept by the process that stores: here a reason would do
    decoder = Decoder(lambda: engine.register, decode_limits(settings), lambda _sender, _at: True)
    feed = DecodedFeed(journal, decoder)
    engine, rule_files = open_engine(settings, clocks, (journal, feed), operational, (office, lambda: 1.0))
    revisions = open_revisions(settings, clocks[0], journal, engine, past_stores(operational, telemetry))
    return _Wired(operational, telemetry, lease, office, journal, engine, rule_files, revisions)


def _health(wired: _Wired) -> PartsHealth:
    health = PartsHealth()
    health.thread("engine", wired.engine.alive)
    health.check("engine", wired.engine.beginning.failure)
    health.thread("engine-lease", wired.lease.held)
    wired.revisions.watch(health)
    health.thread("notify", wired.office.worker.alive)
    health.check("operational", lambda: None if wired.operational.healthy() else "does not answer")
    return health


def _parts(settings: Settings, wired: _Wired) -> list[Part]:
    office, engine = wired.office, wired.engine
    folder = settings.under_data(settings.journal.folder)
    return [
        Part("engine-lease", "one engine for one database", nothing, wired.lease.release),
        *store_parts(settings, wired.operational, wired.telemetry),
        Part("journal", f"reads {folder}", nothing, wired.journal.close),
        Part("notify", f"channels {', '.join(office.status())}", office.start, lambda: office.worker.stop(STOP_S)),
        Part("engine", "live indicators and targets", engine.start, lambda: engine.stop(STOP_S)),
        *wired.revisions.parts(),
    ]


def signs_of(ingest: IngestCalls) -> IntakeSigns:
    """Return how the way in is; an ingest process that does not answer is told as a journal that cannot be written."""
    try:
        return ingest.signs()
    except Unavailable as away:
        return IntakeSigns(broker=None, received=0, journal=str(away), journal_share=0.0, store=None)
