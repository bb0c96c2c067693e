"""What channels are made of, in one short mark: whether a reload has to begin their lanes anew."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from app.channel_settings import ChannelsFile


def mark_of(found: ChannelsFile) -> str:
    """Return a mark that changes with the file, with a secret that it names, and with a template. It tells none."""
    digest = hashlib.blake2b(found.model_dump_json().encode(), digest_size=16)
    for part in _parts(found):
        digest.update(b"\0" + part)
    return digest.hexdigest()


def _parts(found: ChannelsFile) -> Iterator[bytes]:
    for section in found.channels.values():
        for name, value in section:
            if isinstance(value, Path):
                yield _content(value)
            elif name.endswith("_env") and isinstance(value, str):
                yield os.environ.get(value, "").encode()
    if found.templates is not None:
        for path in sorted(found.templates.rglob("*.txt")):
            yield _content(path)


def _content(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""
