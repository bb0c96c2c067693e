"""What a device said: its newest reading and its readings over an interval."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, bad_cursor, decode_number, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import fresh, reply
from api.routes.devices import known_timeline
from api.schemas.common import Instant, PathIdent, rfc3339
from api.schemas.readings import LatestOut, ReadingList, ReadingOut
from api.schemas.series import PointOut, Series
from api.services import Services, Use
from domain.errors import NotFound
from domain.kinds import KINDS
from domain.period import period_of
from domain.ports import Page
from domain.retention import PERIODS, Resolution, resolution

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


class SeriesQuery(ReadingQuery):
    """`every` asks for one resolution; by default the span chooses it."""

    every: Resolution | None = None


@router.get("/{device_id}/latest", dependencies=[READ], response_model=LatestOut, responses=documented(404))
def get_latest(services: Use, device_id: PathIdent) -> Response:
    """Return the newest reading by event time, and whether it still says something about now."""
    kind = known_timeline(services.live.register(), device_id)[0].device.kind
    reading = services.live.latest(device_id)
    if reading is None:
        raise NotFound(f"The device {device_id!r} has not said anything yet.")
    age = services.clock.now() - reading.at
    is_fresh = age <= KINDS[kind].freshness
    return fresh(LatestOut(reading=ReadingOut.of(reading), age_s=age.total_seconds(), fresh=is_fresh))


@router.get("/{device_id}/readings", dependencies=[READ], response_model=ReadingList, responses=documented(404))
def list_readings(
    request: Request, services: Use, device_id: PathIdent, query: Annotated[ReadingQuery, Query()]
) -> Response:
    """List a device's readings, oldest first. The Link header leads on, within the interval of the first page."""
    kind = known_timeline(services.live.register(), device_id)[0].device.kind
    start, end, wanted = _span(services, query)
    found = services.store.readings(device_id, kind, wanted) if wanted.start < end else []
    page = found[: query.limit]
    since = services.retention.since(Resolution.RAW, services.clock.now())
    answer = ReadingList(start=start, end=end, kept_since=since, items=[ReadingOut.of(r) for r in page])
    headers = {}
    if len(found) > query.limit:
        headers = _next(request, page[-1].at, {"from": rfc3339(start), "to": rfc3339(end)})
    return reply(request, answer, headers=headers)


@router.get("/{device_id}/series", dependencies=[READ], response_model=Series, responses=documented(404))
def get_series(
    request: Request, services: Use, device_id: PathIdent, query: Annotated[SeriesQuery, Query()]
) -> Response:
    """Return count, extremes, mean and last of each metric over time; `every` says which resolution answered.

    Without `every` the span decides: raw up to two days, hours up to 62 days, then days; what is no longer kept as
    finely comes from the next coarser one. An hour or day is there once it is over and was summarised.
    """
    kind = known_timeline(services.live.register(), device_id)[0].device.kind
    start, end, wanted = _span(services, query)
    now = services.clock.now()
    every = query.every or resolution(services.retention, start, end, now)
    if every is Resolution.RAW:
        raw = services.store.readings(device_id, kind, wanted) if wanted.start < end else []
        points = [PointOut.of_reading(reading) for reading in raw]
    else:
        if not query.cursor:  # the period that `from` lies in is the first
            wanted = replace(wanted, start=period_of(PERIODS[every], start, services.tz).start)
        kept = services.store.summaries.of_device(device_id, kind, every, wanted) if wanted.start < end else []
        points = [PointOut.of(summary, every, services.tz) for summary in kept]
    items, since = points[: query.limit], services.retention.since(every, now)
    answer = Series(device=device_id, kind=kind, start=start, end=end, every=every, kept_since=since, items=items)
    headers = {}
    if len(points) > query.limit:
        again = {"from": rfc3339(start), "to": rfc3339(end), "every": every.value}
        headers = _next(request, items[-1].start, again)
    return reply(request, answer, headers=headers)


def _span(services: Services, query: ReadingQuery) -> tuple[datetime, datetime, Page]:
    """Return the interval that was asked for, and the page of it with one more than may be answered."""
    end = query.end or services.clock.now()
    start = query.start or end - DEFAULT_SPAN
    if start >= end:
        raise invalid("query", "from", "must lie before `to`")
    first = max(start, _position(query.cursor) + MICROSECOND) if query.cursor else start
    return start, end, Page(first, end, query.limit + 1)


def _next(request: Request, last: datetime, again: dict[str, str]) -> dict[str, str]:
    return next_link(request, str((last - EPOCH) // MICROSECOND), **again)


def _position(cursor: str) -> datetime:
    try:
        return EPOCH + decode_number(cursor, LAST_MICROSECOND) * MICROSECOND
    except OverflowError:
        raise bad_cursor() from None
