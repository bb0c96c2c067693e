"""The journal's consumer that keeps decoded readings in the archive. The offset is committed last.

Readings are gathered for some minutes, so that files are not tiny; the journal keeps them meanwhile.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from typing_extensions import override

from domain.errors import Unavailable
from domain.ports import Archive, Clock, Journal
from domain.reading import Reading
from ingest.backoff import Backoff
from ingest.feed import DecodedFeed
from ingest.worker import Worker

logger = logging.getLogger(__name__)

CONSUMER: Final = "archive"
_IDLE: Final = 0.5
_AS_OBJECTS: Final = 5000
"""Readings that are gathered before they become columns: tiny tables take more than the readings themselves."""
_BEHIND: Final = 0.1
"""How long others are left to read on before it is looked again what they have read (wall seconds)."""
_IN_HAND: Final = timedelta(minutes=1)
"""What arrived so short a time ago may not be in the journal yet."""


@dataclass(frozen=True, slots=True)
class ArchiveOptions:
    """When what was gathered is written (wall seconds, readings), and how long days are kept (None: for ever)."""

    flush_s: float = 300
    flush_readings: int = 100_000
    deliveries: int = 1000
    keep: timedelta | None = None
    tidy_s: float = 3600
    longest_wait: timedelta = timedelta(seconds=60)


class ArchiveWriter(Worker):
    """Thread `archive-writer`, from the durable offset on. A full disk is waited for; the journal keeps what comes.

    When it stops it writes what was gathered, if the disk lets it.
    """

    def __init__(
        self, journal: Journal, feed: DecodedFeed, archive: Archive, clock: Clock, options: ArchiveOptions | None = None
    ) -> None:
        """Nothing runs before `start`."""
        super().__init__("archive-writer")
        self._journal, self._feed, self._archive, self._clock = journal, feed, archive, clock
        self._options = options or ArchiveOptions()
        self._failure: str | None = None
        self._rows: list[tuple[int, int, Reading]] = []
        self._gathered = self._misfits = 0
        self._arrived: datetime | None = None

    @property
    def failure(self) -> str | None:
        """Why nothing can be archived now; None when it can."""
        return self._failure

    @override
    def _run(self) -> None:
        try:
            self._work()
        except Exception:
            logger.exception("archive_writer_failed")
            raise

    def _work(self) -> None:
        options = self._options
        offset = self._journal.committed(CONSUMER)
        flushed = time.monotonic()
        tidied = flushed - options.tidy_s
        while not self._stop.is_set():
            if self._journal.wait(offset, _IDLE):
                offset = self._gather(offset)
            aged = time.monotonic() - flushed >= options.flush_s
            if aged or self._gathered + len(self._rows) >= options.flush_readings:
                self._insist(partial(self._flush, offset))
                flushed = time.monotonic()
                if flushed - tidied >= options.tidy_s:
                    self._insist(lambda: self._archive.tidy(self._clock.now(), options.keep))
                    tidied = flushed
        self._last_flush(offset)

    def _gather(self, offset: int) -> int:
        try:
            chunk = self._feed.follow(offset, self._options.deliveries, consumer=CONSUMER)
        except Unavailable as error:
            self._failure = str(error)
            self._stop.wait(1)
            return offset
        for part in chunk:
            self._rows += zip(part.offsets, part.indexes, part.readings, strict=True)
        if not chunk:
            self._stop.wait(_BEHIND)
            return offset
        self._arrived = chunk[-1].bundle.arrival
        if len(self._rows) >= _AS_OBJECTS:
            self._hand_over()
        return chunk[-1].end

    def _hand_over(self) -> None:
        """Let the archive hold what was gathered, in less memory."""
        self._misfits += self._archive.gather(self._rows)
        self._gathered += len(self._rows)
        self._rows = []

    def _flush(self, offset: int) -> None:
        now, arrived = self._clock.now(), self._arrived
        self._hand_over()
        self._archive.write()
        through = now - _IN_HAND if offset >= self._journal.end else arrived
        if through is not None:
            self._archive.complete(through)
        self._journal.commit(CONSUMER, offset)
        if self._gathered:
            said = {"readings": self._gathered, "misfits": self._misfits, "offset": offset}
            logger.info("readings_archived", extra=said)
        self._gathered = self._misfits = 0

    def _last_flush(self, offset: int) -> None:
        try:
            self._flush(offset)
        except Unavailable as error:  # the next incarnation finds them at the same offset
            logger.warning("archive_not_flushed", extra={"reason": str(error)})

    def _insist(self, work: Callable[[], object]) -> None:
        """Do the work, however long the disk refuses; give up only when we stop."""
        backoff = Backoff(longest=self._options.longest_wait.total_seconds())
        while True:
            try:
                work()
            except Unavailable as error:
                if self._failure is None:
                    logger.warning("archive_writer_waits", extra={"reason": str(error)})
                self._failure = str(error)
                if self._stop.wait(backoff.next()):
                    return
            else:
                self._failure = None
                return
