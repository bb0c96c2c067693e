"""`quanyan serve --only api`: the API and the page over the stores; what lives in memory is asked of who has it.

Any number of these may run. A change is recorded in the stores, then ingest and engine are told to look.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from api.crowd import Crowd
from api.server import create_api
from api.services import AlertServices, DutyServices, Services
from api.web import WebFiles
from app.apart.common import (
    API,
    REFRESH_S,
    SUBMIT_S,
    Clocks,
    Process,
    call_engine,
    call_ingest,
    check,
    failure_of,
    hold_world,
)
from app.apart.ports import EngineCalls, IngestCalls
from app.apart.remote import RemoteIntake, RemoteRules, RemoteView
from app.apart.shared import Shared
from app.away import Away
from app.health import PartsHealth
from app.http import HttpServer, bind
from app.incidents import IncidentDesk, load_plan
from app.lifecycle import Lifecycle, Part
from app.links import ack_services, open_links
from app.metrics import CrowdCollector, exposition
from app.past_view import PastView
from app.reports.service import Reports
from app.roster import RunningRoster
from app.schedule import Schedule
from app.settings import Settings
from app.stores import decode_limits, open_operational, open_telemetry
from app.targets import load_targets
from app.tracing import open_traces
from app.wiring import WEB, base_of, city_of, store_parts
from app.wiring_intake import nothing
from app.world import HeldWorld, RunningWorld
from domain.errors import Unavailable
from domain.lighting import LightingPlan, Override, Timetable
from domain.ports import Clock, DeviceChange, TelemetryStore
from domain.register import Register
from ingest.decode import Decoder
from ingest.replayer import ReplayDesk
from rules.indicator import World as Seen
from store.duty_files import parse_roster
from store.operational.facade import OperationalStore
from store.operational.keys import new_key
from store.register_files import parse_device

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another process, which looks at the world when it is told to."""

    look: Callable[[], None]
    away: Away = field(default_factory=lambda: Away(logger, "world_not_told"))

    def tell(self) -> None:
        """Have it look; one that does not answer is told of in the log, at growing intervals."""
        try:
            self.look()
        except Unavailable as why:
            self.away.says(why)
        else:
            self.away.over()


@dataclass(frozen=True, slots=True)
class ToldWorld:
    """Implements `domain.ports.World`: a change is recorded, and the others have looked before it is answered.

    Who does not answer looks by itself, every two seconds and when it starts.
    """

    world: RunningWorld
    others: Sequence[Neighbour]

    def change_devices(self, changes: Sequence[DeviceChange], author: str) -> Register:
        """Record changes of the register."""
        register = self.world.change_devices(changes, author)
        self._tell()
        return register

    def put_timetable(self, timetable: Timetable, author: str) -> LightingPlan:
        """Record a lighting timetable."""
        plan = self.world.put_timetable(timetable, author)
        self._tell()
        return plan

    def add_override(self, override: Override) -> LightingPlan:
        """Record a lighting override."""
        plan = self.world.add_override(override)
        self._tell()
        return plan

    def withdraw_override(self, override_id: str, author: str) -> LightingPlan:
        """Withdraw a lighting override."""
        plan = self.world.withdraw_override(override_id, author)
        self._tell()
        return plan

    def _tell(self) -> None:
        for other in self.others:
            other.tell()


@dataclass(frozen=True, slots=True)
class _Here:
    """What the process has itself, and whom it calls."""

    operational: OperationalStore
    telemetry: TelemetryStore
    held: HeldWorld
    world: RunningWorld
    roster: RunningRoster
    engine: EngineCalls
    ingest: IngestCalls
    shared: Shared
    health: PartsHealth


