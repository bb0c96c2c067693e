"""The duty roster (值班表): who is on duty, gaps ahead, and every change of it."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel

from api.guard import ADMIN, READ, Caller, GuardedRoute
from api.once import OnceKey, once
from api.problems import Refused, documented, invalid
from api.replies import reply, require_match
from api.schemas.common import Instant
from api.schemas.duty import GapList, NowOut, RosterOut, SpanList
from api.schemas.duty_changes import ImportBody
from api.services import Use
from domain.duty import DutyRole

router = APIRouter(prefix="/api/v1/duty", tags=["duty"], route_class=GuardedRoute)

LONGEST: Final = timedelta(days=100)
"""The longest span of duties that one request may ask for."""


class NowQuery(BaseModel):
    """At which instant; default: now."""

    at: Instant | None = None


@router.get("/now", dependencies=[READ], response_model=NowOut, responses=documented())
def get_now(request: Request, services: Use, query: Annotated[NowQuery, Query()]) -> Response:
    """Say who is on duty in every role, now or at an instant, and what put each one there."""
    at = query.at if query.at is not None else services.clock.now().replace(microsecond=0)
    return reply(request, NowOut.of(services.duty.roster(), at))


class RosterQuery(BaseModel):
    """As it was believed at an instant; default: now."""

    known_at: Instant | None = None


@router.get("/roster", dependencies=[READ], response_model=RosterOut, responses=documented())
def get_roster(request: Request, services: Use, query: Annotated[RosterQuery, Query()]) -> Response:
    """Return the roster as recorded: people without addresses, shifts, rotations, table, overrides, swaps."""
    if query.known_at is not None:
        return reply(request, RosterOut.of(services.duty.store.load(query.known_at)))
    return reply(request, RosterOut.of(services.duty.roster().roster))


class SpanQuery(BaseModel):
    """From when until when, and in which role; default: every role."""

    start: Instant
    end: Instant
    role: DutyRole | None = None


@router.get("/spans", dependencies=[READ], response_model=SpanList, responses=documented())
def list_spans(request: Request, services: Use, query: Annotated[SpanQuery, Query()]) -> Response:
    """List who is on duty from when until when."""
    if not timedelta(0) < query.end - query.start <= LONGEST:
        raise invalid("query", "end", f"must lie after `start`, by {LONGEST.days} days at most")
    plan = services.duty.roster()
    roles = list(DutyRole) if query.role is None else [query.role]
    found = [duty for role in roles for duty in plan.duties(role, query.start, query.end)]
    return reply(request, SpanList.of(sorted(found, key=lambda d: (d.start, d.role)), plan))


@router.get("/gaps", dependencies=[READ], response_model=GapList, responses=documented())
def list_gaps(request: Request, services: Use) -> Response:
    """List when nobody is on duty in a role that is needed, as far ahead as is warned of (config/duty.toml)."""
    now = services.clock.now().replace(microsecond=0)
    rules = services.duty.escalation
    return reply(request, GapList.of(services.duty.roster().gaps(rules.needed_roles, now, now + rules.gap_warning)))


@router.post(
    "/import",
    dependencies=[ADMIN],
    response_model=RosterOut,
    responses=documented(400, 409, 412, 413, 415, 429),
)
def import_roster(
    request: Request, services: Use, caller: Caller, body: Annotated[ImportBody, Body()], key: OnceKey = None
) -> Response:
    """Take tables over, all or nothing; every mistake is named with its table, row and field.

    A table replaces the one recorded: people, shifts and rotations wholly, `table` from its first to its last day.
    """

    def work() -> Response:
        known = services.duty.roster().roster
        require_match(request, RosterOut.of(known))
        tables = body.model_dump(exclude_none=True)
        if not tables:
            raise Refused(422, "The body names no table: people, shifts, rotations or table.")
        roster = services.duty.parse_roster(tables, known)
        services.duty.store.put(roster, caller.name, services.clock.now(), based_on=known.version)
        return reply(request, RosterOut.of(services.duty.roster().roster))

    return once(request, services, caller, key, body.model_dump_json(), work)
