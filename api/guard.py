"""What stands before every route, in this order: the key and its role, the query's names, the body's type and size."""

import hashlib
import inspect
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from anyio import to_thread
from fastapi import Depends, Request, Response
from fastapi.openapi.models import HTTPBearer
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from api.problems import FieldError, Refused
from api.services import Probes, Services
from domain.record import ApiKey, Role

BODY_LIMIT: Final = 1 << 20
"""The largest request body, in bytes."""
TOO_LARGE: Final = f"A body has at most {BODY_LIMIT} bytes."


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, and what that one may do."""

    name: str
    role: Role


class Needs(SecurityBase):
    """Marks a route with the role it needs. `GuardedRoute` enforces it; as a dependency it documents it."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.scheme_name = "key"
        self.model = HTTPBearer(bearerFormat="qy_…", description="A key made by `quanyan keys` or POST /api/v1/keys.")

    async def __call__(self) -> None:
        """Nothing is left to do: the route has judged the key before it read the body."""


READ: Final = Depends(Needs(Role.READ))
OPERATE: Final = Depends(Needs(Role.OPERATE))
ADMIN: Final = Depends(Needs(Role.ADMIN))

SESSION_COOKIE: Final = "quanyan_session"
"""Holds the key of somebody who logged in on the page; no script can read it, no other site can make it sent."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


async def _principal(request: Request) -> Principal:
    return cast("Principal", request.state.principal)


Caller = Annotated[Principal, Depends(_principal)]
"""A route's parameter of this type receives who is asking."""


class GuardedRoute(APIRoute):
    """A route that judges the request before anything of its body is read."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        role = self.role
        known = frozenset(_query_names(self))
        takes_json = self.body_field is not None or "requestBody" in (self.openapi_extra or {})

        async def guarded(request: Request) -> Response:
            if role is not None:
                request.state.principal = await authenticate(request, role)
            _check_query(request, known)
            if takes_json:
                _check_body(request)
            return await handle(request)

        return guarded

    @property
    def role(self) -> Role | None:
        """The role that the route needs, or None when it is open to everybody."""
        marks = (d.dependency for d in self.dependencies)
        return next((m.role for m in marks if isinstance(m, Needs)), None)


def secret_hash(secret: str) -> str:
    """Return what is kept of a key's secret: its SHA-256, hexadecimal. The secret is random, so no salt is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


async def authenticate(request: Request, needed: Role) -> Principal:
    """Return who is asking.

    Raises:
        Refused: 401 without a valid key (one answer for unknown, expired and revoked), 403 when the role is too low.
    """
    services = cast("Services | Probes", request.app.state.services)
    header = request.headers.get("authorization")
    secret = request.cookies.get(SESSION_COOKIE) if header is None else _bearer(header)
    if header is None:
        _check_origin(request, by_cookie=secret is not None)
    if header is None and secret is None and services.anonymous is not None:
        caller = Principal("anonymous", services.anonymous)
    else:
        key = await to_thread.run_sync(valid_key, services, secret) if secret is not None else None
        if key is None:
            raise unauthenticated(presented=header is not None or secret is not None)
        caller = Principal(key.name, key.role)
    if not caller.role.allows(needed):
        raise Refused(403, f"This needs the role {needed}; the key has {caller.role}.")
    return caller


def _bearer(header: str) -> str | None:
    scheme, _, secret = header.partition(" ")
    return secret if scheme.lower() == "bearer" and secret else None


def _check_origin(request: Request, *, by_cookie: bool) -> None:
    """Refuse a change that a browser was made to ask for by another site: such a request carries no key of its own.

    Browsers say where a request comes from. What says nothing is no browser: it may pass the open door of the demo,
    but a cookie without it is refused.
    """
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        own = site in {"same-origin", "none"}
    elif origin is not None:
        own = origin.partition("://")[2] == request.headers.get("host")
    else:
        own = not by_cookie
    if not own:
        raise Refused(403, "A change may not be asked for by another site.")


def valid_key(services: Services | Probes, secret: str) -> ApiKey | None:
    """Return the key with this secret, if it is neither revoked nor expired. Blocks on the database."""
    key = services.keys.by_secret_hash(secret_hash(secret))
    if key is None or key.revoked_at is not None:
        return None
    return None if key.expires_at is not None and key.expires_at <= services.wall() else key


def unauthenticated(*, presented: bool) -> Refused:
    """Return the answer to a request without a valid key."""
    # RFC 6750 section 3: no error code when no credentials were given
    challenge = 'Bearer realm="quanyan", error="invalid_token"' if presented else 'Bearer realm="quanyan"'
    detail = "The key is not valid." if presented else "A key is needed: Authorization: Bearer qy_…"
    return Refused(401, detail, headers={"WWW-Authenticate": challenge})


def _query_names(route: APIRoute) -> Iterator[str]:
    for field in route.dependant.query_params:
        annotation = field.field_info.annotation
        if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
            yield from (info.alias or name for name, info in annotation.model_fields.items())
        else:
            yield field.alias


def _check_query(request: Request, known: frozenset[str]) -> None:
    given = [name for name, _ in request.query_params.multi_items()]
    allowed = ", ".join(sorted(known)) or "none"
    errors = [
        FieldError("query", name, f"unknown parameter; known: {allowed}")
        for name in dict.fromkeys(given).keys() - known
    ]
    errors += [FieldError("query", n, "given more than once") for n in sorted(known) if given.count(n) > 1]
    if errors:
        detail = "; ".join(f"query {e.name}: {e.reason}" for e in errors)
        raise Refused(422, detail, errors)


def _check_body(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, "The body must be application/json.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > BODY_LIMIT:
        raise Refused(413, TOO_LARGE)


class BodyLimit:
    """ASGI middleware: stops reading a body above `BODY_LIMIT`, whatever its declared length says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, counting what comes in."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > BODY_LIMIT:
                    raise HTTPException(413, TOO_LARGE)
            return message

        await self._app(scope, counted, send)
