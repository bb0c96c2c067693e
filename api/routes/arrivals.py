"""What was expected and what came: of one device, and of each feed on a day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.routes.reports import Day
from api.schemas.arrivals import CompletenessOut, DeviceLedgerOut, FeedDayOut, TotalsOut
from api.schemas.common import PathIdent, Text
from api.schemas.devices import KindName
from api.services import Use

router = APIRouter(prefix="/api/v1", tags=["ingest"], route_class=GuardedRoute)


@router.get(
    "/devices/{device_id}/ledger", dependencies=[READ], response_model=DeviceLedgerOut, responses=documented(404)
)
def get_ledger(request: Request, services: Use, device_id: PathIdent) -> Response:
    """Say what was expected of a device, what came, late or twice, and what is missing by sequence number."""
    return reply(request, DeviceLedgerOut.of(services.arrivals.device(device_id, services.clock.now())))


class CompletenessQuery(BaseModel):
    """Which feeds; `day` is a local date of the city, by default today. Two months are kept."""

    day: Day | None = None
    kind: KindName | None = None
    district: Text | None = None


@router.get("/completeness", dependencies=[READ], response_model=CompletenessOut, responses=documented())
def get_completeness(request: Request, services: Use, query: Annotated[CompletenessQuery, Query()]) -> Response:
    """Return the completeness of every feed on a local day. A feed is the devices of one kind in one district."""
    now = services.clock.now()
    day = query.day or now.astimezone(services.tz).date()
    feeds = [
        FeedDayOut.of(feed)
        for feed in services.arrivals.feeds(day, now)
        if query.kind in {None, feed.kind} and query.district in {None, feed.district}
    ]
    return reply(request, CompletenessOut(day=day, totals=TotalsOut.of(services.arrivals.totals()), feeds=feeds))
