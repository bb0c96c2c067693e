"""The event log as server-sent events, resumed by Last-Event-ID."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, cast

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from api.crowd import Crowd
from api.guard import READ, Caller, GuardedRoute
from api.problems import documented
from api.schemas.common import rfc3339
from api.services import Use
from api.stream import Begun, EventTail, Reset, Subscription
from domain.record import EventType, LoggedEvent

router = APIRouter(prefix="/api/v1/events", tags=["events"], route_class=GuardedRoute)

HEARTBEAT_S: Final = 15
SEND_TIMEOUT_S: Final = 30
"""A client that takes nothing for so long is closed; it may come back with its Last-Event-ID."""


EventId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]


def _known(types: str) -> str:
    unknown = set(types.split(",")) - set(EventType)
    if unknown:
        raise ValueError(f"{min(unknown)} is none of {', '.join(EventType)}")
    return types


Types = Annotated[
    str,
    Field(max_length=300, pattern=r"^[a-z.]+(,[a-z.]+)*$", description="Comma-separated."),
    AfterValidator(_known),
]


class EventQuery(BaseModel):
    """Which events (default: all), and after which. The header wins over `last_event_id`."""

    types: Types | None = None
    last_event_id: EventId | None = None


class EventStream(EventSourceResponse):
    """An event stream that counts among those that are open, from its first byte until its end, however it ends."""

    def __init__(self, crowd: Crowd, caller: str, content: AsyncIterator[ServerSentEvent], **options: Any) -> None:
        super().__init__(content, **options)
        self._crowd, self._caller = crowd, caller

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._crowd.enter_stream(self._caller)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._crowd.leave_stream(self._caller)


@router.get(
    "",
    dependencies=[READ],
    response_class=EventSourceResponse,
    responses=documented(429)
    | {200: {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def follow_events(
    request: Request,
    services: Use,
    caller: Caller,
    query: Annotated[EventQuery, Query()],
    last_event_id: Annotated[EventId | None, Header()] = None,
) -> Response:
    """Follow what changes. Without an id the stream begins now; with one it resumes after that event.

    When those events are no longer kept, the first event is `reset`: read the state anew. A heartbeat every 15 s
    carries the id of the last event that was looked at.
    """
    await to_thread.run_sync(services.events.bounds)  # a log that is away is a 503 now, not a stream that breaks
    place = last_event_id or query.last_event_id
    types = frozenset(EventType(t) for t in query.types.split(",")) if query.types else frozenset(EventType)
    tail = cast("EventTail", request.app.state.events)
    subscription = Subscription(tail, int(place) if place is not None else None, types)
    return EventStream(
        cast("Crowd", request.app.state.crowd),
        caller.name,
        _messages(subscription),
        ping=HEARTBEAT_S,
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat", id=str(subscription.place)),
        send_timeout=SEND_TIMEOUT_S,
        sep="\n",
    )


async def _messages(subscription: Subscription) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="open")  # the client sees at once that it is connected
    async for item in subscription.items():
        match item:
            case Begun(place):
                yield ServerSentEvent(comment="begins", id=str(place))
            case Reset():
                yield _reset(item)
            case LoggedEvent():
                yield _message(item)


def _reset(reset: Reset) -> ServerSentEvent:
    data = json.dumps({"reason": "the events after your last one are no longer kept", "resume_after": reset.place})
    return ServerSentEvent(event="reset", id=str(reset.place), data=data)


def _message(logged: LoggedEvent) -> ServerSentEvent:
    body: dict[str, Any] = {"id": logged.id, "at": rfc3339(logged.event.at), "data": dict(logged.event.data)}
    data = json.dumps(body, ensure_ascii=False)
    return ServerSentEvent(event=logged.event.type.value, id=str(logged.id), data=data)
