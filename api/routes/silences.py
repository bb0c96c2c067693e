"""Silences and maintenance work orders (检修挂牌): which alerts are kept quiet, from when until when."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.once import OnceKey, once
from api.problems import documented, invalid
from api.replies import own_path, reply, require_match
from api.schemas.alerts import SilenceBody, SilenceList, SilenceOut
from api.schemas.common import PathIdent
from api.services import Use
from domain.alert import Mute

router = APIRouter(prefix="/api/v1/silences", tags=["alerts"], route_class=GuardedRoute)


class SilenceQuery(BaseModel):
    """Whether those that are over or withdrawn are listed too."""

    past: bool = False


@router.get("", dependencies=[READ], response_model=SilenceList, responses=documented())
def list_silences(request: Request, services: Use, query: Annotated[SilenceQuery, Query()]) -> Response:
    """List silences and work orders, newest first."""
    now = services.clock.now()
    found = [m for m in services.alerts.mutes.list() if query.past or (m.end > now and m.withdrawn_at is None)]
    return reply(request, SilenceList(items=[SilenceOut.of(m) for m in found]))


@router.post(
    "",
    status_code=201,
    dependencies=[OPERATE],
    response_model=SilenceOut,
    responses=documented(400, 409, 413, 415, 429),
)
def add_silence(
    request: Request, services: Use, caller: Caller, body: Annotated[SilenceBody, Body()], key: OnceKey = None
) -> Response:
    """Record a silence or work order, signed with the name of the key. It counts from the next tick on."""

    def work() -> Response:
        made = services.alerts.mutes.add(_mute(body, uuid.uuid4().hex, caller.name, services))
        headers = {"Location": f"{own_path(request)}/{made.id}"}
        return reply(request, SilenceOut.of(made), status=201, headers=headers)

    return once(request, services, caller, key, body.model_dump_json(), work)


@router.get("/{silence_id}", dependencies=[READ], response_model=SilenceOut, responses=documented(404))
def get_silence(request: Request, services: Use, silence_id: PathIdent) -> Response:
    """Return a silence or work order, in force or not."""
    return reply(request, SilenceOut.of(services.alerts.mutes.get(silence_id)))


@router.put(
    "/{silence_id}",
    dependencies=[OPERATE],
    response_model=SilenceOut,
    responses=documented(400, 404, 409, 412, 413, 415),
)
def change_silence(
    request: Request, services: Use, caller: Caller, silence_id: PathIdent, body: Annotated[SilenceBody, Body()]
) -> Response:
    """Change one, its end above all. If-Match guards against a stale view."""
    known = services.alerts.mutes.get(silence_id)
    require_match(request, SilenceOut.of(known))
    mute = _mute(body, silence_id, caller.name, services)
    changed = services.alerts.mutes.change(mute, caller.name, services.clock.now(), known.version)
    return reply(request, SilenceOut.of(changed))


@router.delete(
    "/{silence_id}",
    status_code=204,
    dependencies=[OPERATE],
    response_class=Response,
    responses=documented(404, 412),
)
def withdraw_silence(request: Request, services: Use, caller: Caller, silence_id: PathIdent) -> Response:
    """End one before its time; its record is kept. What it kept quiet is told with the next tick."""
    require_match(request, SilenceOut.of(services.alerts.mutes.get(silence_id)))
    services.alerts.mutes.withdraw(silence_id, caller.name, services.clock.now())
    return Response(status_code=204)


def _mute(body: SilenceBody, ident: str, author: str, services: Use) -> Mute:
    if body.start >= body.end:
        raise invalid("body", "end", "must lie after `start`")
    now = services.clock.now()
    return Mute(ident, body.kind, dict(body.matchers), body.start, body.end, author, body.reason, now)
