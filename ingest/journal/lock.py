"""One process that appends to a journal, and one for each reader."""

import fcntl
import os
from pathlib import Path

from domain.errors import ConfigError, Problem


class FolderLock:
    """Held from construction to `release`; the system lets go of it when the process dies."""

    def __init__(self, folder: Path, name: str = "lock") -> None:
        """Take the lock of this name.

        Raises:
            ConfigError: another process (or another journal of this one) holds it.
        """
        path = folder / name
        self._file = path.open("a+", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            reason = f"another process (pid {holder}) already uses this journal; stop it, or choose another folder"
            raise ConfigError([Problem(str(folder), 0, "journal.folder", reason)]) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let go; idempotent."""
        self._file.close()
