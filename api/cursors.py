"""Opaque cursors of listings, and the Link header (RFC 8288) that carries the next one."""

import base64
import binascii
from typing import Annotated, Final

from pydantic import Field
from starlette.requests import Request

from api.problems import invalid
from api.replies import own_path

Cursor = (
    Annotated[
        str,
        Field(
            min_length=1,
            max_length=512,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Where to go on: from the Link header of the page before, with the same other parameters.",
        ),
    ]
    | None
)

_VERSION: Final = b"1"


def encode(position: str) -> str:
    """Return the cursor for the position of the last item of a page."""
    return base64.urlsafe_b64encode(_VERSION + position.encode()).rstrip(b"=").decode()


def decode(cursor: str) -> str:
    """Return the position in a cursor.

    Raises:
        Refused: it is none that a listing has given out.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if not raw.startswith(_VERSION) or encode(position := raw[1:].decode()) != cursor:
            raise bad_cursor()
    except (binascii.Error, UnicodeDecodeError):
        raise bad_cursor() from None
    return position


def bad_cursor() -> Exception:
    """Return the refusal of a cursor."""
    return invalid("query", "cursor", "is none that this listing has given out")


def decode_number(cursor: str, highest: int) -> int:
    """Return the position of a listing that is ordered by a number, 0 … `highest`."""
    position = decode(cursor)
    if not (position.isascii() and position.isdecimal() and len(position) <= len(str(highest))):
        raise bad_cursor()
    return int(position)


def next_link(request: Request, position: str, **settled: str) -> dict[str, str]:
    """Return the Link header to the page after `position`, relative to the server.

    It keeps the request's parameters; `settled` adds what the first page took by default.
    """
    url = request.url.include_query_params(**settled, cursor=encode(position))
    return {"Link": f'<{own_path(request)}?{url.query}>; rel="next"'}
