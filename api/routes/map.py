"""The one map (一张图): where it opens, the places of a kind as columns, and how each stands as one character."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.guard import READ, GuardedRoute
from api.kept import kept_answers
from api.problems import documented
from api.replies import reply
from api.schemas.devices import KindName
from api.schemas.map import BaseMapOut, ExtentOut, PlacesOut, SignsOut
from api.services import Use
from domain.extent import extent_of

router = APIRouter(prefix="/api/v1/map", tags=["map"], route_class=GuardedRoute)


class KindQuery(BaseModel):
    """Devices of which kind."""

    kind: KindName


@router.get("/places", dependencies=[READ], response_model=PlacesOut, responses=documented())
def list_places(request: Request, services: Use, query: Annotated[KindQuery, Query()]) -> Response:
    """List where all devices of a kind stand, as columns: a city of 130,000 lamps is one answer, and kept.

    It is compressed for whoever takes gzip; asked for again with its entity tag it is a 304 until the register changes.
    """
    register, now = services.live.register(), services.clock.now()
    version, kind = register.edition(now, query.kind), query.kind
    kept = kept_answers(request).get(
        f"places {kind}", version, lambda: PlacesOut.of(list(register.devices(now, kind)), register.version)
    )
    return kept.response(request)


@router.get("/extent", dependencies=[READ], response_model=ExtentOut, responses=documented())
def get_extent(request: Request, services: Use) -> Response:
    """Return what a map shows first: where the devices of the register stand, but for the outlying.

    It is the same answer until the register changes.
    """
    register, now = services.live.register(), services.clock.now()
    kept = kept_answers(request).get(
        "extent", register.edition(now), lambda: ExtentOut.of(extent_of(register.devices(now)))
    )
    return kept.response(request)


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
    """Say how every device of a kind stands now: one character each, in the order of `places`.

    As long as none of them changes it is the same answer, and a 304 for whoever names its entity tag.
    """
    signs, kind = services.live.signs(query.kind), query.kind
    kept = kept_answers(request).get(f"signs {kind}", signs, lambda: SignsOut.of(signs))
    return kept.response(request)
