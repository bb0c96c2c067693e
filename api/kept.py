"""Large answers that many ask for: written and compressed once, and kept while they are true."""

import gzip
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.codings import coding_for
from api.replies import JSON, entity_tag, names, written

_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is sent. Whoever takes nothing compressed has it unpacked: hardly anybody."""

    packed: bytes
    tag: str
    """The entity tag of the plain form; another coding is another representation (RFC 9110 section 8.8.3.3)."""

    @classmethod
    def of(cls, model: BaseModel) -> "Kept":
        """Write and compress a model."""
        content = written(model)
        return cls(gzip.compress(content, _LEVEL, mtime=0), entity_tag(content))

    def response(self, request: Request) -> Response:
        """Answer with the form that the caller takes; 304 when he has it already."""
        packed = coding_for(request.headers.get("accept-encoding"), ("gzip",)) is not None
        tag = f'{self.tag[:-1]}-gzip"' if packed else self.tag
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept, Accept-Encoding, Authorization"}
        if names(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        if not packed:
            return Response(gzip.decompress(self.packed), headers=headers, media_type=JSON)
        return Response(self.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=JSON)


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    version: Hashable = None
    kept: Kept | None = None


class KeptAnswers:
    """The newest answer of each name. Safe from many threads: who comes while one is written waits for it."""

    def __init__(self) -> None:
        """Start with none."""
        self._slots: dict[str, _Slot] = {}

    def get(self, name: str, version: Hashable, make: Callable[[], BaseModel]) -> Kept:
        """Return the answer of a name at a version; `make` is called when what is kept is of another."""
        slot = self._slots.setdefault(name, _Slot())
        with slot.lock:
            if slot.kept is None or slot.version != version:
                slot.kept, slot.version = Kept.of(make()), version
            return slot.kept


def kept_answers(request: Request) -> KeptAnswers:
    """Return the kept answers of the application that was asked."""
    found: KeptAnswers = request.app.state.kept
    return found
