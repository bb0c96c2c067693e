"""What the operational database keeps beside the register: quarantine entries, events, keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.delivery import Delivery, Reason


@dataclass(frozen=True, slots=True)
class QuarantineItem:
    """One reading (or, with `index` None, one whole delivery) to be kept. (offset, index) is its identity."""

    offset: int
    index: int | None
    reason: Reason
    detail: str
    device: str | None
    at: datetime | None


class QuarantineState(StrEnum):
    """Where an entry of the quarantine is in its life."""

    WAITING = "waiting"
    REPLAYING = "replaying"
    """On its way through the journal once more."""
    REPLAYED = "replayed"
    """Its readings are in the store; it stays for a while to be looked at."""


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A quarantined item as it is read back, with the delivery's original bytes."""

    id: int
    item: QuarantineItem
    delivery: Delivery
    state: QuarantineState = QuarantineState.WAITING
    attempts: int = 0
    """How often it was replayed and rejected once more."""
    replay: int | None = None
    """The last replay that took it up."""


@dataclass(frozen=True, slots=True)
class QuarantineFilter:
    """Which entries to list. `after` is the id of the last entry already seen; newest come last."""

    reason: Reason | None = None
    device: str | None = None
    after: int = 0
    limit: int = 100
    since: datetime | None = None
    """Only what arrived at this instant (aware) or later."""
    state: QuarantineState | None = None
    """None = all but what was replayed."""
    replay: int | None = None
    """Only what this replay took up last."""
    entries: Sequence[int] = ()
    """Only these ids; empty = any."""


class EventType(StrEnum):
    """What the event log tells. The value is the SSE event name."""

    VERDICT_CHANGED = "target.verdict"
    """A target's verdict changed; data: the assessment."""
    MEASURE_CHANGED = "indicator.measure"
    """A measure changed; data: the measure. At most one per scope and tick."""
    MEASURE_REVISED = "indicator.revision"
    """What was published of a closed period was wrong; data: indicator, period, why, old and new figures by scope."""
    GATEWAY_STATUS = "gateway.status"
    CABINET_EVENT = "cabinet.event"
    """Something happened at a lighting cabinet (breaker, supply, door, leakage); data: device, type, phase."""
    WARNING_PROPOSED = "air.warning"
    """Another heavy-pollution warning is proposed, or none any more; data: proposal, in_force, previous, measure."""
    REGISTER_CHANGED = "register.changed"
    LIGHTING_CHANGED = "lighting.changed"
    ALERT_RAISED = "alert.raised"
    """What happened to an alert; data: the alert in short, by whom and why. One type for each `ChangeKind`."""
    ALERT_WORSENED = "alert.worsened"
    ALERT_EASED = "alert.eased"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_LAPSED = "alert.lapsed"
    ALERT_SHELVED = "alert.shelved"
    ALERT_UNSHELVED = "alert.unshelved"
    ALERT_LOST = "alert.lost"
    ALERT_SEEN = "alert.seen"
    ALERT_FLAPPING = "alert.flapping"
    ALERT_INHIBITED = "alert.inhibited"
    ALERT_RELEASED = "alert.released"
    ALERT_SILENCED = "alert.silenced"
    ALERT_RECOVERED = "alert.recovered"
    ALERT_CORRECTED = "alert.corrected"
    ALERT_FLOOD = "alert.flood"
    """So much happened to alerts in one tick that it is told in numbers; data: how many by kind of change and rule."""
    ALERT_RULES = "alert.rules"
    """The running set of rules was replaced; data: how many there are, and which are new, changed or gone."""
    CONFIG_RELOADED = "config.reloaded"
    """Rules, chains and channels were read again; data: by whom, and what is new, changed or gone of each."""
    INCIDENT_CHANGED = "incident.changed"
    """Somebody did something with a case file; data: incident, title, state, action."""
    CLOCK_CHANGED = "clock.changed"
    """The simulated city clock changed its speed (demo only)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be logged. `at` is city time; `data` is plain JSON."""

    type: EventType
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its id in the log: SSE's Last-Event-ID."""

    id: int
    event: NewEvent


class Role(StrEnum):
    """What a key may do; each includes the ones before it."""

    READ = "read"
    OPERATE = "operate"
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Return whether this role includes `needed`."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A bearer key as the database knows it: never the secret, only its SHA-256."""

    id: str
    name: str
    role: Role
    secret_sha256: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a creating request with an Idempotency-Key was answered, to be answered again."""

    status: int
    body: str
    location: str | None = None
