"""Logging in on the page: a key becomes a session cookie. Programs send their key with each request instead."""

from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Body, Request, Response

from api.guard import READ, SESSION_COOKIE, Caller, GuardedRoute, unauthenticated, valid_key
from api.problems import documented, open_problems
from api.replies import fresh
from api.schemas.service import SessionBody, SessionOut
from api.services import Services, Use
from domain.record import Role

router = APIRouter(prefix="/api/v1/session", tags=["session"], route_class=GuardedRoute)

SHIFT_S: Final = 12 * 3600
"""A session lasts as long as the longest shift; a key that is revoked or expires ends it at once."""


@router.get("", dependencies=[READ], response_model=SessionOut, responses=documented())
def who_am_i(request: Request, services: Use, caller: Caller) -> Response:
    """Say who is asking, what that one may do, and which city this is."""
    anonymous = "authorization" not in request.headers and SESSION_COOKIE not in request.cookies
    return fresh(_session(services, caller.name, caller.role, anonymous=anonymous))


@router.post("", response_model=SessionOut, responses=open_problems(400, 401, 413, 415, 503))
async def log_in(request: Request, services: Use, body: Annotated[SessionBody, Body()]) -> Response:
    """Log in with a key. The cookie is for this page alone and ends with the shift, or with the key."""
    key = await to_thread.run_sync(valid_key, services, body.key.strip())
    if key is None:
        raise unauthenticated(presented=True)
    response = fresh(_session(services, key.name, key.role, anonymous=False))
    response.set_cookie(
        SESSION_COOKIE,
        body.key.strip(),
        max_age=SHIFT_S,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )
    return response


@router.delete("", status_code=204, response_class=Response, responses=open_problems())
def log_out() -> Response:
    """Forget the session."""
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


def _session(services: Services, name: str, role: Role, *, anonymous: bool) -> SessionOut:
    city = services.city
    return SessionOut(
        name=name,
        role=role,
        anonymous=anonymous,
        simulated=services.simulated,
        now=services.clock.now(),
        city=city.name,
        zone=city.zone,
        latitude=city.latitude,
        longitude=city.longitude,
    )
