"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a creating request that is repeated is done once."""

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Request, Response

from api.guard import Principal
from api.services import Services
from domain.record import KeptAnswer

OnceKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A key of your choice: repeated with the same body within a day, the first answer comes again.",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
    ),
]


def once(
    request: Request, services: Services, caller: Principal, key: str | None, body: str, work: Callable[[], Response]
) -> Response:
    """Do `work`, or give its first answer again. `body` is what the key stands for, as text.

    Raises:
        Conflict: the key stands for another request, or the first one is still at work.
        TooMany: the caller has used too many keys within a day.
    """
    if key is None:
        return work()
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n{body}".encode()).hexdigest()
    kept = services.once.begin(caller.name, key, digest, services.wall())
    if kept is not None:
        headers = {} if kept.location is None else {"Location": kept.location}
        return Response(kept.body, kept.status, headers, "application/json")
    try:
        response = work()
    except BaseException:
        services.once.release(caller.name, key)
        raise
    answer = KeptAnswer(response.status_code, bytes(response.body).decode(), response.headers.get("location"))
    services.once.answer(caller.name, key, answer)
    return response
