"""Replaying the quarantine, after what was wrong has been mended: the register, a range, a codec."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.once import OnceKey, once
from api.problems import documented
from api.replies import fresh, own_path, reply
from api.routes.quarantine import LAST_ID
from api.schemas.quarantine import ReplayBody, ReplayList, ReplayOut, TrialOut
from api.services import Use

router = APIRouter(prefix="/api/v1/quarantine/replays", tags=["ingest"], route_class=GuardedRoute)


class ReplaysQuery(BaseModel):
    """Which page."""

    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("", dependencies=[READ], response_model=ReplayList, responses=documented())
def list_replays(request: Request, services: Use, query: Annotated[ReplaysQuery, Query()]) -> Response:
    """List replays, newest first. The Link header leads on."""
    before = None if query.cursor is None else decode_number(query.cursor, LAST_ID)
    found = services.quarantine.replays(before, query.limit + 1)
    page = found[: query.limit]
    headers = next_link(request, str(page[-1].id)) if len(found) > query.limit else {}
    return reply(request, ReplayList(items=[ReplayOut.of(replay) for replay in page]), headers=headers)


@router.post(
    "",
    status_code=202,
    dependencies=[OPERATE],
    response_model=ReplayOut,
    responses=documented(400, 409, 413, 415, 429),
)
def begin_replay(
    request: Request, services: Use, caller: Caller, body: Annotated[ReplayBody, Body()], key: OnceKey = None
) -> Response:
    """Have entries go through the journal once more, with their original bytes. 202 = recorded; it is done soon.

    Readings that are accepted now are stored once, whatever fails meanwhile, and closed periods that missed them are
    measured again. What is rejected once more stays in the quarantine, with the newest reason.
    """

    def work() -> Response:
        replay = services.replays.begin(body.wish(), caller.name)
        return fresh(ReplayOut.of(replay), status=202, headers={"Location": f"{own_path(request)}/{replay.id}"})

    return once(request, services, caller, key, body.model_dump_json(), work)


@router.post("/trial", dependencies=[OPERATE], response_model=TrialOut, responses=documented(400, 413, 415))
def try_replay(services: Use, body: Annotated[ReplayBody, Body()]) -> Response:
    """Say what a replay would do now, without doing it. Looks at no more than 10,000 entries, the oldest.

    Conflicts are found only by storing: such entries count as accepted here.
    """
    return fresh(TrialOut.of(services.replays.trial(body.wish())))


@router.get("/{replay_id:int}", dependencies=[READ], response_model=ReplayOut, responses=documented(404))
def get_replay(request: Request, services: Use, replay_id: Annotated[int, Path(ge=1, le=LAST_ID)]) -> Response:
    """Say how far a replay is."""
    return reply(request, ReplayOut.of(services.quarantine.replay(replay_id)))
