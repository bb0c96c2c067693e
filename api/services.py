"""What the API needs of the rest of Quanyan: ports and plain callables, handed over once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from api.base_map import BaseMap
from api.web import WebFiles
from domain.ack_links import LinkStore
from domain.alert_ports import AlertRules, AlertStore, MuteStore
from domain.device import Device
from domain.duty import Roster
from domain.escalation import EscalationPlan
from domain.ports import (
    Accounting,
    ArrivalLedger,
    Clock,
    DutyStore,
    EventLog,
    Health,
    Incidents,
    IngestDoor,
    KeyStore,
    LightingStore,
    LiveView,
    MeasureStore,
    OnceStore,
    Outbox,
    QuarantineStore,
    RegisterStore,
    Replays,
    Reports,
    TelemetryStore,
    World,
)
from domain.record import ApiKey, Role
from domain.retention import RetentionPolicy
from rules.duty.links import Claim
from rules.duty.plan import DutyPlan


@dataclass(frozen=True, slots=True)
class City:
    """Name, IANA zone and WGS-84 position of the city."""

    name: str
    zone: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class DutyServices:
    """Who is on duty, and what people were told."""

    store: DutyStore
    roster: Callable[[], DutyPlan]
    """The roster as recorded now, in the city's zone; the running service takes a change over with the call."""
    chains: Callable[[], EscalationPlan]
    """The chains of escalation as they are now; a reload replaces them."""
    outbox: Outbox
    channels: Callable[[], Mapping[str, Mapping[str, Any]]]
    """How each channel is, plain JSON, without secrets and addresses."""
    parse_roster: Callable[[Mapping[str, object], Roster], Roster]
    """Read tables of a roster from JSON into one that is known; raises `ConfigError` with every mistake."""

    @property
    def escalation(self) -> EscalationPlan:
        """The chains as they are now."""
        return self.chains()


@dataclass(frozen=True, slots=True)
class AlertServices:
    """The alerts, what keeps them quiet, and the rules that find them."""

    store: AlertStore
    mutes: MuteStore
    rules: AlertRules


@dataclass(frozen=True, slots=True)
class AckServices:
    """Acknowledging by the link of a personal message."""

    store: LinkStore
    read: Callable[[str], Claim | None]
    """Return what a token says, None when it is not ours."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a request may use. `create_api` gets one of these; tests hand over real small parts."""

    live: LiveView
    store: TelemetryStore
    registers: RegisterStore
    world: World
    lighting: LightingStore
    quarantine: QuarantineStore
    replays: Replays
    """What people do with the quarantine."""
    arrivals: ArrivalLedger
    """What was expected of each device and feed, and what came."""
    events: EventLog
    measures: MeasureStore
    retention: RetentionPolicy
    """For how long readings are kept, and how finely."""
    tz: ZoneInfo
    """The city's zone: it decides where days, months and years begin."""
    keys: KeyStore
    duty: DutyServices
    alerts: AlertServices
    incidents: Incidents
    once: OnceStore
    door: IngestDoor
    accounting: Accounting
    health: Health
    clock: Clock
    """City clock: everything that concerns the domain."""
    wall: Callable[[], datetime]
    """Wall clock, aware, UTC: expiry and revocation of keys."""
    metrics: Callable[[], bytes]
    """The metrics of this process in the Prometheus text format 0.0.4."""
    reload: Callable[[str], Mapping[str, Any]]
    """Read rules, chains and channels again for an author: what changed. Raises `ConfigError`: then nothing did."""
    parse_device: Callable[[Mapping[str, object]], Device]
    """Read a device from a flat mapping, the attributes of its kind beside the common columns.

    Raises `ConfigError` with every mistake; the same rules as for register files.
    """
    new_key: Callable[[str, Role, datetime, datetime | None], tuple[ApiKey, str]]
    """Make a key from name, role, wall time and expiry; return it with the secret that is shown once."""
    reports: Reports
    """Reports of closed periods."""
    city: City
    """Which city this is, for the page."""
    web: WebFiles
    """The built page; empty when it was not built."""
    base_map: BaseMap = field(default_factory=BaseMap)
    """What is drawn below the map."""
    ack: AckServices | None = None
    """None = messages carry no links: there is no public address."""
    anonymous: Role | None = None
    """The role of a request without a key. Only the demo sets it; None = no anonymous door."""
    simulated: bool = False
    """Whether the city clock is simulated, so that nobody takes the figures for real."""
    process: str = "all"
    """Which process of the service this is: `all`, or `api` where ingest and engine run apart."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What a process without the API says of itself: how it is, and its metrics."""

    process: str
    health: Health
    metrics: Callable[[], bytes]
    keys: KeyStore
    wall: Callable[[], datetime]
    anonymous: Role | None = None
    simulated: bool = False


async def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Use = Annotated[Services, Depends(_services)]
"""A route's parameter of this type receives the services."""
UseProbes = Annotated[Services | Probes, Depends(_services)]
"""The same for a route that every process has."""
