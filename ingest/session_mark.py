"""Whether the broker had a session of ours: remembered across restarts, since one that is gone took messages along."""

import json
import logging
from datetime import datetime
from pathlib import Path

logger = logging.getLogger(__name__)


class SessionMark:
    """When we were last connected with a session of this name, UTC; in a small file, where there is one."""

    def __init__(self, name: str, file: Path | None = None) -> None:
        """`name`: client and broker, as another broker owes us nothing. Without a file it is forgotten at the end."""
        self._name, self._file = name, file
        self._seen = None if file is None else self._read(file)

    @property
    def seen(self) -> datetime | None:
        """When the session was there for the last time that we know of; None: never."""
        return self._seen

    def note(self, now: datetime) -> None:
        """The session is there now. A disk that does not take it is told, and nothing more."""
        self._seen = now
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"session": self._name, "seen": now.isoformat()}), encoding="utf-8")
        except OSError as error:
            logger.warning("mqtt_session_not_noted", extra={"file": str(self._file), "reason": str(error)})

    def _read(self, file: Path) -> datetime | None:
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            return datetime.fromisoformat(said["seen"]) if said["session"] == self._name else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # torn by a crash, or not there: then a loss shows by `seq` alone
