"""Turn a response model into bytes with an entity tag, and answer conditional requests (RFC 9110 section 13)."""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.problems import Refused

JSON = "application/json"


def reply(
    request: Request,
    model: BaseModel,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """Answer with a model and its entity tag; 304 without a body when the caller of a GET has it already."""
    content = written(model)
    tag = entity_tag(content)
    # stored by the caller only, and never used without asking again
    sent = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization", **(headers or {})}
    if request.method == "GET" and names(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=sent)
    return Response(content, status, sent, media_type)


def fresh(model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a model that nobody may keep."""
    return Response(written(model), status, headers, JSON)


def require_match(request: Request, current: BaseModel | None) -> None:
    """Honour If-Match: go on only if the caller knows `current` (None = the thing does not exist yet).

    Raises:
        Refused: 412, what is recorded is not what the caller has seen.
    """
    wanted = request.headers.get("if-match")
    if wanted is None:
        return
    if current is None or not names(wanted, entity_tag(written(current))):
        raise Refused(412, "It was changed meanwhile: read it again, then decide.")


def own_path(request: Request) -> str:
    """Return the path of the request for a header: in ASCII, as ids may be Chinese."""
    return quote(request.url.path)


def entity_tag(content: bytes) -> str:
    """Return the strong entity tag of a representation."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def written(model: BaseModel) -> bytes:
    """Return a model as it is sent."""
    return model.model_dump_json(by_alias=True).encode()


def names(header: str | None, tag: str) -> bool:
    """Return whether an If-Match or If-None-Match header names an entity tag."""
    if header is None:
        return False
    offered = [part.strip() for part in header.split(",")]
    return "*" in offered or tag in (part.removeprefix("W/") for part in offered)
