"""One file of the journal: a SQLite database with one row per batch, named by its first offset.

WAL with `synchronous=FULL`: a commit is fsynced when it returns, and a commit that was cut short is never seen.
"""

import contextlib
import os
import sqlite3
import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from domain.bundle import Bundle, Bundles
from domain.delivery import Journaled
from domain.errors import ConfigError, Problem, Unavailable
from domain.instants import micros
from ingest.journal.framing import pack, unpack

_PATTERN: Final = "journal-{:020d}.sqlite"
FORM: Final = 1
"""Of the files that this release writes; SQLite's `user_version`. Those of releases before had 0 and are read too."""
MOST_BYTES: Final = 16 * 2**20
"""Read at once, and one row more: so many deliveries of a mebibyte each would be more than there is memory."""
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS batch "
    "(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, arrival INTEGER NOT NULL, deliveries BLOB NOT NULL)"
)


def connect(path: Path, mode: str = "rwc") -> sqlite3.Connection:
    """Open a database whose every commit is fsynced; its users bring their own lock. `mode`: as in SQLite URIs."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def sync_folder(folder: Path) -> None:
    """Make the names of new files durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def counted(found: Sequence[tuple[int, Bundle]], offset: int) -> int:
    """Return how many deliveries from `offset` on the bundles hold."""
    return sum(len(bundle) - max(0, offset - first) for first, bundle in found)


def journaled(bundles: Sequence[tuple[int, Bundle]], offset: int, limit: int) -> list[Journaled]:
    """Return up to `limit` deliveries from `offset` on, one by one."""
    found: list[Journaled] = []
    for first, bundle in bundles:
        skip = max(0, offset - first)
        taken = bundle[skip : skip + limit - len(found)]
        found += [Journaled(number, delivery) for number, delivery in enumerate(taken, first + skip)]
    return found


