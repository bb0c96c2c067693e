"""The engine's snapshot on disk: state and offset in one file, replaced atomically."""

import gzip
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.whole_file import replace_file

logger = logging.getLogger(__name__)

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the engine needs to go on at `offset`; `city` is what `City.dump` gave."""

    offset: int
    ticked: datetime | None
    gateways: Mapping[str, bool]
    verdicts: Mapping[str, str]
    city: Any
    alerts: Any = None
    """What `Alerting.dump` gave."""
    news: Sequence[Any] = ()
    """What `SenderNews.dump` gave."""


class SnapshotFile:
    """Reads and writes one snapshot file."""

    def __init__(self, path: Path) -> None:
        """Use `path`; its folder is made when missing."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, snapshot: Snapshot) -> bool:
        """Replace the file and return True: it is on disk. Return False when the disk takes nothing: the old one stays.

        A crash in between leaves the old one, too.
        """
        content = {
            "format": FORMAT,
            "offset": snapshot.offset,
            "ticked": snapshot.ticked.isoformat() if snapshot.ticked else None,
            "gateways": snapshot.gateways,
            "verdicts": snapshot.verdicts,
            "city": snapshot.city,
            "alerts": snapshot.alerts,
            "news": snapshot.news,
        }
        try:
            packed = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), compresslevel=1)
            replace_file(self._path, packed)
        except OSError as error:
            logger.warning("snapshot_not_kept", extra={"file": str(self._path), "reason": str(error)})
            return False
        return True

    def read(self) -> Snapshot | None:
        """Return the snapshot, or None when there is none or it cannot be used (then it is kept aside)."""
        try:
            return _parsed(json.loads(gzip.decompress(self._path.read_bytes())))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            logger.error("snapshot_unusable", extra={"file": str(self._path), "reason": str(error)})  # noqa: TRY400
            self._path.replace(self._path.with_suffix(".unusable"))
            return None


def _parsed(content: dict[str, Any]) -> Snapshot:
    if content.pop("format") != FORMAT:
        raise ValueError("another format")
    ticked = content.pop("ticked")
    news = tuple(content.pop("news", ()))
    return Snapshot(ticked=datetime.fromisoformat(ticked) if ticked else None, news=news, **content)
