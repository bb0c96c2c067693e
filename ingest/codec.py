"""What a payload format is: a codec takes a delivery apart into readings of the wire. Chosen by topic.

Adding a format is adding a file under `ingest/codecs/` that declares one constant `CODEC`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.delivery import Delivery, Reason, Reject
from ingest.wire import WireReading

if TYPE_CHECKING:
    from quanyan_native import Wire


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What the border lets in. `future` and `past` are event time relative to arrival."""

    payload_bytes: int = 1 << 20
    batch_readings: int = 5000
    depth: int = 16
    future: timedelta = timedelta(minutes=5)
    past: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Opened:
    """A delivery taken apart, not yet held against the register. The order of `items` is that of the payload."""

    kind: str
    """The kind that the topic claims for every reading."""
    items: Sequence[WireReading | Reject] = ()
    device: str | None = None
    """The device that the topic names, when it names the one that the reading must be of."""
    status: tuple[str, bool] | None = None
    """A gateway, and whether it says that it is online."""


class Undecodable(Exception):
    """The delivery as a whole cannot be taken apart. Carries the reject for the quarantine."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """Keep the reason and one sentence."""
        super().__init__(detail)
        self.reject = Reject(reason, detail)


@dataclass(frozen=True, slots=True)
class Route:
    """What all deliveries of a topic have in common: the hot path looks it up once."""

    kind: str
    device: str | None
    """The device that the topic names, when it names the one that the reading must be of: then there is one reading."""
    validate: Callable[[bytes], Sequence[WireReading]]
    """Validates a payload as a whole. Raises `pydantic_core.ValidationError`: then `Codec.open` says what is wrong."""
    wire: "Wire | None" = None
    """Reads plain payloads at once, where the compiled part is there; the rest is for `validate`."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A payload format. `open` raises nothing but `Undecodable`, whatever the bytes.

    Its last argument says whether reasons will do: then rejects need no detail, device or time, and cost little.
    """

    name: str
    root: str
    """Topics that begin with it are this codec's."""
    open: Callable[[Delivery, DecodeLimits, bool], Opened]
    route: Callable[[str], Route | Reason | None] = lambda _topic: None
    """Knows a topic whose deliveries may take the hot path; what it validates, `open` accepts alike.

    A reason: `open` accepts none of this topic. None: `open` has to see.
    """
