"""Changes of duty: overrides, swaps that a leader approves, and hand-overs."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.once import OnceKey, once
from api.problems import documented, invalid
from api.replies import own_path, reply, require_match
from api.schemas.common import Instant, PathIdent
from api.schemas.duty import OverrideOut, SwapOut
from api.schemas.duty_changes import DecisionBody, HandoverBody, HandoverList, HandoverOut, OverrideBody, SwapBody
from api.services import Use
from domain.duty import DutyOverride, DutyRole, Handover, Swap, SwapState
from domain.errors import Conflict, NotFound
from rules.duty.plan import DutyPlan
from rules.duty.swaps import may_not_decide, objections

router = APIRouter(prefix="/api/v1/duty", tags=["duty"], route_class=GuardedRoute)

_CREATED = documented(400, 409, 413, 415, 429)


@router.post("/overrides", status_code=201, dependencies=[OPERATE], response_model=OverrideOut, responses=_CREATED)
def add_override(
    request: Request, services: Use, caller: Caller, body: Annotated[OverrideBody, Body()], key: OnceKey = None
) -> Response:
    """Record that somebody stands in for a span of instants. The newest override wins."""

    def work() -> Response:
        if body.start >= body.end:
            raise invalid("body", "end", "must lie after `start`")
        _known(services.duty.roster(), person=body.person, replaces=body.replaces)
        now = services.clock.now()
        ident = uuid.uuid4().hex
        span = (body.start, body.end, body.person, body.replaces)
        services.duty.store.add_override(DutyOverride(ident, body.role, *span, body.reason, caller.name, now))
        found = next(o for o in services.duty.roster().roster.overrides if o.id == ident)
        return reply(request, OverrideOut.of(found), status=201, headers={"Location": f"{own_path(request)}/{ident}"})

    return once(request, services, caller, key, body.model_dump_json(), work)


@router.get("/overrides/{override_id}", dependencies=[READ], response_model=OverrideOut, responses=documented(404))
def get_override(request: Request, services: Use, override_id: PathIdent) -> Response:
    """Return an override in force."""
    return reply(request, OverrideOut.of(_override(services.duty.roster(), override_id)))


@router.delete(
    "/overrides/{override_id}",
    status_code=204,
    dependencies=[OPERATE],
    response_class=Response,
    responses=documented(404, 412),
)
def withdraw_override(request: Request, services: Use, caller: Caller, override_id: PathIdent) -> Response:
    """Withdraw an override: it is no longer believed, and its record is kept."""
    require_match(request, OverrideOut.of(_override(services.duty.roster(), override_id)))
    services.duty.store.withdraw_override(override_id, caller.name, services.clock.now())
    services.duty.roster()
    return Response(status_code=204)


@router.post("/swaps", status_code=201, dependencies=[OPERATE], response_model=SwapOut, responses=_CREATED)
def request_swap(
    request: Request, services: Use, caller: Caller, body: Annotated[SwapBody, Body()], key: OnceKey = None
) -> Response:
    """Ask for a swap. It counts once a leader of the roster has approved it."""

    def work() -> Response:
        returns = None if body.returns is None else body.returns.slot()
        ident = uuid.uuid4().hex
        now = services.clock.now()
        swap = Swap(ident, body.giver, body.gives.slot(), body.taker, returns, body.reason, caller.name, now)
        for name, reason in objections(services.duty.roster(), swap):
            raise invalid("body", name, reason)
        services.duty.store.request_swap(swap)
        found = _swap(services.duty.roster(), ident)
        return reply(request, SwapOut.of(found), status=201, headers={"Location": f"{own_path(request)}/{ident}"})

    return once(request, services, caller, key, body.model_dump_json(), work)


@router.get("/swaps/{swap_id}", dependencies=[READ], response_model=SwapOut, responses=documented(404))
def get_swap(request: Request, services: Use, swap_id: PathIdent) -> Response:
    """Return a swap."""
    return reply(request, SwapOut.of(_swap(services.duty.roster(), swap_id)))


@router.post(
    "/swaps/{swap_id}/decision",
    dependencies=[OPERATE],
    response_model=SwapOut,
    responses=documented(400, 404, 409, 412, 413, 415),
)
def decide_swap(
    request: Request, services: Use, caller: Caller, swap_id: PathIdent, body: Annotated[DecisionBody, Body()]
) -> Response:
    """Approve or refuse as a leader of the roster, or withdraw as the giver. If-Match guards against a stale view."""
    plan = services.duty.roster()
    swap = _swap(plan, swap_id)
    require_match(request, SwapOut.of(swap))
    if swap.state is not SwapState.REQUESTED:
        raise Conflict(f"The swap is {swap.state} already.")
    match body.state:
        case SwapState.REQUESTED:
            raise invalid("body", "state", "is no decision")
        case SwapState.WITHDRAWN:
            if body.by != swap.giver:
                raise invalid("body", "by", "only the giver withdraws a swap")
        case SwapState.APPROVED | SwapState.REFUSED:
            if (why := may_not_decide(plan, swap, body.by)) is not None:
                raise invalid("body", "by", why)
    if body.state is SwapState.APPROVED and (wrong := objections(plan, swap)):
        raise Conflict(f"The roster has changed: {wrong[0][0]}: {wrong[0][1]}.")
    services.duty.store.decide_swap(swap_id, body.state, body.by, caller.name, services.clock.now())
    return reply(request, SwapOut.of(_swap(services.duty.roster(), swap_id)))


class LogQuery(BaseModel):
    """Before which instant, and how many."""

    before: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/handovers", dependencies=[READ], response_model=HandoverList, responses=documented())
def list_handovers(request: Request, services: Use, query: Annotated[LogQuery, Query()]) -> Response:
    """List the duty log (值班日志), newest first."""
    found = services.duty.store.handovers(query.limit, query.before)
    return reply(request, HandoverList(items=[HandoverOut.of(h) for h in found]))


@router.post("/handovers", status_code=201, dependencies=[OPERATE], response_model=HandoverOut, responses=_CREATED)
def hand_over(
    request: Request, services: Use, caller: Caller, body: Annotated[HandoverBody, Body()], key: OnceKey = None
) -> Response:
    """Hand over (交接班): what was done, what is undone, the log. Who was on duty is written down with it."""

    def work() -> Response:
        plan, now = services.duty.roster(), services.clock.now()
        _known(plan, giver=body.giver, taker=body.taker)
        on_duty = {role: tuple(p.id for p in plan.on_duty(role, now)) for role in DutyRole}
        handover = Handover(
            id=uuid.uuid4().hex,
            at=now,
            giver=body.giver,
            taker=body.taker,
            done=tuple(body.done),
            undone=tuple(body.undone),
            log=body.log,
            author=caller.name,
            recorded_at=now,
            on_duty={role: people for role, people in on_duty.items() if people},
        )
        services.duty.store.hand_over(handover)
        return reply(request, HandoverOut.of(handover), status=201)

    return once(request, services, caller, key, body.model_dump_json(), work)


def _known(plan: DutyPlan, **people: str | None) -> None:
    for name, person in people.items():
        if person is not None and person not in plan.people:
            raise invalid("body", name, f"there is no person {person!r}")


def _override(plan: DutyPlan, ident: str) -> DutyOverride:
    found = next((o for o in plan.roster.overrides if o.id == ident), None)
    if found is None:
        raise NotFound(f"There is no override {ident!r}.")
    return found


def _swap(plan: DutyPlan, ident: str) -> Swap:
    found = next((s for s in plan.roster.swaps if s.id == ident), None)
    if found is None:
        raise NotFound(f"There is no swap {ident!r}.")
    return found
