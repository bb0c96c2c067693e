"""The kinds of device: what they measure, in which unit, and how they are called."""

from fastapi import APIRouter, Request, Response

from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.schemas.kinds import KindList, KindOut
from domain.kinds import KINDS

router = APIRouter(prefix="/api/v1/kinds", tags=["kinds"], route_class=GuardedRoute)


@router.get("", dependencies=[READ], response_model=KindList, responses=documented())
def list_kinds(request: Request) -> Response:
    """List every kind of device with its metrics, their units (UCUM) and physical ranges, and its attributes."""
    return reply(request, KindList(items=[KindOut.of(kind) for kind in KINDS.values()]))
