"""How far each consumer of the journal is, durably."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from domain.errors import ConfigError, JournalFull, Problem
from ingest.journal.segment import connect, sync_folder


class ConsumerOffsets:
    """A small database beside the journal's files. Safe for many threads, and for many processes of one machine."""

    def __init__(self, folder: Path) -> None:
        """Open or create it.

        Raises:
            ConfigError: the file is damaged or cannot be written.
        """
        self._path = folder / "consumers.sqlite"
        self._lock = threading.Lock()
        try:
            self._connection = connect(self._path)
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS consumer (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID"
            )
            self._seen, self._next = self._version(), self._recorded()
        except sqlite3.Error as error:
            raise ConfigError([Problem(str(self._path), 0, "", f"cannot be used: {error}")]) from error
        sync_folder(folder)

    def _version(self) -> int:
        """Return what changes whenever another connection has written."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _recorded(self) -> dict[str, int]:
        return dict(self._connection.execute("SELECT name, next FROM consumer").fetchall())

    def _known(self) -> dict[str, int]:
        """Return the offsets, read again when another process wrote. A disk that fails leaves older ones: safe."""
        with contextlib.suppress(sqlite3.Error):
            if (version := self._version()) != self._seen:
                self._next, self._seen = self._recorded(), version
        return self._next

    def all(self) -> Mapping[str, int]:
        """Return every consumer that was ever declared, with the offset it reads next."""
        with self._lock:
            return dict(self._known())

    def next(self, name: str) -> int:
        """Return the offset that a consumer reads next. Raises `KeyError` for an unknown one."""
        with self._lock:
            return self._known()[name]

    def lowest(self, names: Iterable[str]) -> int:
        """Return the smallest offset among the consumers."""
        with self._lock:
            known = self._known()
            return min(known[name] for name in names)

    def declare(self, names: Iterable[str], offset: int) -> None:
        """Have consumers that nobody knows yet begin at `offset`; those that are known keep theirs.

        Raises:
            JournalFull: the disk failed.
        """
        rows = [(name, offset) for name in names]
        with self._lock:
            try:
                self._connection.executemany("INSERT INTO consumer VALUES (?, ?) ON CONFLICT (name) DO NOTHING", rows)
                self._next = self._recorded()
            except sqlite3.Error as error:
                raise JournalFull(f"{self._path} cannot be written: {error}") from error

    def record(self, name: str, offset: int) -> None:
        """Record durably what a consumer reads next.

        Raises:
            JournalFull: the disk failed; the old offset stays.
        """
        statement = "INSERT INTO consumer VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next = excluded.next"
        with self._lock:
            try:
                self._connection.execute(statement, (name, offset))
            except sqlite3.Error as error:
                raise JournalFull(f"{self._path} cannot be written: {error}") from error
            self._next[name] = offset

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock:
            self._connection.close()
