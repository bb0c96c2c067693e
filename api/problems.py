"""Every error is a problem document (RFC 9457), and this is the only place that writes one."""

import json
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from api.schemas.common import FORMS
from domain.errors import ConfigError, Conflict, JournalFull, NotFound, QuanyanError, Starting, TooMany, Unavailable

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
COMPONENTS: Final = "#/components/schemas/"
"""Where schemas of the OpenAPI document are referred to."""
RETRY_AFTER_S: Final = 5
"""What a client is told to wait when a store is away or the journal is full."""

Headers = Mapping[str, str]
Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

# Python's own phrases differ between its versions; these are part of the contract
TITLES: Final[Mapping[int, str]] = {
    400: "Malformed body",
    401: "Not authenticated",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Precondition failed",
    413: "Body too large",
    415: "Unsupported media type",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}
"""Every status that the API answers an error with, and its title."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a request: `place` is path, query, header or body; `name` a parameter or a dotted field."""

    place: str
    name: str
    reason: str

    @override
    def __str__(self) -> str:
        return f"{f'{self.place} {self.name}'.rstrip()}: {self.reason}"


class Refused(Exception):
    """A request that is answered with a problem document. For what the HTTP border itself finds wrong."""

    def __init__(
        self, status: int, detail: str, errors: Sequence[FieldError] = (), headers: Headers | None = None
    ) -> None:
        """Keep what the document will say."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers


def invalid(place: str, name: str, reason: str) -> Refused:
    """Return the refusal of one wrong parameter or field."""
    error = FieldError(place, name, reason)
    return Refused(422, str(error), (error,))


def problem(status: int, detail: str, errors: Sequence[FieldError] = (), headers: Headers | None = None) -> Response:
    """Return a problem document. Its type is a URN made of the status: one status, one kind of problem."""
    title = TITLES.get(status, "Error")
    body: dict[str, Any] = {
        "type": f"urn:quanyan:problem:{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = [asdict(error) for error in errors]
    # ASCII escapes keep a lone surrogate of the request from breaking the answer
    content = json.dumps(body).encode("ascii")
    return Response(content, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


async def on_refused(_request: Request, error: Refused) -> Response:
    """Answer a refusal."""
    return problem(error.status, error.detail, error.errors, error.headers)


async def on_http(request: Request, error: HTTPException) -> Response:
    """Answer what the framework found: no such route, a method that a route lacks, a body that is no JSON."""
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND and (page := _page(request)) is not None:
        return page
    details = {
        404: "There is nothing at this path.",
        405: f"{request.method} is not allowed here; the Allow header lists what is.",
    }
    return problem(status, details.get(status, error.detail), headers=error.headers)


def _page(request: Request) -> Response | None:
    """Return the page, which says that there is no such view, for whoever went there with a browser."""
    looking = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    web = getattr(request.app.state.services, "web", None)  # the processes without a page have none
    if not looking or web is None or web.index is None or request.url.path.startswith("/api/"):
        return None
    page: Response = web.index.response(request, status=404)
    return page


async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
    """Answer parameters and bodies that the declared types refuse; every mistake is listed."""
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return problem(400, "The body is not JSON.")
    errors = [FieldError(str(e["loc"][0]), ".".join(str(p) for p in e["loc"][1:]), _reason(e)) for e in found]
    return problem(422, "; ".join(str(e) for e in errors), errors)


def _reason(error: Mapping[str, Any]) -> str:
    said: str = error["msg"].removeprefix("Value error, ")
    return FORMS.get(error["ctx"]["pattern"], said) if error["type"] == "string_pattern_mismatch" else said


async def on_domain(request: Request, error: QuanyanError) -> Response:
    """Answer the errors of the ports. What a store says about itself goes to the log, not to the caller."""
    match error:
        case NotFound():
            return problem(404, str(error) or "There is no such thing.")
        case Conflict():
            return problem(409, str(error))
        case TooMany():
            return problem(429, str(error), headers={"Retry-After": str(error.wait_s)})
        case ConfigError():
            errors = [FieldError("body", p.field, p.reason) for p in error.problems]
            return problem(422, "The body does not describe a valid record.", errors)
        case JournalFull():
            detail = "The journal is full or cannot write: nothing was kept. Repeat the request later."
        case Starting():
            detail = "The service has just started and takes up the city's state. Repeat the request in a few seconds."
        case Unavailable():
            detail = "A store is away: nothing was changed. Repeat the request later."
        case _:
            return await on_bug(request, error)
    logger.warning("request_unavailable", extra={"path": request.url.path, "error": str(error)})
    return problem(503, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


async def on_bug(request: Request, error: Exception) -> Response:
    """Answer what nobody expected, without telling the caller what it was; the log has the traceback."""
    logger.error("request_failed", exc_info=error, extra={"method": request.method, "path": request.url.path})
    return problem(500, "Something went wrong here. The log of the service has more.")


HANDLERS: Final[Mapping[int | type[Exception], Handler]] = {
    Refused: on_refused,
    HTTPException: on_http,
    RequestValidationError: on_invalid,
    QuanyanError: on_domain,
    Exception: on_bug,
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for these statuses, beside those that every guarded route can give.

    503 is one of these: keys are in the database, and what is live may be in another process.
    """
    everywhere = (401, 403, 422, 503)
    return {status: _response(status) for status in sorted({*everywhere, *statuses})}


def open_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of a route that asks for no key."""
    return {status: _response(status) for status in sorted({422, *statuses})}


def _response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{COMPONENTS}Problem"}}},
    }
    required = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
    if required:
        response["headers"] = {required: {"required": True, "schema": {"type": "string"}}}
    return response


SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", "name", "reason"],
                "properties": {
                    "place": {"enum": ["path", "query", "header", "body"]},
                    "name": {"type": "string"},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
