"""A file that is replaced as a whole: after a crash or a power cut it holds the old content or the new one."""

import os
from pathlib import Path

from ingest.journal.segment import sync_folder


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file; durable after return. Raises `OSError`, and the old content stays."""
    fresh = path.with_suffix(".tmp")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
