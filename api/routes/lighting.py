"""When lamps must be on: timetables, and overrides for dark days, maintenance and tests."""

import uuid
from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.problems import documented, invalid
from api.replies import own_path, reply
from api.schemas.common import PathIdent
from api.schemas.lighting import OverrideBody, OverrideList, OverrideOut, TimetableBody, TimetableList, TimetableOut
from api.services import Use
from domain.device import Device
from domain.errors import NotFound
from domain.kinds.streetlight import KIND as STREETLIGHT
from domain.lighting import Override
from domain.register import Register

router = APIRouter(prefix="/api/v1/lighting", tags=["lighting"], route_class=GuardedRoute)

LAMP_FIELDS: Final = ("district", "management_area")
LAMP_ATTRIBUTES: Final = ("road_class", "road", "supply_point")
"""The kinds of scope that can hold lamps, beside `city` and `device:<id>` for a single one."""


@router.get("/timetables", dependencies=[READ], response_model=TimetableList, responses=documented())
def list_timetables(request: Request, services: Use) -> Response:
    """List the timetables that are believed today."""
    return reply(request, TimetableList.of(services.lighting.load()))


@router.put(
    "/timetables/{timetable_id}",
    dependencies=[OPERATE],
    response_model=TimetableOut,
    responses=documented(400, 409, 413, 415) | {201: {"model": TimetableOut}},
)
def put_timetable(
    request: Request, services: Use, caller: Caller, timetable_id: PathIdent, body: Annotated[TimetableBody, Body()]
) -> Response:
    """Record a timetable, new or in place of the one with this id. The running engine takes it over at once."""
    is_new = all(t.id != timetable_id for t in services.lighting.load().timetables)
    plan = services.world.put_timetable(body.timetable(timetable_id), caller.name)
    recorded = next(t for t in plan.timetables if t.id == timetable_id)
    location = {"Location": own_path(request)} if is_new else {}
    return reply(request, TimetableOut.of(recorded), status=201 if is_new else 200, headers=location)


class OverrideQuery(BaseModel):
    """Whether those that were withdrawn are listed too."""

    withdrawn: bool = False


@router.get("/overrides", dependencies=[READ], response_model=OverrideList, responses=documented())
def list_overrides(request: Request, services: Use, query: Annotated[OverrideQuery, Query()]) -> Response:
    """List the overrides, newest first."""
    found = services.lighting.overrides(withdrawn=query.withdrawn)
    return reply(request, OverrideList(items=[OverrideOut.of(o) for o in found]))


@router.get("/overrides/{override_id}", dependencies=[READ], response_model=OverrideOut, responses=documented(404))
def get_override(request: Request, services: Use, override_id: PathIdent) -> Response:
    """Return an override that is believed today."""
    found = next((o for o in services.lighting.overrides(withdrawn=False) if o.id == override_id), None)
    if found is None:
        raise NotFound(f"There is no override {override_id!r}.")
    return reply(request, OverrideOut.of(found))


@router.post(
    "/overrides",
    status_code=201,
    dependencies=[OPERATE],
    response_model=OverrideOut,
    responses=documented(400, 409, 413, 415),
)
def add_override(request: Request, services: Use, caller: Caller, body: Annotated[OverrideBody, Body()]) -> Response:
    """Record an override, signed with the name of the key. The running engine takes it over at once."""
    _check_scope(services.live.register(), body.scope)
    if body.start >= body.end:
        raise invalid("body", "end", "must lie after `start`")
    override = Override(
        id=uuid.uuid4().hex,
        scope=body.scope,
        action=body.action,
        start=body.start,
        end=body.end,
        author=caller.name,
        reason=body.reason,
        recorded_at=services.clock.now(),
    )
    services.world.add_override(override)
    location = {"Location": f"{own_path(request)}/{override.id}"}
    return reply(request, OverrideOut.of(override), status=201, headers=location)


@router.delete(
    "/overrides/{override_id}",
    status_code=204,
    dependencies=[OPERATE],
    response_class=Response,
    responses=documented(404),
)
def withdraw_override(services: Use, caller: Caller, override_id: PathIdent) -> Response:
    """Withdraw an override: it is no longer believed, and its record is kept."""
    services.world.withdraw_override(override_id, caller.name)
    return Response(status_code=204)


def _check_scope(register: Register, text: str) -> None:
    """Refuse a scope without a lamp: it would do nothing, and whoever entered it would believe that it did."""
    if text != "city" and not any(text in _scopes_of(lamp) for lamp in _lamps(register, text)):
        raise invalid("body", "scope", "holds no lamps of the register")


def _lamps(register: Register, text: str) -> Iterator[Device]:
    kind, _, ident = text.partition(":")
    named = [register.timeline(ident)] if kind == "device" else register.timelines(STREETLIGHT.name)
    return (version.device for timeline in named for version in timeline if version.device.kind == STREETLIGHT.name)


def _scopes_of(lamp: Device) -> Iterator[str]:
    yield f"device:{lamp.id}"
    yield from (f"{name}:{getattr(lamp, name)}" for name in LAMP_FIELDS)
    yield from (f"{name}:{lamp.text(name)}" for name in LAMP_ATTRIBUTES)
