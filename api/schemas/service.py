"""What the service says about itself: accounting, keys, health."""

from typing import Annotated, Any, Self

from pydantic import Field

from api.schemas.common import Answer, Body, Instant, Text
from api.schemas.quarantine import BooksOut
from domain.record import ApiKey, Role


class GatewayOut(Answer):
    """What a gateway said last."""

    id: str
    online: bool


class IngestOut(Answer):
    """The accounting identity, the books of the quarantine, the engine, the gateways, and the city's clock."""

    now: Instant
    simulated: bool
    accounting: dict[str, Any]
    quarantine: BooksOut
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
    """`failures` names each part that fails, with why; empty = well.

    `process` is the one that answers: `all`, or `ingest`, `engine` or `api` where they run apart.
    """

    ok: bool
    process: str
    failures: dict[str, str]
    simulated: bool
