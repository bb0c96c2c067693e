"""Alarm quality by ISA-18.2 and EEMUA 191: what the alarms of each shift or day asked of its officers."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.schemas.alarm_quality import QualityList, QualityOut
from api.schemas.common import Instant
from api.services import Use
from rules.alarm_quality.report import qualities
from rules.alarm_quality.spans import LONGEST, By, known_whole, watches

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
    start = query.from_ or end - _BACK
    if not start < end:
        raise invalid("query", "from", "must lie before `to`")
    if end - start > LONGEST:
        raise invalid("query", "from", f"no more than {LONGEST.days} days can be asked for at once")
    plan = services.duty.roster()
    if query.by is By.SHIFT and not plan.roster.shifts:
        raise invalid("query", "by", "the roster has no shifts")
    asked = watches(query.by, start, end, plan)
    until = max((span.end for span in asked), default=end)
    # nobody has looked at what comes after the engine: that nothing rang there says nothing
    seen = min(now, services.events.ticked_through() or start)
    steps = services.alerts.store.steps(start, until, MOST_STEPS)
    if len(steps) >= MOST_STEPS:
        raise invalid(
            "query", "from", f"more than {MOST_STEPS} changes of alerts lie in the span; ask for a shorter one"
        )
    since = services.alerts.store.kept_since()  # after the steps: what went before they were read is before it
    items = [QualityOut.of(found) for found in qualities(steps, known_whole(asked, since), plan, seen)]
    return reply(request, QualityList(by=query.by, kept_since=since, items=items))
