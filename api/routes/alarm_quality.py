"""Alarm quality by ISA-18.2 and EEMUA 191: what the alarms of each shift or day asked of its officers."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.alarm_quality import Asked, Unanswerable, tell
from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.schemas.alarm_quality import QualityList, QualityOut
from api.schemas.common import Instant
from api.services import Use
from rules.alarm_quality.spans import By

router = APIRouter(prefix="/api/v1", tags=["alerts"], route_class=GuardedRoute)

MOST_STEPS: Final = 200_000
_BACK: Final = timedelta(days=7)


class QualityQuery(BaseModel):
    """Which shifts or days: those that begin in [`from`, `to`)."""

    from_: Annotated[Instant | None, Field(alias="from", description="Default: seven days before `to`.")] = None
    to: Annotated[Instant | None, Field(description="Default: now.")] = None
    by: By = By.DAY


@router.get("/alarm-quality", dependencies=[READ], response_model=QualityList, responses=documented())
def get_alarm_quality(request: Request, services: Use, query: Annotated[QualityQuery, Query()]) -> Response:
    """Return rate per officer, floods, top ten, chattering, stale, time to acknowledge and to clear, and the limits."""
    now = services.clock.now()
    end = query.to or now
    asked = Asked(query.by, query.from_ or end - _BACK, end, now)
    try:
        told = tell(asked, services.duty.roster(), services.alerts.store, services.events, MOST_STEPS)
    except Unanswerable as wrong:
        raise invalid("query", wrong.name, wrong.reason) from None
    items = [QualityOut.of(found, told.names) for found in told.found]
    return reply(request, QualityList(by=query.by, kept_since=told.kept_since, items=items))