class Segment:
    """A file of the journal. Readers and the one appender use connections of their own."""

    def __init__(self, folder: Path, first: int) -> None:
        """Name the file that begins at offset `first`; nothing is opened yet."""
        self.first = first
        self.path = folder / _PATTERN.format(first)
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._reading = threading.Lock()
        self._closed = False
        self._sealed_size: int | None = None

    @classmethod
    def all_in(cls, folder: Path) -> list["Segment"]:
        """Return the segments of a folder in the order of their offsets."""
        names = sorted(path.stem.removeprefix("journal-") for path in folder.glob("journal-*.sqlite"))
        return [cls(folder, int(name)) for name in names]

    # -- the appender -------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Create the file or recover it, ready to append. Raises `sqlite3.Error`.

        What the write-ahead log holds is folded into the file first: after a failed fsync it may be whole in the
        kernel's cache alone, and when the power goes all that was appended to it since would be lost with it.
        """
        self._writer = connect(self.path)
        self._writer.execute(_TABLE)
        if self._writer.execute("PRAGMA user_version").fetchone()[0] < FORM:
            self._writer.execute(f"PRAGMA user_version = {FORM}")
        busy, *_ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("a reader holds the write-ahead log")
        sync_folder(self.path.parent)

    def append(self, first: int, bundles: Sequence[Bundle]) -> None:
        """Keep a batch in one fsynced commit. Raises `sqlite3.Error`; then `abandon` and `open` again."""
        if self._writer is None:
            self.open()
        assert self._writer is not None  # noqa: S101 - for the type checker
        row = (first, sum(map(len, bundles)), micros(bundles[0].arrival), pack(Bundles(bundles)))
        self._writer.execute("INSERT INTO batch VALUES (?, ?, ?, ?)", row)

    def abandon(self) -> None:
        """Give up the appender's connection after a failure: the next one recovers the file from the disk."""
        if self._writer is not None:
            with contextlib.suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def seal(self) -> None:
        """Nothing will be appended any more: fold the write-ahead log into the file. Raises `sqlite3.Error`."""
        if self._writer is not None:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()
            self._writer = None
        self._sealed_size = self._measure()

    # -- readers ------------------------------------------------------------------------------------------------

    def end(self) -> int:
        """Return the offset after the last delivery of this file; its first one when a crash came before anything.

        Raises:
            ConfigError: the file is damaged, or a newer release wrote it.
        """
        try:
            [(form,)] = self._query("PRAGMA user_version", ())
            if form > FORM:
                reason = f"a newer release wrote this file (form {form}, this release knows {FORM}): run that one"
                raise ConfigError([Problem(str(self.path), 0, "", reason)])
            if not self._query("SELECT 1 FROM sqlite_schema WHERE name = 'batch'", ()):
                return self.first
            rows = self._query("SELECT first + count FROM batch ORDER BY first DESC LIMIT 1", ())
        except Unavailable as error:
            reason = f"{error}; restore the file from a copy, or move it away to go on without its deliveries"
            raise ConfigError([Problem(str(self.path), 0, "", reason)]) from error
        return rows[0][0] if rows else self.first

    def begun(self) -> bool:
        """Return whether its table is there: another process may be making the file. Raises `Unavailable`."""
        return bool(self._query("SELECT 1 FROM sqlite_master WHERE name = 'batch'", ()))

    def first_arrival(self) -> int | None:
        """Return when the first delivery of this file came in, in µs since 1970 UTC; None when it is empty."""
        rows = self._query("SELECT arrival FROM batch ORDER BY first LIMIT 1", ())
        return rows[0][0] if rows else None

    def bundles(self, offset: int, limit: int) -> list[tuple[int, Bundle]]:
        """Return bundles with their offsets, from the one that holds `offset` on, until they have `limit` deliveries.

        Fewer when they are large: whoever wants more asks again. Empty when the file was removed meanwhile.

        Raises:
            Unavailable: the file cannot be read.
        """
        found: list[tuple[int, Bundle]] = []
        before = self._query("SELECT max(first) FROM batch WHERE first <= ?", (offset,))
        at = before[0][0] if before and before[0][0] is not None else offset
        size = 0
        while counted(found, offset) < limit and size < MOST_BYTES:
            rows = self._query(
                "SELECT first, count, deliveries FROM batch WHERE first >= ? ORDER BY first LIMIT 1", (at,)
            )
            if not rows:
                break
            first, count, blob = rows[0]
            if offset < first + count:
                found += self._unpacked(first, blob, max(0, offset - first), limit - counted(found, offset))
            at, size = first + count, size + len(blob)
        return found

    def _unpacked(self, first: int, blob: bytes, skip: int, limit: int) -> list[tuple[int, Bundle]]:
        found: list[tuple[int, Bundle]] = []
        try:
            for number, bundle in unpack(blob, skip):
                found.append((first + number, bundle))
                if counted(found, first + skip) >= limit:
                    break
        except (struct.error, KeyError, ValueError) as error:
            raise Unavailable(f"{self.path} is damaged at offset {first + skip}: {error}") from error
        return found

    def _query(self, statement: str, parameters: tuple[int, ...]) -> list[Any]:
        with self._reading:
            if self._closed:
                return []
            try:
                if self._reader is None:
                    self._reader = connect(self.path, "rw")
                return self._reader.execute(statement, parameters).fetchall()
            except sqlite3.Error as error:
                raise Unavailable(f"{self.path} cannot be read: {error}") from error

    # -- the whole file -----------------------------------------------------------------------------------------

    def size(self) -> int:
        """Return the bytes on disk, write-ahead log included."""
        return self._measure() if self._sealed_size is None else self._sealed_size

    def _measure(self) -> int:
        total = 0
        for suffix in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                total += Path(f"{self.path}{suffix}").stat().st_size
        return total

    def rest(self) -> None:
        """Close the readers' connection until somebody reads again."""
        with self._reading:
            if self._reader is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._reader.close()
                self._reader = None

    def close(self) -> None:
        """Close every connection for good; idempotent."""
        self.abandon()
        with self._reading:
            self._closed = True
        self.rest()

    def remove(self) -> None:
        """Close and delete the file."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def bundles_of(segments: Sequence[Segment], offset: int, limit: int) -> list[tuple[int, Bundle]]:
    """Return bundles of files that follow one another, from the one that holds `offset` on.

    Raises:
        Unavailable: a file cannot be read.
    """
    found: list[tuple[int, Bundle]] = []
    for segment, following in zip(segments, [*segments[1:], None], strict=False):
        if following is None or offset < following.first:
            beyond = found[-1][0] + len(found[-1][1]) if found else offset
            found += segment.bundles(beyond, limit - counted(found, offset))
        if following is not None and found and found[-1][0] + len(found[-1][1]) >= following.first:
            segment.rest()  # a long backlog must not hold every file open
        if counted(found, offset) >= limit or _cut_short(found, following):
            break
    return found


def _cut_short(found: Sequence[tuple[int, Bundle]], following: Segment | None) -> bool:
    """Return whether a file was not read to its end."""
    return bool(found) and following is not None and found[-1][0] + len(found[-1][1]) < following.first
