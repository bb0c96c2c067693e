"""The one map (一张图): places of all devices of a kind as columns, and how each stands as one character."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.schemas.devices import KindName
from api.schemas.map import BaseMapOut, PlacesOut, SignsOut
from api.services import Use

router = APIRouter(prefix="/api/v1/map", tags=["map"], route_class=GuardedRoute)


class KindQuery(BaseModel):
    """Devices of which kind."""

    kind: KindName


@router.get("/places", dependencies=[READ], response_model=PlacesOut, responses=documented())
def list_places(request: Request, services: Use, query: Annotated[KindQuery, Query()]) -> Response:
    """List where all devices of a kind stand, as columns: a city of 130,000 lamps is one answer."""
    register = services.live.register()
    found = list(register.devices(services.clock.now(), query.kind))
    return reply(request, PlacesOut.of(found, register.version))


@router.get("/base", dependencies=[READ], response_model=BaseMapOut, responses=documented())
def get_base_map(request: Request, services: Use) -> Response:
    """Return what the page draws below its own map, and the datum it is in."""
    base = services.base_map
    found = BaseMapOut(
        tiles=list(base.tiles), attribution=base.attribution, coordinates=base.coordinates, max_zoom=base.max_zoom
    )
    return reply(request, found)


@router.get("/signs", dependencies=[READ], response_model=SignsOut, responses=documented())
def list_signs(request: Request, services: Use, query: Annotated[KindQuery, Query()]) -> Response:
    """Say how every device of a kind stands now: one character each, in the order of `places`."""
    signs = services.live.signs(query.kind)
    return reply(request, SignsOut(at=services.clock.now(), register_version=signs.register_version, signs=signs.signs))
