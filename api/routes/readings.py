"""What a device said: its newest reading and its readings over an interval."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, bad_cursor, decode_number, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import fresh, reply
from api.routes.devices import DeviceId, known_timeline
from api.schemas.common import Instant, rfc3339
from api.schemas.readings import LatestOut, ReadingList, ReadingOut
from api.services import Use
from domain.errors import NotFound
from domain.kinds import KINDS
from domain.ports import Page

router = APIRouter(prefix="/api/v1/devices", tags=["readings"], route_class=GuardedRoute)

DEFAULT_SPAN: Final = timedelta(days=1)
MICROSECOND: Final = timedelta(microseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MICROSECOND: Final = 10**16


class ReadingQuery(BaseModel):
    """Which readings: event times from `from` (inclusive) to `to` (exclusive). Default: the last 24 hours."""

    start: Annotated[Instant | None, Field(alias="from")] = None
    end: Annotated[Instant | None, Field(alias="to")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=10000)] = 1000


@router.get("/{device_id}/latest", dependencies=[READ], response_model=LatestOut, responses=documented(404))
def get_latest(services: Use, device_id: DeviceId) -> Response:
    """Return the newest reading by event time, and whether it still says something about now."""
    kind = known_timeline(services.live.register(), device_id)[0].device.kind
    reading = services.live.latest(device_id)
    if reading is None:
        raise NotFound(f"The device {device_id!r} has not said anything yet.")
    age = services.clock.now() - reading.at
    is_fresh = age <= KINDS[kind].freshness
    return fresh(LatestOut(reading=ReadingOut.of(reading), age_s=age.total_seconds(), fresh=is_fresh))


@router.get("/{device_id}/readings", dependencies=[READ], response_model=ReadingList, responses=documented(404, 503))
def list_readings(
    request: Request, services: Use, device_id: DeviceId, query: Annotated[ReadingQuery, Query()]
) -> Response:
    """List a device's readings, oldest first. The Link header leads on, within the interval of the first page."""
    kind = known_timeline(services.live.register(), device_id)[0].device.kind
    end = query.end or services.clock.now()
    start = query.start or end - DEFAULT_SPAN
    if start >= end:
        raise invalid("query", "from", "must lie before `to`")
    first = max(start, _position(query.cursor) + MICROSECOND) if query.cursor else start
    found = services.store.readings(device_id, kind, Page(first, end, query.limit + 1)) if first < end else []
    page = found[: query.limit]
    answer = ReadingList(start=start, end=end, items=[ReadingOut.of(r) for r in page])
    headers = {}
    if len(found) > query.limit:
        position = str((page[-1].at - EPOCH) // MICROSECOND)
        headers = next_link(request, position, **{"from": rfc3339(start), "to": rfc3339(end)})
    return reply(request, answer, headers=headers)


def _position(cursor: str) -> datetime:
    try:
        return EPOCH + decode_number(cursor, LAST_MICROSECOND) * MICROSECOND
    except OverflowError:
        raise bad_cursor() from None
