"""The hours of a day beside what is usual then: tides of car parks, of air, of lamps."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.routes.history import kept_info
from api.routes.indicators import Name
from api.routes.reports import Day
from api.schemas.common import SCOPE
from api.schemas.usual import UsualDay, UsualHourOut
from api.services import Use
from domain.history import HistoryQuery
from domain.period import PeriodKind, period_of
from domain.scope import Scope
from rules.usual import BACK, is_weekend, usual

router = APIRouter(prefix="/api/v1/indicators", tags=["history"], route_class=GuardedRoute)

_MOST: Final = 25 * (BACK.days + 2)
"""Hours of the day and of the days before, the longest they can be."""


class UsualQuery(BaseModel):
    """Which part of the city, and which day of its calendar (default: today)."""

    scope: Annotated[str, Field(max_length=200, pattern=SCOPE, examples=["lot:p-quancheng"])] = "city"
    day: Day | None = None


@router.get("/{name}/usual", dependencies=[READ], response_model=UsualDay, responses=documented(404, 503))
def get_usual(request: Request, services: Use, name: Name, query: Annotated[UsualQuery, Query()]) -> Response:
    """Return the closed hours of a day beside what is usual: the same hour of like days in the four weeks before."""
    info = kept_info(services, name, query.scope)
    if info.kept_every is not PeriodKind.HOUR:
        raise invalid("path", "name", f"{name} is kept by the {info.kept_every}; there is nothing by the hour")
    today = services.clock.now().astimezone(services.tz).date()
    day = query.day or today
    if day > today:
        raise invalid("query", "day", "lies in the future of the city clock")
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=services.tz)
    whole = period_of(PeriodKind.DAY, noon, services.tz)
    scope = str(Scope.parse(query.scope))
    first = period_of(PeriodKind.DAY, noon - BACK, services.tz).start
    found = services.measures.history(HistoryQuery(name, scope, PeriodKind.HOUR, first, whole.end, _MOST))
    hours = [UsualHourOut.of(hour) for hour in usual(found, day, services.tz)]
    answer = UsualDay(
        indicator=name,
        scope=scope,
        unit=info.unit,
        day=day,
        weekend=is_weekend(day),
        back_days=BACK.days,
        hours=hours,
    )
    return reply(request, answer)
