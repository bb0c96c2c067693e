"""Incidents (案卷): opened by an alert or by hand, worked on across bureaus, closed by a person."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.once import OnceKey, once
from api.problems import documented, invalid
from api.replies import reply, require_match
from api.schemas.incident_actions import ActionBody
from api.schemas.incident_offers import OffersOut
from api.schemas.incidents import (
    CategoryList,
    CategoryOut,
    IncidentBody,
    IncidentHistory,
    IncidentList,
    IncidentOut,
    IncidentStepOut,
)
from api.services import Services, Use
from domain.incident import Incident, Origin
from domain.ports import IncidentFilter
from rules.incidents.emergency import reports_due
from rules.incidents.nearby import MOST

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], route_class=GuardedRoute)

CaseId = Annotated[str, Path(pattern=r"^[0-9]{8}-[0-9]{4,18}$")]
CREATED = documented(400, 409, 413, 415, 429)
_MOST = 10**18


@router.get("/categories", dependencies=[READ], response_model=CategoryList, responses=documented())
def list_categories(request: Request, services: Use) -> Response:
    """List the kinds of incident with their time limits."""
    items = [CategoryOut.of(category) for category in services.incidents.categories()]
    return reply(request, CategoryList(items=items))


class CallQuery(BaseModel):
    """A call: its words, and where it is about (WGS-84)."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


@router.get("/offers", dependencies=[READ], response_model=OffersOut, responses=documented())
def offer(request: Request, services: Use, query: Annotated[CallQuery, Query()]) -> Response:
    """Say what a call of the hotline may be about: devices, open case files and alerts near its place.

    Nothing is changed. A ticket joins a case file by its action `attach_ticket`, or opens one of its own.
    """
    return reply(request, OffersOut.of(services.incidents.offers(query.text, query.lon, query.lat), MOST))


class IncidentQuery(BaseModel):
    """Which case files, newest first."""

    open: bool | None = None
    category: Annotated[str, Field(max_length=64)] | None = None
    alert: Annotated[str, Field(max_length=200)] | None = None
    ticket: Annotated[str, Field(max_length=200)] | None = None
    origin: Origin | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get("", dependencies=[READ], response_model=IncidentList, responses=documented())
def list_incidents(request: Request, services: Use, query: Annotated[IncidentQuery, Query()]) -> Response:
    """List case files. The Link header leads on."""
    before = decode_number(query.cursor, _MOST) if query.cursor else None
    wanted = IncidentFilter(
        query.open, query.category, query.alert, before, query.limit + 1, query.origin, query.ticket
    )
    found = services.incidents.list(wanted)
    page = found[: query.limit]
    last = page[-1].id.partition("-")[2] if page else ""
    headers = next_link(request, str(int(last))) if len(found) > query.limit else {}
    return reply(request, IncidentList(items=[_shown(services, case) for case in page]), headers=headers)


@router.post("", status_code=201, dependencies=[OPERATE], response_model=IncidentOut, responses=CREATED)
def open_incident(
    request: Request, services: Use, caller: Caller, body: Annotated[IncidentBody, Body()], key: OnceKey = None
) -> Response:
    """Open a case file. An alert and a ticket have at most one each; devices near the place are looked up."""
    if body.category not in {category.id for category in services.incidents.categories()}:
        raise invalid("body", "category", "is none of GET /api/v1/incidents/categories")
    if (body.lon is None) != (body.lat is None):
        raise invalid("body", "lat", "a place needs both `lon` and `lat`")
    wish = body.wish(caller.name, services.clock.now())
    return created(request, services, caller, key, body, lambda: services.incidents.open(wish))


@router.get("/{case_id}", dependencies=[READ], response_model=IncidentOut, responses=documented(404))
def get_incident(request: Request, services: Use, case_id: CaseId) -> Response:
    """Return a case file. Its entity tag is what a change may ask for."""
    return reply(request, _shown(services, services.incidents.get(case_id)))


@router.get("/{case_id}/history", dependencies=[READ], response_model=IncidentHistory, responses=documented(404))
def get_history(request: Request, services: Use, case_id: CaseId) -> Response:
    """Return who did what when."""
    services.incidents.get(case_id)
    items = [IncidentStepOut.of(step) for step in services.incidents.history(case_id)]
    return reply(request, IncidentHistory(items=items))


@router.post(
    "/{case_id}/actions",
    dependencies=[OPERATE],
    response_model=IncidentOut,
    responses=documented(400, 404, 409, 412, 413, 415),
)
def act_on_incident(
    request: Request, services: Use, caller: Caller, case_id: CaseId, body: Annotated[ActionBody, Body()]
) -> Response:
    """Do something with a case file: dispatch, accept, begin, feed back, send back, extend, suspend, check, close.

    With If-Match it is done only if nobody else did something meanwhile (412). What may not be done now is a 409.
    """

    def check(case: Incident) -> None:
        require_match(request, _shown(services, case))

    changed = services.incidents.act(case_id, body.value(), caller.name, check)
    return reply(request, _shown(services, changed))


def created(
    request: Request, services: Services, caller: Caller, key: str | None, body: BaseModel, work: Callable[[], Incident]
) -> Response:
    """Answer with a case file that `work` opens, once for each Idempotency-Key."""

    def answer() -> Response:
        case = work()
        headers = {"Location": f"/api/v1/incidents/{case.id}"}
        return reply(request, _shown(services, case), status=201, headers=headers)

    return once(request, services, caller, key, body.model_dump_json(), answer)


def _shown(services: Services, case: Incident) -> IncidentOut:
    due = reports_due(case, services.duty.escalation)
    return IncidentOut.of(case, services.incidents.cards(case), due)
