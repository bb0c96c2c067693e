"""Carries out replays of the quarantine, and lets go of what it no longer keeps.

What is to be replayed stands in the database; a delivery that went into the journal is marked after that. A crash
between the two lets it go in twice: the store finds the readings as duplicates, and an entry is marked once.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from typing_extensions import override

from domain.errors import JournalFull, Unavailable
from domain.ports import Clock, Journal, QuarantineStore
from domain.quarantine import Expiry, Intended, Replay, ReplayWish, Trial
from domain.record import QuarantineEntry, QuarantineFilter, QuarantineState
from ingest.decode import Decoder
from ingest.door import Submitted
from ingest.envelope import envelope
from ingest.inbox import Inbox
from ingest.store_writer import CONSUMER
from ingest.trial import tried
from ingest.worker import Worker

logger = logging.getLogger(__name__)

_PATIENCE: Final = 30.0
_TRIED: Final = 10_000
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ReplayerOptions:
    """How often to look (seconds of the wall), how much goes in at once, and what is kept (city time)."""

    look_s: float = 1.0
    deliveries: int = 100
    keep: timedelta | None = timedelta(days=90)
    keep_replayed: timedelta = timedelta(days=7)
    max_items: int = 1_000_000
    max_bytes: int = 2 * 2**30
    expire_s: float = 600.0


class Replayer(Worker):
    """Thread `quarantine`. Replays go through the inbox as everybody's deliveries, a few at a time."""

    def __init__(
        self,
        quarantine: QuarantineStore,
        journal: Journal,
        inbox: Inbox,
        clock: Clock,
        options: ReplayerOptions | None = None,
    ) -> None:
        """Nothing runs before `start`."""
        super().__init__("quarantine")
        self._quarantine, self._journal, self._inbox, self._clock = quarantine, journal, inbox, clock
        self._options = options or ReplayerOptions()
        self._reclaimed = False
        self._expired: float | None = None
        self.failure: str | None = None
        """Why nothing can be replayed now; None when it can."""

    @override
    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                busy = self._round()
                self.failure = None
            except Unavailable as away:
                if self.failure is None:
                    logger.warning("quarantine_waits", extra={"reason": str(away)})
                self.failure, busy = str(away), False
            except Exception:
                logger.exception("quarantine_died")
                raise
            if not busy:
                self._stop.wait(self._options.look_s)

    def _round(self) -> bool:
        """Replay the next deliveries, or tidy up when there are none; return whether there were some."""
        if not self._reclaimed:
            again = self._quarantine.reclaim(self._journal.committed(CONSUMER), self._journal.end)
            self._reclaimed = True
            if again:
                logger.warning("replays_lost_their_journal", extra={"entries": again})
        pending = self._quarantine.intended(self._options.deliveries)
        if pending:
            self._append(pending)
        elif self._expired is None or time.monotonic() - self._expired >= self._options.expire_s:
            self._expire()
            self._expired = time.monotonic()
        return bool(pending)

    def _append(self, pending: Sequence[Intended]) -> None:
        now = self._clock.now()
        offered = [(what, Submitted(envelope(what, now), repeatable=True)) for what in pending]
        taken = [(what, waiting) for what, waiting in offered if self._inbox.offer(waiting)]
        done: list[tuple[Intended, int]] = []
        refused: JournalFull | None = None
        for what, waiting in taken:
            try:
                done.append((what, waiting.outcome(_PATIENCE)))
            except JournalFull as error:
                refused = error
        self._quarantine.appended(done)
        logger.info("quarantine_replayed", extra={"deliveries": len(done), "left": len(pending) - len(done)})
        if refused is not None or len(taken) < len(pending):
            raise refused or JournalFull("too many deliveries wait for the journal")

    def _expire(self) -> None:
        options, now = self._options, self._clock.now()
        before = None if options.keep is None else now - options.keep
        policy = Expiry(before, now - options.keep_replayed, options.max_items, options.max_bytes)
        gone = self._quarantine.expire(policy)
        if gone:
            counts = {reason.value: count for reason, count in sorted(gone.items())}
            logger.warning("quarantine_expired", extra={"entries": sum(gone.values()), "reasons": counts})


class ReplayDesk:
    """Implements `domain.ports.Replays`."""

    def __init__(self, quarantine: QuarantineStore, decoder: Decoder, clock: Clock) -> None:
        """`decoder` judges trials."""
        self._quarantine, self._decoder, self._clock = quarantine, decoder, clock

    def begin(self, wish: ReplayWish, author: str) -> Replay:
        """Record a replay; the replayer finds it."""
        return self._quarantine.intend(wish, author, self._clock.now())

    def trial(self, wish: ReplayWish) -> Trial:
        """Return what a replay would do now; looks at no more than 10,000 entries."""
        return tried(self._decoder, self._chosen(wish))

    def _chosen(self, wish: ReplayWish) -> Iterator[QuarantineEntry]:
        """Yield entries page by page: each holds the bytes of its delivery."""
        left, after = min(wish.limit, _TRIED), 0
        while left:
            wanted = QuarantineFilter(
                reason=wish.reason,
                device=wish.device,
                since=wish.since,
                entries=wish.entries,
                state=QuarantineState.WAITING,
                after=after,
                limit=min(_PAGE, left),
            )
            page = self._quarantine.list(wanted)
            yield from page
            if len(page) < wanted.limit:
                return
            left, after = left - len(page), page[-1].id
