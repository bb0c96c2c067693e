"""Sections of rivers by month: the table that a bulletin prints."""

from collections import defaultdict
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.schemas.water import SectionCourseOut, SectionMonthOut, SectionMonths
from api.services import Use
from domain.period import Period, PeriodKind, last_closed
from domain.scope import Scope, ScopeKind

router = APIRouter(prefix="/api/v1/water", tags=["history"], route_class=GuardedRoute)

CLASSES: Final = "section_period_class"


class MonthsQuery(BaseModel):
    """How many months: those that closed last."""

    months: Annotated[int, Field(ge=1, le=60)] = 12


@router.get("/months", dependencies=[READ], response_model=SectionMonths, responses=documented(503))
def list_months(request: Request, services: Use, query: Annotated[MonthsQuery, Query()]) -> Response:
    """List the class of every section in the last closed months, with whether it met its own target."""
    now = services.clock.now()
    months: list[Period] = [last_closed(PeriodKind.MONTH, now, services.tz)]
    while len(months) < query.months:
        months.append(last_closed(PeriodKind.MONTH, months[-1].start, services.tz))
    first, last = months[-1].start, months[0].start
    found: dict[str, list[SectionMonthOut]] = defaultdict(list)
    for published in services.measures.of_periods(CLASSES, PeriodKind.MONTH, first, last):
        scope = Scope.parse(published.measure.scope)
        if scope.kind is ScopeKind.SECTION:
            found[scope.id].append(SectionMonthOut.of(published))
    known = {device.id: device for device in services.live.register().devices(now, "river_section")}
    items = [SectionCourseOut.of(section, known.get(section), found.get(section, [])) for section in {*known, *found}]
    items.sort(key=lambda item: (item.river, item.order or 0, item.section))
    return reply(request, SectionMonths(months=[month.name for month in reversed(months)], items=items))
