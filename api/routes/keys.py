"""API keys: listed, made and revoked by an administrator."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Response

from api.guard import ADMIN, Caller, GuardedRoute
from api.problems import documented, invalid
from api.replies import fresh
from api.schemas.service import KeyBody, KeyList, KeyOut, NewKeyOut
from api.services import Use

router = APIRouter(prefix="/api/v1/keys", tags=["keys"], route_class=GuardedRoute)


@router.get("", dependencies=[ADMIN], response_model=KeyList, responses=documented())
def list_keys(services: Use) -> Response:
    """List all keys, without their secrets."""
    return fresh(KeyList(items=[KeyOut.of(key) for key in services.keys.list()]))


@router.post(
    "",
    status_code=201,
    dependencies=[ADMIN],
    response_model=NewKeyOut,
    responses=documented(400, 409, 413, 415),
)
def make_key(services: Use, caller: Caller, body: Annotated[KeyBody, Body()]) -> Response:
    """Make a key. The answer holds its secret, which is kept nowhere and not shown again."""
    now = services.wall()
    if body.expires_at is not None and body.expires_at <= now:
        raise invalid("body", "expires_at", "must lie in the future")
    key, secret = services.new_key(body.name, body.role, now, body.expires_at)
    services.keys.add(key, caller.name)
    return fresh(NewKeyOut(**KeyOut.of(key).model_dump(), secret=secret), status=201)


@router.delete(
    "/{key_id}",
    status_code=204,
    dependencies=[ADMIN],
    response_class=Response,
    responses=documented(404),
)
def revoke_key(
    services: Use, caller: Caller, key_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$")]
) -> Response:
    """Revoke a key; it stops working at once, and its record is kept."""
    services.keys.revoke(key_id, services.wall(), caller.name)
    return Response(status_code=204)
