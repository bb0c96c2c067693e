"""What people were told, what could not be told, and how the channels are."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.cursors import Cursor, decode_number, next_link
from api.guard import OPERATE, READ, Caller, GuardedRoute
from api.problems import documented
from api.replies import reply, require_match
from api.routes.quarantine import LAST_ID
from api.schemas.common import Text
from api.schemas.notices import ChannelList, CountOut, NoticeDetail, NoticeList, NoticeOut
from api.services import Services, Use
from domain.notice import NoticeFilter, NoticeState

router = APIRouter(prefix="/api/v1/notices", tags=["notices"], route_class=GuardedRoute)

NoticeId = Annotated[int, Path(ge=1, le=LAST_ID)]


class NoticeQuery(BaseModel):
    """Which notices; `state=dead` are the dead letters."""

    state: NoticeState | None = None
    channel: Text | None = None
    group: Text | None = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("", dependencies=[READ], response_model=NoticeList, responses=documented())
def list_notices(request: Request, services: Use, query: Annotated[NoticeQuery, Query()]) -> Response:
    """List notices, oldest first, each with its last attempt. The Link header leads on."""
    after = decode_number(query.cursor, LAST_ID) if query.cursor else 0
    wanted = NoticeFilter(query.state, query.channel, query.group, after, query.limit + 1)
    found = services.duty.outbox.list(wanted)
    page = found[: query.limit]
    headers = next_link(request, str(page[-1].id)) if len(found) > query.limit else {}
    counts = sorted(services.duty.outbox.counts().items())
    answer = NoticeList(
        counts=[CountOut(channel=channel, state=state, count=n) for (channel, state), n in counts],
        items=[NoticeOut.of(posted) for posted in page],
    )
    return reply(request, answer, headers=headers)


@router.get("/channels", dependencies=[READ], response_model=ChannelList, responses=documented())
def list_channels(request: Request, services: Use) -> Response:
    """Say how each channel is: what came of its messages, and until when it is left alone."""
    return reply(request, ChannelList.of(services.duty.channels()))


@router.get("/{notice_id}", dependencies=[READ], response_model=NoticeDetail, responses=documented(404))
def get_notice(request: Request, services: Use, notice_id: NoticeId) -> Response:
    """Return one notice with every attempt."""
    return reply(request, _detail(services, notice_id))


@router.post(
    "/{notice_id}/resend",
    dependencies=[OPERATE],
    response_model=NoticeDetail,
    responses=documented(404, 409, 412),
)
def resend_notice(request: Request, services: Use, caller: Caller, notice_id: NoticeId) -> Response:
    """Let a dead letter be tried again from now on. 409 when it is none."""
    require_match(request, _detail(services, notice_id))
    services.duty.outbox.resend(notice_id, caller.name, services.wall())
    return reply(request, _detail(services, notice_id))


def _detail(services: Services, notice_id: int) -> NoticeDetail:
    return NoticeDetail.with_attempts(*services.duty.outbox.get(notice_id))
