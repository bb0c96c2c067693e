"""Changing the register while everything runs: a new device, one that moved, is repaired, handed over or scrapped."""

from typing import Annotated

from fastapi import APIRouter, Body, Header, Request, Response

from api.guard import OPERATE, Caller, GuardedRoute
from api.problems import documented
from api.replies import own_path, reply, require_match
from api.routes.devices import detail
from api.schemas.common import PathIdent
from api.schemas.devices import DeviceBody, DeviceDetail
from api.services import Use
from domain.errors import NotFound
from domain.ports import DeviceChange

router = APIRouter(prefix="/api/v1/devices", tags=["devices"], route_class=GuardedRoute)


@router.put(
    "/{device_id}",
    dependencies=[OPERATE],
    response_model=DeviceDetail,
    responses=documented(400, 409, 412, 413, 415) | {201: {"model": DeviceDetail}},
)
def put_device(
    request: Request,
    services: Use,
    caller: Caller,
    device_id: PathIdent,
    body: Annotated[DeviceBody, Body()],
    if_match: Annotated[str | None, Header(description="The entity tag of the device as it was read.")] = None,
) -> Response:
    """Record what a device is like from `valid_from` on. What was recorded before stays in the history."""
    now = services.clock.now()
    try:
        before = detail(services, device_id, now)
    except NotFound:
        before = None
    if if_match is not None:
        require_match(request, before)
    device = services.parse_device(body.flat(device_id))
    change = DeviceChange(device, body.valid_from or now, body.valid_to)
    register = services.world.change_devices([change], caller.name)
    after = DeviceDetail.of(register.timeline(device_id), now)
    if before is None:
        return reply(request, after, status=201, headers={"Location": own_path(request)})
    return reply(request, after)