def build_api(settings: Settings, clocks: Clocks) -> Process:
    """Open the stores and wire the API. Nothing runs before `lifecycle.start()`.

    Raises:
        ConfigError: a setting or file is wrong, or the port is taken.
        StoreUnavailable: the operational database is away.
    """
    check(settings, API)
    traces = open_traces(API, os.environ)
    listener = bind(settings.api.host, settings.api.port)
    here = _here(settings, clocks)
    schedule = Schedule()
    schedule.every(REFRESH_S, "world-refresh", here.world.refresh)
    schedule.every(REFRESH_S, "roster-refresh", here.roster.refresh)
    crowd = Crowd()
    http = HttpServer(create_api(_services(settings, clocks, here, crowd), crowd), listener, crowd)
    here.health.thread("http", http.alive)
    parts = [
        *traces,
        *store_parts(settings, here.operational, here.telemetry),
        Part("api", f"http://{settings.api.host}:{settings.api.port}/", http.start, http.stop),
        Part("schedule", "register and roster refresh", schedule.start, schedule.stop),
    ]
    return Process(Lifecycle(parts), here.health, nothing)


def _here(settings: Settings, clocks: Clocks) -> _Here:
    operational, telemetry = open_operational(settings), open_telemetry(settings)
    held, world = hold_world(operational, clocks[0])
    engine = call_engine(settings)
    health = PartsHealth()
    health.check("operational", lambda: None if operational.healthy() else "does not answer")
    health.check("engine", lambda: failure_of(engine.ping))
    return _Here(
        operational,
        telemetry,
        held,
        world,
        RunningRoster(operational.duty, settings.city.place),
        engine,
        call_ingest(settings, SUBMIT_S),
        Shared(settings.engine.tick_s),
        health,
    )


def _view(settings: Settings, clocks: Clocks, here: _Here) -> RemoteView:
    held, place = here.held, settings.city.place
    before = PastView(
        lambda: Seen(held.register, held.lighting, place), here.telemetry, here.ingest.oldest_unstored, clocks[0]
    )
    return RemoteView(here.engine, held, before, here.shared)


def _desk(operational: OperationalStore, clock: Clock, tz: ZoneInfo, held: HeldWorld) -> IncidentDesk:
    """Case files are kept here; the engine brings them into the journal."""
    return IncidentDesk(
        operational.incidents, load_plan(), clock, tz, lambda: held.register, alerts=operational.alerts.open
    )


def _services(settings: Settings, clocks: Clocks, here: _Here, crowd: Crowd) -> Services:
    (clock, wall), place = clocks, settings.city.place
    operational, engine = here.operational, here.engine
    intake = RemoteIntake(here.ingest, here.shared)
    decoder = Decoder(lambda: here.held.register, decode_limits(settings))
    return Services(
        live=_view(settings, clocks, here),
        store=here.telemetry,
        registers=operational.register,
        world=ToldWorld(here.world, (Neighbour(here.ingest.take_over), Neighbour(engine.take_over))),
        lighting=operational.lighting,
        quarantine=operational.quarantine,
        replays=ReplayDesk(operational.quarantine, decoder, clock),
        arrivals=intake,
        events=operational.events,
        measures=operational.measures,
        retention=settings.retention.policy,
        tz=place.tz,
        keys=operational.keys,
        duty=_duty(here),
        alerts=AlertServices(operational.alerts, operational.mutes, RemoteRules(engine)),
        once=operational.once,
        door=intake,
        accounting=intake,
        health=here.health,
        clock=clock,
        wall=wall,
        metrics=exposition(API, CrowdCollector(crowd)),
        reload=engine.reload,
        parse_device=parse_device,
        new_key=new_key,
        incidents=_desk(operational, clock, place.tz, here.held),
        reports=Reports(operational.measures, load_targets(settings.targets_file, place), settings.city.name, place),
        city=city_of(settings),
        web=WebFiles(WEB, base_of(settings).origins),
        base_map=base_of(settings),
        ack=ack_services(open_links(settings), operational.links),
        process=API,
    )


def _duty(here: _Here) -> DutyServices:
    duty, chains = here.operational.duty, lambda: here.shared.get("chains", here.engine.chains)
    return DutyServices(duty, here.roster.current, chains, here.operational.outbox, here.engine.channels, parse_roster)
