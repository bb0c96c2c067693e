"""Issuing a heavy-pollution level: what was proposed becomes an order when a person issues it."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from api.guard import OPERATE, Caller, GuardedRoute
from api.once import OnceKey
from api.routes.incidents import CREATED, created
from api.schemas.incidents import IncidentOut, WarningBody
from api.services import Use
from domain.incident import Incident

router = APIRouter(prefix="/api/v1/warnings", tags=["incidents"], route_class=GuardedRoute)


@router.post("/air/issue", status_code=201, dependencies=[OPERATE], response_model=IncidentOut, responses=CREATED)
def issue_warning(
    request: Request, services: Use, caller: Caller, body: Annotated[WarningBody, Body()], key: OnceKey = None
) -> Response:
    """Issue a heavy-pollution level: opens its checklist of measures by unit. Closing the case file lifts it."""

    def work() -> Incident:
        return services.incidents.issue_warning(body.level, body.basis, caller.name)

    return created(request, services, caller, key, body, work)
