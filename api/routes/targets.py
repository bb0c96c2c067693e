"""The plan's targets, each held against its measure now."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.guard import READ, GuardedRoute
from api.problems import documented
from api.replies import reply
from api.schemas.measures import AssessmentList, AssessmentOut
from api.services import Use
from domain.errors import NotFound
from domain.measure import TargetVerdict

router = APIRouter(prefix="/api/v1/targets", tags=["targets"], route_class=GuardedRoute)

TargetId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/]+$")]


class TargetQuery(BaseModel):
    """Which targets: the item of the plan, the verdict."""

    item: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    verdict: TargetVerdict | None = None


@router.get("", dependencies=[READ], response_model=AssessmentList, responses=documented())
def list_targets(request: Request, services: Use, query: Annotated[TargetQuery, Query()]) -> Response:
    """List the targets with their current measure, verdict and the reason for it."""
    wanted = [t for t in services.live.targets() if query.item is None or t.item == query.item]
    found = [services.live.assess(target) for target in wanted]
    items = [AssessmentOut.of(a) for a in found if query.verdict is None or a.verdict is query.verdict]
    return reply(request, AssessmentList(items=items))


@router.get("/{target_id}", dependencies=[READ], response_model=AssessmentOut, responses=documented(404))
def get_target(request: Request, services: Use, target_id: TargetId) -> Response:
    """Return one target with its current measure, verdict and the reason for it."""
    target = next((t for t in services.live.targets() if t.id == target_id), None)
    if target is None:
        raise NotFound(f"The plan has no target {target_id!r}.")
    return reply(request, AssessmentOut.of(services.live.assess(target)))
