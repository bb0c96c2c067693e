"""Reports of closed periods, as a bureau reads them: JSON, CSV, XLSX, printable HTML."""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, WithJsonSchema

from api.guard import READ, GuardedRoute
from api.problems import documented, invalid
from api.replies import reply
from api.schemas.common import FIRST_YEAR, LAST_YEAR
from api.schemas.reports import ReportList, ReportOut
from api.services import Use
from rules.reports import ReportKind

router = APIRouter(prefix="/api/v1/reports", tags=["reports"], route_class=GuardedRoute)

_FORMS: Final = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"schema": {"type": "string"}},
    "text/html": {"schema": {"type": "string"}},
    "application/json": {"schema": {"type": "object"}},
}


def _day(value: Any) -> date:
    """Read a date of ISO 8601 and nothing else: a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        day = date.fromisoformat(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
        return day
    raise ValueError("must be a date like 2026-11-24")


_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class ReportQuery(BaseModel):
    """Which period: the closed one that `day` (local date) lies in; by default the last one. In which form."""

    day: Day | None = None
    format: Literal["json", "csv", "xlsx", "html"] = "json"
    lang: Literal["zh", "en"] = "zh"


@router.get("", dependencies=[READ], response_model=ReportList, responses=documented())
def list_reports(request: Request, services: Use) -> Response:
    """List the kinds of report."""
    items = [ReportOut(kind=ReportKind(k), title=zh, title_en=en) for k, (zh, en) in services.reports.titles().items()]
    return reply(request, ReportList(items=items))


@router.get(
    "/{kind}",
    dependencies=[READ],
    response_class=Response,
    responses=documented() | {200: {"description": "The report", "content": _FORMS}},
)
def get_report(services: Use, kind: Annotated[ReportKind, Path()], query: Annotated[ReportQuery, Query()]) -> Response:
    """Return a report: what was published of the period in its newest revision, and the plan's verdicts on it."""
    try:
        made = services.reports.render(kind.value, query.day, query.format, query.lang, services.clock.now())
    except ValueError as error:
        raise invalid("query", "day", str(error)) from None
    shown = "inline" if query.format in {"html", "json"} else "attachment"
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(made.name)}",
        "Content-Security-Policy": made.policy,
    }
    return Response(made.content, headers=headers, media_type=made.media_type)
