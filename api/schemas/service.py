"""What the service says about itself: quarantine, accounting, keys, health."""

import base64
from typing import Annotated, Any, Self

from pydantic import Field
from typing_extensions import override

from api.schemas.common import Answer, Body, Instant, Text
from domain.delivery import Reason, Source
from domain.record import ApiKey, QuarantineEntry, Role


class QuarantineOut(Answer):
    """Something that could not be accepted, where it came from and why."""

    id: int
    reason: Reason
    detail: str
    device: str | None
    at: Instant | None
    index: int | None
    offset: int
    topic: str
    source: Source
    arrival: Instant
    bytes: int

    @classmethod
    def of(cls, entry: QuarantineEntry) -> Self:
        """Make it from the domain's entry."""
        return cls(**_entry(entry))


def _entry(entry: QuarantineEntry) -> dict[str, Any]:
    item, delivery = entry.item, entry.delivery
    return {
        "id": entry.id,
        "reason": item.reason,
        "detail": item.detail,
        "device": item.device,
        "at": item.at,
        "index": item.index,
        "offset": item.offset,
        "topic": delivery.topic,
        "source": delivery.source,
        "arrival": delivery.arrival,
        "bytes": len(delivery.payload),
    }


class QuarantineDetail(QuarantineOut):
    """An entry with the original bytes of its delivery; `payload_text` when they are UTF-8."""

    payload_base64: str
    payload_text: str | None

    @classmethod
    @override
    def of(cls, entry: QuarantineEntry) -> Self:
        """Make it from the domain's entry."""
        payload = entry.delivery.payload
        try:
            text: str | None = payload.decode()
        except UnicodeDecodeError:
            text = None
        return cls(**_entry(entry), payload_base64=base64.b64encode(payload).decode(), payload_text=text)


class QuarantineList(Answer):
    """One page of entries, oldest first, and how many are kept for every reason."""

    counts: dict[Reason, int]
    items: list[QuarantineOut]


class GatewayOut(Answer):
    """What a gateway said last."""

    id: str
    online: bool


class IngestOut(Answer):
    """The accounting identity, the engine and the gateways, and the city's clock."""

    now: Instant
    simulated: bool
    accounting: dict[str, Any]
    engine: dict[str, Any]
    gateways: list[GatewayOut]


class SessionBody(Body):
    """A key, as its maker was shown it once."""

    key: Annotated[str, Field(min_length=1, max_length=200)]


class SessionOut(Answer):
    """Who is asking, and where: `now` is the city's clock, `zone` its IANA time zone, the position WGS-84."""

    name: str
    role: Role
    anonymous: bool
    simulated: bool
    now: Instant
    city: str
    zone: str
    latitude: float
    longitude: float


class KeyBody(Body):
    """A key to be made. Without `expires_at` it is valid until revoked."""

    name: Text
    role: Role
    expires_at: Instant | None = None


class KeyOut(Answer):
    """A key, without its secret: nobody can read that again."""

    id: str
    name: str
    role: Role
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Make it from the domain's key."""
        return cls(**{name: getattr(key, name) for name in KeyOut.model_fields})


class NewKeyOut(KeyOut):
    """A key that was just made, with its secret, which is shown this once."""

    secret: str


class KeyList(Answer):
    """All keys, revoked ones too."""

    items: list[KeyOut]


class HealthOut(Answer):
    """`failures` names each part that fails, with why; empty = well."""

    ok: bool
    failures: dict[str, str]
    simulated: bool
