"""What could not be accepted, with the original bytes, and the accounting of everything that came in."""

import sys
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import fresh, reply
from api.schemas.common import Instant, Text
from api.schemas.quarantine import (
    BooksOut,
    DeviceCountOut,
    QuarantineCounts,
    QuarantineDetail,
    QuarantineList,
    QuarantineOut,
)
from api.schemas.service import GatewayOut, IngestOut
from api.services import Use
from domain.delivery import Reason
from domain.record import QuarantineFilter, QuarantineState

router = APIRouter(prefix="/api/v1", tags=["ingest"], route_class=GuardedRoute)

LAST_ID: Final = sys.maxsize
"""Ids are 64-bit in every database."""


@router.get("/ingest", dependencies=[READ], response_model=IngestOut, responses=documented())
def get_ingest(services: Use) -> Response:
    """Return the accounting identity since the process started, how far the engine is, and the gateways."""
    gateways = sorted(services.live.gateways().items())
    answer = IngestOut(
        now=services.clock.now(),
        simulated=services.simulated,
        accounting=dict(services.accounting.snapshot()),
        quarantine=BooksOut.of(services.quarantine.books()),
        engine=dict(services.live.engine_status()),
        gateways=[GatewayOut(id=name, online=online) for name, online in gateways],
    )
    return fresh(answer)


class QuarantineQuery(BaseModel):
    """Which entries; without `state` and `replay` all but those that were replayed."""

    reason: Reason | None = None
    device: Text | None = None
    since: Instant | None = None
    state: QuarantineState | None = None
    replay: Annotated[int | None, Field(ge=1, le=LAST_ID)] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/quarantine", dependencies=[READ], response_model=QuarantineList, responses=documented())
def list_quarantine(request: Request, services: Use, query: Annotated[QuarantineQuery, Query()]) -> Response:
    """List what is in the quarantine, oldest first, with the counts by reason. The Link header leads on."""
    after = decode_number(query.cursor, LAST_ID) if query.cursor else 0
    wanted = QuarantineFilter(
        query.reason, query.device, after, query.limit + 1, query.since, query.state, query.replay
    )
    found = services.quarantine.list(wanted)
    page = found[: query.limit]
    headers = next_link(request, str(page[-1].id)) if len(found) > query.limit else {}
    answer = QuarantineList(
        counts=dict(services.quarantine.counts()), items=[QuarantineOut.of(entry) for entry in page]
    )
    return reply(request, answer, headers=headers)


class CountsQuery(BaseModel):
    """How many rows by device."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/quarantine/counts", dependencies=[READ], response_model=QuarantineCounts, responses=documented())
def count_quarantine(request: Request, services: Use, query: Annotated[CountsQuery, Query()]) -> Response:
    """Count what waits by reason and by device, most first."""
    kept = services.quarantine
    rows = [DeviceCountOut(device=d, reason=r, entries=n) for d, r, n in kept.by_device(query.limit)]
    answer = QuarantineCounts(books=BooksOut.of(kept.books()), by_reason=dict(kept.counts()), by_device=rows)
    return reply(request, answer)


@router.get("/quarantine/{entry_id}", dependencies=[READ], response_model=QuarantineDetail, responses=documented(404))
def get_quarantine_entry(request: Request, services: Use, entry_id: Annotated[int, Path(ge=1, le=LAST_ID)]) -> Response:
    """Return one entry with the original bytes of its delivery."""
    return reply(request, QuarantineDetail.of(services.quarantine.get(entry_id)))
