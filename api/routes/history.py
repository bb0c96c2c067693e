"""What was published of closed periods, and how it was revised."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.routes.indicators import Name, check_kind, info_of
from api.schemas.common import SCOPE, Instant, rfc3339
from api.schemas.history import History, PublishedOut, RevisionList, RevisionOut
from api.services import Services, Use
from domain.history import HistoryQuery
from domain.period import PeriodKind, periods
from domain.ports import IndicatorInfo
from domain.scope import Scope

router = APIRouter(prefix="/api/v1/indicators", tags=["history"], route_class=GuardedRoute)

_BACK: Final[Mapping[PeriodKind, timedelta]] = {
    PeriodKind.HOUR: timedelta(days=7),
    PeriodKind.DAY: timedelta(days=92),
    PeriodKind.MONTH: timedelta(days=3 * 366),
    PeriodKind.QUARTER: timedelta(days=5 * 366),
    PeriodKind.YEAR: timedelta(days=20 * 366),
}
"""How far back an answer begins when `from` is left out."""
MOST_PERIODS: Final = 20_000
_FINEST: Final = list(PeriodKind)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 10**16
"""Microseconds since 1970 that no instant of the API reaches."""


class SpanQuery(BaseModel):
    """Which part of the city, and which periods: those that start in [`from`, `to`)."""

    scope: Annotated[str, Field(max_length=200, pattern=SCOPE, examples=["district:370102"])] = "city"
    from_: Annotated[Instant | None, Field(alias="from", description="Default: some time before `to`.")] = None
    to: Annotated[Instant | None, Field(description="Default: now.")] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class HistoryQueryIn(SpanQuery):
    """`every` longer than the indicator is kept by picks the last kept period of each; shorter ones do not exist."""

    every: PeriodKind | None = None


@router.get("/{name}/history", dependencies=[READ], response_model=History, responses=documented(404))
def get_history(request: Request, services: Use, name: Name, query: Annotated[HistoryQueryIn, Query()]) -> Response:
    """List what was published of closed periods, oldest first, each in its newest revision. Link leads on."""
    info = kept_info(services, name, query.scope)
    every = query.every or info.kept_every
    if _FINEST.index(every) < _FINEST.index(info.kept_every):
        raise invalid("query", "every", f"{name} is kept by the {info.kept_every}; there is nothing by the {every}")
    asked, settled = _asked(services, info, query, every)
    found = services.measures.history(asked)
    page = found[: query.limit]
    headers = _next(request, page[-1].start, settled) if len(found) > query.limit else {}
    items = [PublishedOut.of(p) for p in page]
    answer = History(indicator=name, scope=asked.scope, kept_every=info.kept_every, every=every, items=items)
    return reply(request, answer, headers=headers)


@router.get("/{name}/history/revisions", dependencies=[READ], response_model=RevisionList, responses=documented(404))
def get_revisions(request: Request, services: Use, name: Name, query: Annotated[SpanQuery, Query()]) -> Response:
    """List the revisions of closed periods: old and new measure, why and when. Link leads on."""
    info = kept_info(services, name, query.scope)
    asked, settled = _asked(services, info, query, info.kept_every)
    found = services.measures.revisions(asked)
    items = [RevisionOut.of(old, new) for old, new in pairwise(found) if old.start == new.start]
    headers = _next(request, found[-1].start, settled) if len(found) >= asked.limit else {}
    return reply(request, RevisionList(items=items), headers=headers)


def kept_info(services: Services, name: str, text: str) -> IndicatorInfo:
    """Return the indicator, if it has a history of such a scope."""
    info, scope = info_of(services, name), Scope.parse(text)
    check_kind(info, scope.kind, "scope")
    if scope.kind not in info.kept_scopes:
        kept = ", ".join(info.kept_scopes)
        raise invalid("query", "scope", f"no history of {name} is kept for {scope.kind}; it is for {kept}")
    return info


def _asked(
    services: Services, info: IndicatorInfo, query: SpanQuery, every: PeriodKind
) -> tuple[HistoryQuery, dict[str, str]]:
    """Return the question to the store, and the parameters that the next page must repeat."""
    end = query.to or services.clock.now()
    begin = query.from_ or max(_EPOCH, end - _BACK[every])
    if begin >= end:
        raise invalid("query", "from", "must lie before `to`")
    start = begin
    if query.cursor:
        start = _EPOCH + timedelta(microseconds=decode_number(query.cursor, _LAST) + 1)
    ends = None
    if every is not info.kept_every:
        ends = [p.end for p in periods(every, begin, end, services.tz) if p.end <= end][: MOST_PERIODS + 1]
        if len(ends) > MOST_PERIODS:
            raise invalid("query", "from", f"more than {MOST_PERIODS} periods lie between `from` and `to`")
        ends = [e for e in ends if e > start]
    scope = str(Scope.parse(query.scope))
    asked = HistoryQuery(info.name, scope, info.kept_every, start, end, query.limit + 1, ends)
    return asked, {"from": rfc3339(begin), "to": rfc3339(end)}


def _next(request: Request, start: datetime, settled: dict[str, str]) -> dict[str, str]:
    return next_link(request, str((start - _EPOCH) // timedelta(microseconds=1)), **settled)
