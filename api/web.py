"""The built page (`web/dist`): its files in memory, compressed beforehand, with a strict Content-Security-Policy."""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.codings import coding_for
from api.replies import entity_tag

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{tiles}; font-src 'self'; "
    "connect-src 'self'{tiles}; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
"""Nothing from other hosts but the tiles of a configured base map, and no inline script. The map's worker is a file."""
PAGES: Final = (
    *("map", "targets", "lighting", "air", "water", "parking", "springs", "alerts", "incidents", "roster", "devices"),
    *("indicators", "ingest", "reports", "settings", "login"),
)
"""The first parts of the paths that the page routes by itself."""
Wall = Annotated[str | None, Query()]
"""`?wall` in the address of a view: the page shows itself as on a wall."""
Hide = Annotated[str | None, Query()]
"""`?hide=roads+streetlight.l` in the address of the map: layers and states that it leaves out."""
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class WebFile:
    """One file of the page. `encoded` holds what the build compressed, by content coding."""

    content: bytes
    media_type: str
    encoded: Mapping[str, bytes]
    hashed: bool
    """Whether its name changes with its content, so that it may be kept for ever."""
    policy: str

    def response(self, request: Request, status: int = 200) -> Response:
        """Answer with the smallest form that the browser takes; 304 when it has it already, and nothing is wrong."""
        headers = {
            "Content-Security-Policy": self.policy,
            "Cache-Control": _FOREVER if self.hashed else "no-cache",
            "ETag": entity_tag(self.content),
            "Vary": "Accept-Encoding",
        }
        if status == HTTPStatus.OK and request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        had = [name for name, _ in _ENCODINGS if name in self.encoded]
        coding = coding_for(request.headers.get("accept-encoding"), had)
        if coding is None:
            return Response(self.content, status, headers, self.media_type)
        headers["Content-Encoding"] = coding
        return Response(self.encoded[coding], status, headers, self.media_type)


class WebFiles:
    """Every file of the built page by its path. Read once: a new build is served by a new process."""

    def __init__(self, folder: Path, tiles: Sequence[str] = ()) -> None:
        """Read `folder`; one that is missing, or has no index.html, is a page that was not built.

        `tiles`: origins such as `https://t0.tianditu.gov.cn` that the page's map may load tiles from.
        """
        policy = _POLICY.format(tiles="".join(f" {origin}" for origin in tiles))
        self._files = {
            path.relative_to(folder).as_posix(): _read(path, folder, policy)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in {suffix for _, suffix in _ENCODINGS}
        }

    @property
    def index(self) -> WebFile | None:
        """The page itself, None when it was not built."""
        return self._files.get("index.html")

    def get(self, path: str) -> WebFile | None:
        """Return the file at a path below the root, or None."""
        return self._files.get(path)


def _read(path: Path, folder: Path, policy: str) -> WebFile:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    encoded = {
        name: packed.read_bytes()
        for name, suffix in _ENCODINGS
        if (packed := path.with_name(path.name + suffix)).is_file()
    }
    text = media_type.startswith("text/") or media_type.endswith(("javascript", "json"))
    return WebFile(
        path.read_bytes(),
        f"{media_type}; charset=utf-8" if text else media_type,
        encoded,
        hashed=path.parent == folder / "assets",
        policy=policy,
    )
