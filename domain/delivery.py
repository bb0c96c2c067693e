"""A delivery: the raw bytes that came in by one door, and what they turn out to hold."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.reading import Reading

TOPIC_ROOT = "city/v1"


class Source(StrEnum):
    """The door a delivery came in by."""

    MQTT = "mqtt"
    HTTP = "http"
    REPLAY = "replay"
    """Out of the quarantine, once more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Raw bytes as they came in. `arrival` is aware, UTC, city clock; `epoch` counts the connections of a client."""

    topic: str
    payload: bytes
    arrival: datetime
    source: Source = Source.MQTT
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Journaled:
    """A delivery as the journal holds it. Offsets count from 0 and have no gaps."""

    offset: int
    delivery: Delivery


class Reason(StrEnum):
    """Why something is in the quarantine. The value is the public name, in the API and in the metrics' labels."""

    # the delivery as a whole
    BAD_TOPIC = "bad_topic"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    WRONG_SHAPE = "wrong_shape"
    # one reading
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    NOT_FINITE = "not_finite"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    ANCIENT_TIME = "ancient_time"
    UNKNOWN_DEVICE = "unknown_device"
    DEVICE_MISMATCH = "device_mismatch"
    KIND_MISMATCH = "kind_mismatch"
    UNKNOWN_METRIC = "unknown_metric"
    UNKNOWN_FAULT = "unknown_fault"
    UNKNOWN_EVENT = "unknown_event"
    OUT_OF_RANGE = "out_of_range"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    # found later than decoding
    CONFLICT = "conflict"
    STORE_REFUSED = "store_refused"


@dataclass(frozen=True, slots=True)
class Reject:
    """One reading (or, with `index` None, one whole delivery) that goes to the quarantine."""

    reason: Reason
    detail: str
    """One sentence that names the field and what is wrong with it."""
    index: int | None = None
    """Position in the batch, from 0."""
    device: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """What a gateway's status topic said: online, or offline (its last will). `at` is the arrival, in UTC."""

    gateway: str
    online: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplayRef:
    """Where a delivery that is replayed stands in the quarantine, and the places of its readings.

    `places` maps the index of a reading among those replayed to its place in the original delivery.
    """

    replay: int
    delivery_id: int
    asked: tuple[int, ...] | None
    """The places that were to be replayed; None = the whole delivery."""
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """Everything that one delivery held, taken apart and graded."""

    offset: int
    readings: tuple[Reading, ...] = ()
    rejects: tuple[Reject, ...] = ()
    statuses: tuple[GatewayStatus, ...] = ()
    undecodable: Reject | None = None
    """Set when the delivery as a whole could not be taken apart; then the other fields are empty."""
    replay: ReplayRef | None = None
    """Set when it came out of the quarantine; then indexes count only what is replayed."""
    brief: bool = False
    """Set when what was rejected is only to be counted: then it has a reason and nothing else."""
