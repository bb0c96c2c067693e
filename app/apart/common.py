"""What the processes have in common: the calls, what is held without an engine, and health and metrics over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from prometheus_client.registry import Collector

from api.crowd import Crowd
from api.server import create_probes
from api.services import Probes
from app.apart.client import CallClient
from app.apart.ports import EngineCalls, IngestCalls
from app.apart.server import CallServer
from app.apart.wire import Calls
from app.health import PartsHealth
from app.http import HttpServer, bind
from app.lifecycle import Lifecycle, Part
from app.metrics import CrowdCollector, exposition
from app.settings import Settings
from app.world import HeldWorld, RunningWorld
from domain.errors import ConfigError, Problem, Unavailable
from domain.ports import Clock
from store.operational.facade import OperationalStore

INGEST: Final = "ingest"
ENGINE: Final = "engine"
API: Final = "api"
REFRESH_S: Final = 2
STOP_S: Final = 20
SUBMIT_S: Final = 35
"""Longer than the door waits for the journal."""

Clocks = tuple[Clock, Callable[[], datetime]]
"""The city's, the wall's."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, wired and not yet started."""

    lifecycle: Lifecycle
    health: PartsHealth
    on_hangup: Callable[[], object]
    """What SIGHUP does."""
    settled: Callable[[], bool] = lambda: True
    """Whether all that the start loads is loaded."""


def check(settings: Settings, process: str) -> None:
    """Refuse what cannot be shared by processes.

    Raises:
        ConfigError: the telemetry store is of one process.
    """
    if settings.telemetry.kind == "duckdb":
        reason = f"DuckDB is of one process: --only {process} needs InfluxDB (kind = 'influx'); or serve without --only"
        raise ConfigError([Problem("settings", 0, "telemetry.kind", reason)])


def call_ingest(settings: Settings, patience: float = 10) -> IngestCalls:
    """Return what calls the ingest process; one that does not answer is `StoreUnavailable`."""
    path = settings.under_data(settings.processes.folder) / f"{INGEST}.sock"
    return cast("IngestCalls", CallClient(Calls(IngestCalls), path, INGEST, patience))


def call_engine(settings: Settings, patience: float = 10) -> EngineCalls:
    """Return what calls the engine process; one that does not answer is `StoreUnavailable`."""
    path = settings.under_data(settings.processes.folder) / f"{ENGINE}.sock"
    return cast("EngineCalls", CallClient(Calls(EngineCalls), path, ENGINE, patience))


def answer_calls(settings: Settings, process: str, target: IngestCalls | EngineCalls) -> CallServer:
    """Return what answers the other processes. Raises `ConfigError`."""
    calls = Calls(IngestCalls if process == INGEST else EngineCalls)
    return CallServer(calls, target, settings.under_data(settings.processes.folder) / f"{process}.sock")


def failure_of(call: Callable[[], None]) -> str | None:
    """Return why another process does not answer, or None."""
    try:
        call()
    except Unavailable as away:
        return str(away)
    return None


def hold_world(operational: OperationalStore, clock: Clock) -> tuple[HeldWorld, RunningWorld]:
    """Load register and lighting plan for a process without an engine, and what keeps them new."""
    held = HeldWorld(operational.register.load(), operational.lighting.load())
    return held, RunningWorld(operational.register, operational.lighting, operational.events, held, clock)


def probes(
    settings: Settings,
    process: str,
    health: PartsHealth,
    collectors: Sequence[Collector],
    rest: tuple[OperationalStore, Callable[[], datetime]],
) -> Part:
    """Return health and metrics (of the `collectors`) over HTTP. `rest`: where the keys are, and the wall clock.

    Raises:
        ConfigError: the port is taken.
    """
    operational, wall = rest
    host, wanted = settings.api.host, settings.processes
    port = wanted.ingest_port if process == INGEST else wanted.engine_port
    crowd = Crowd()
    metrics = exposition(process, *collectors, CrowdCollector(crowd))
    told = Probes(process, health, metrics, operational.keys, wall)
    http = HttpServer(create_probes(told), bind(host, port, f"processes.{process}_port"), crowd)
    health.thread("http", http.alive)
    return Part("http", f"health and metrics on http://{host}:{port}/", http.start, http.stop)
