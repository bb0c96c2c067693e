"""The journal as a set of SQLite files: `domain.ports.Journal` on the local disk."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from domain.bundle import Bundle, bundled
from domain.delivery import Delivery, Journaled
from domain.errors import ConfigError, JournalFull, Problem
from domain.instants import micros
from ingest.journal.consumers import ConsumerOffsets
from ingest.journal.lock import FolderLock
from ingest.journal.segment import Segment, bundles_of, journaled

logger = logging.getLogger(__name__)

_ROLL_AGE = timedelta(hours=6)
_PRIMARY = 0xFF
"""Bits of an extended result code that are the primary one."""
_OVERHEAD = 64
"""Bytes of header and row per delivery, roughly; only for the cap."""


class SqliteJournal:
    """Implements `domain.ports.Journal`. One process per folder appends; any number of threads.

    A consumer may run in another process of this machine, over a `JournalReader`.

    Files are rolled at `roll_bytes` (at most a quarter of the cap, so that passed ones can go) or when the arrivals in
    one span `roll_age`. A file goes when every declared consumer has passed it; the last one stays.
    """

    def __init__(
        self,
        folder: Path,
        consumers: Sequence[str],
        cap_bytes: int,
        roll_bytes: int,
        roll_age: timedelta = _ROLL_AGE,
    ) -> None:
        """Open the journal, or begin one. What a crash cut short is recovered.

        Raises:
            ConfigError: the folder is in use by another process, cannot be written, or holds a damaged file.
        """
        self._folder, self._consumers, self._cap = folder, tuple(consumers), cap_bytes
        self._roll_bytes, self._roll_age = min(roll_bytes, cap_bytes // 4), roll_age // timedelta(microseconds=1)
        self._appending = threading.Lock()
        self._changed = threading.Condition()
        self._closed = False
        self._segments: list[Segment] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder)
        except OSError as error:
            raise ConfigError([Problem(str(folder), 0, "journal.folder", str(error))]) from error
        try:
            self._offsets = ConsumerOffsets(folder)
            self._recover()
        except BaseException:
            for segment in self._segments:
                segment.close()
            self._lock.release()
            raise

    def _recover(self) -> None:
        """Find the files, and where they end. `_held` may lie before `_end` after a file was moved away."""
        self._segments = _without_abortive(Segment.all_in(self._folder)) or [
            Segment(self._folder, self._beyond_consumers())
        ]
        last = self._segments[-1]
        try:
            last.open()
        except sqlite3.Error as error:
            reason = f"cannot be opened: {error}; restore it, or move it away to go on without its deliveries"
            raise ConfigError([Problem(str(last.path), 0, "", reason)]) from error
        self._end = self._held = last.end()
        self._opened = last.first_arrival()
        for segment in self._segments[:-1]:
            segment.seal()
        self._report_gaps()
        self._end = max(self._end, self._beyond_consumers())  # offsets of a file moved away are never given again
        oldest = self._segments[0].first
        for name in self._consumers:
            if self._offsets.all().get(name, -1) < oldest:
                self._offsets.record(name, oldest)
        self._drop_passed()

    def _beyond_consumers(self) -> int:
        return max(self._offsets.all().values(), default=0)

    def _report_gaps(self) -> None:
        for segment, following in zip(self._segments, self._segments[1:], strict=False):
            if (end := segment.end()) != following.first:
                missing = {"folder": str(self._folder), "first": end, "end": following.first}
                logger.error("journal_has_a_gap", extra=missing)
            segment.rest()

    # -- appending ----------------------------------------------------------------------------------------------

    def append(self, deliveries: Sequence[Delivery]) -> int:
        """Keep the deliveries in one fsynced commit and return the offset of the first.

        Raises:
            JournalFull: at the cap, or the disk failed; nothing was kept.
            ValueError: no deliveries were given.
        """
        if not deliveries:
            raise ValueError("nothing to append")
        bundles = bundled(deliveries)
        size = sum(part.size + sum(map(len, part.topics)) + _OVERHEAD * len(part) for part in bundles)
        with self._appending:
            first = self._end
            try:
                self._make_room(micros(bundles[0].arrival), size)
                self._segments[-1].append(first, bundles)
            except (sqlite3.Error, OSError) as error:
                self._repair(error)
                raise JournalFull(f"the journal in {self._folder} cannot be written: {error}") from error
            if self._opened is None:
                self._opened = micros(bundles[0].arrival)
            self._advance(first + len(deliveries))
            return first

    def _make_room(self, arrival: int, size: int) -> None:
        """Roll when the open file is large or old, and refuse at the cap."""
        if self._closed:
            raise JournalFull("the journal is closed")
        aged = self._opened is not None and arrival - self._opened >= self._roll_age
        if aged or self._segments[-1].size() >= self._roll_bytes:
            self._roll()
        if self.bytes_kept + size > self._cap:
            self._roll()  # so that what was passed can go even when the open file holds most of it
            if self.bytes_kept + size > self._cap:
                raise JournalFull(f"the journal in {self._folder} is at its cap of {self._cap} bytes")

    def _roll(self) -> None:
        last = self._segments[-1]
        if last.first == self._end:  # empty already
            self._drop_passed()  # a consumer in another process may have passed others meanwhile
            return
        following = Segment(self._folder, self._end)
        try:
            following.open()
            last.seal()
        except (sqlite3.Error, OSError):
            with contextlib.suppress(OSError):  # what cannot be removed is found when the journal is opened again
                following.remove()
            raise
        with self._changed:
            self._segments = [*self._segments, following]
            self._opened = None
        self._drop_passed()

    def _repair(self, error: Exception) -> None:
        """After a failed write: see with fresh eyes what the disk holds. A commit that did survive is given out.

        SQLite shares the index of the write-ahead log between connections: one that a reader opened while the disk was
        read-only stays read-only for whoever opens the file later, as long as the reader's connection lives.
        """
        last = self._segments[-1]
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_READONLY:
            last.rest()
        last.abandon()
        try:
            last.open()
            self._advance(max(self._end, last.end()))
        except (sqlite3.Error, OSError, ConfigError):
            last.abandon()  # the next append tries again

    def _advance(self, end: int) -> None:
        with self._changed:
            self._end = self._held = end
            self._changed.notify_all()

    # -- reading ------------------------------------------------------------------------------------------------

    def read(self, offset: int, limit: int) -> Sequence[Journaled]:
        """Return up to `limit` deliveries from `offset` on, in order; empty when there is none yet.

        What is no longer kept is passed over: go on at the last offset returned plus one.

        Raises:
            Unavailable: a file cannot be read.
        """
        return journaled(self.bundles(offset, limit), offset, limit)

    def bundles(self, offset: int, limit: int) -> Sequence[tuple[int, Bundle]]:
        """Return bundles with their offsets, from the one that holds `offset` on, until they have `limit` deliveries.

        Raises:
            Unavailable: a file cannot be read.
        """
        with self._changed:
            if offset >= self._held:
                return []
            segments, end = self._segments, self._held
        found = bundles_of(segments, offset, limit)
        return [entry for entry in found if entry[0] < end]  # the others are being appended just now

    def wait(self, offset: int, timeout: float) -> bool:
        """Block until the journal holds `offset`, at most `timeout` seconds; return whether it does."""
        with self._changed:
            self._changed.wait_for(lambda: self._held > offset or self._closed, timeout)
            return self._held > offset

    @property
    def end(self) -> int:
        """The offset that the next delivery will get."""
        return self._end

    # -- consumers ----------------------------------------------------------------------------------------------

    def committed(self, consumer: str) -> int:
        """Return the offset that `consumer` will read next. Raises `KeyError` when it was not declared."""
        return self._offsets.next(consumer)

    def commit(self, consumer: str, offset: int) -> None:
        """Record durably that `consumer` is done with everything before `offset`; passed files go.

        An offset behind the recorded one changes nothing.

        Raises:
            KeyError: the consumer was not declared.
            ValueError: the offset lies beyond the end.
            JournalFull: the disk failed; the old offset stays.
        """
        if offset > self._end:
            raise ValueError(f"{consumer}: offset {offset} lies beyond the end, {self._end}")
        if offset > self._offsets.next(consumer):
            self._offsets.record(consumer, offset)
            self._drop_passed()

    def _drop_passed(self) -> None:
        passed = self._offsets.lowest(self._consumers) if self._consumers else 0
        with self._changed:
            keep = [
                segment
                for segment, following in zip(self._segments, [*self._segments[1:], None], strict=True)
                if following is None or following.first > passed
            ]
            gone = [segment for segment in self._segments if segment not in keep]
            self._segments = keep
        for segment in gone:
            segment.remove()

    # -- the whole ----------------------------------------------------------------------------------------------

    @property
    def bytes_kept(self) -> int:
        """The size of the journal's files on disk."""
        with self._changed:
            segments = self._segments
        return sum(segment.size() for segment in segments)

    @property
    def bytes_cap(self) -> int:
        """The size at which `append` refuses."""
        return self._cap

    def close(self) -> None:
        """Close every file and wake those who wait; idempotent."""
        with self._appending, self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
            for segment in self._segments:
                segment.close()
            self._offsets.close()
            self._lock.release()


def _without_abortive(segments: list[Segment]) -> list[Segment]:
    """Remove and leave out the empty files of rolls that failed: the one before was written on, past their names.

    Raises:
        ConfigError: a file is damaged, or cannot be removed.
    """
    kept: list[Segment] = []
    reached = 0
    for segment in segments:
        end = segment.end()
        segment.rest()
        if end == segment.first < reached:
            try:
                segment.remove()
            except OSError as error:
                raise ConfigError([Problem(str(segment.path), 0, "", f"cannot be removed: {error}")]) from error
        else:
            kept.append(segment)
            reached = end
    return kept
