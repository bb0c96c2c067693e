"""The journal as a consumer in another process of the same machine sees it: files that somebody else appends to.

A row that can be read was fsynced before: SQLite shows a commit only after its write-ahead log is on the disk.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from domain.bundle import Bundle
from domain.delivery import Journaled
from domain.errors import ConfigError, Problem, Unavailable
from ingest.journal.consumers import ConsumerOffsets
from ingest.journal.lock import FolderLock
from ingest.journal.segment import Segment, bundles_of, journaled

_LOOK_S: Final = 0.05
"""How often a file is looked at for what another process has appended."""


class JournalReader:
    """Implements `domain.ports.ReadableJournal`. It never appends and removes no file; any number of threads."""

    def __init__(self, folder: Path, reader: str, consumers: Sequence[str], cap_bytes: int) -> None:
        """Read the journal in `folder`, which need not have begun yet; who consumes it is made known there.

        Raises:
            ConfigError: the folder cannot be written, another process reads it as `reader`, or a file is damaged.
        """
        self._folder, self._cap = folder, cap_bytes
        self._looking = threading.Lock()
        self._closed = threading.Event()
        self._segments: list[Segment] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder, f"{reader}.lock")
        except OSError as error:
            raise ConfigError([Problem(str(folder), 0, "journal.folder", str(error))]) from error
        try:
            self._offsets = ConsumerOffsets(folder)
            segments = self._look()
            self._offsets.declare(consumers, segments[0].first if segments else 0)
        except BaseException:
            self._lock.release()
            raise

    def _look(self) -> list[Segment]:
        """Return the files that are there now; those known keep their open connections.

        Raises:
            Unavailable: a file cannot be read.
        """
        with self._looking:
            known = {segment.first: segment for segment in self._segments}
            there = [known.pop(found.first, found) for found in Segment.all_in(self._folder)]
            for gone in known.values():
                gone.close()
            if there and there[-1] not in self._segments and not there[-1].begun():
                there.pop()  # it is being made just now
            self._segments = there
            return there

    def bundles(self, offset: int, limit: int) -> Sequence[tuple[int, Bundle]]:
        """Return bundles with their offsets, from the one that holds `offset` on, until they have `limit` deliveries.

        Raises:
            Unavailable: a file cannot be read.
        """
        segments = self._look()
        try:
            return bundles_of(segments, offset, limit)
        except Unavailable:
            if (now := self._look()) == segments:
                raise
            return bundles_of(now, offset, limit)  # a passed file went meanwhile

    def read(self, offset: int, limit: int) -> Sequence[Journaled]:
        """Return up to `limit` deliveries from `offset` on, in order; empty when there is none yet.

        Raises:
            Unavailable: a file cannot be read.
        """
        return journaled(self.bundles(offset, limit), offset, limit)

    def wait(self, offset: int, timeout: float) -> bool:
        """Block until the journal holds `offset`, at most `timeout` seconds; return whether it does.

        Raises:
            Unavailable: a file cannot be read.
        """
        left = timeout
        while not (holds := self._held() > offset) and left > 0 and not self._closed.wait(min(_LOOK_S, left)):
            left -= _LOOK_S
        return holds

    def _held(self) -> int:
        segments = self._look()
        try:
            return segments[-1].end() if segments else 0
        except ConfigError as error:
            raise Unavailable(str(error)) from error

    @property
    def end(self) -> int:
        """The offset that the next delivery will get. Raises `Unavailable`."""
        return max(self._held(), *self._offsets.all().values())

    def committed(self, consumer: str) -> int:
        """Return the offset that `consumer` will read next. Raises `KeyError` when nobody declared it."""
        return self._offsets.next(consumer)

    def commit(self, consumer: str, offset: int) -> None:
        """Record durably that `consumer` is done with everything before `offset`; whoever appends lets files go.

        Raises:
            JournalFull: the disk failed; the old offset stays.
        """
        if offset > self._offsets.next(consumer):
            self._offsets.record(consumer, offset)

    @property
    def bytes_kept(self) -> int:
        """The size of the journal's files on disk."""
        return sum(segment.size() for segment in self._look())

    @property
    def bytes_cap(self) -> int:
        """The size at which the process that appends refuses."""
        return self._cap

    def close(self) -> None:
        """Close every file and wake those who wait; idempotent."""
        self._closed.set()
        with self._looking:
            for segment in self._segments:
                segment.close()
            self._segments = []
        self._offsets.close()
        self._lock.release()
