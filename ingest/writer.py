"""The journal's writer: take what piled up, one fsynced commit, then acknowledge in delivery order."""

import logging
import time
from dataclasses import dataclass

from typing_extensions import override

from domain.bundle import Bundles
from domain.errors import JournalFull
from domain.ports import Journal
from ingest.accounting import Ledger
from ingest.backoff import Backoff
from ingest.inbox import Inbox, Waiting, deliveries, sources
from ingest.worker import Worker

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WriterOptions:
    """The largest commit, and how long to wait at most (wall seconds) before the journal is tried again."""

    batch: int = 5000
    batch_bytes: int = 8 * 2**20
    longest_wait: float = 2.0


class JournalWriter(Worker):
    """Thread `journal-writer`. While one commit runs the next batch piles up: small when idle, large when busy."""

    def __init__(self, inbox: Inbox, journal: Journal, ledger: Ledger, options: WriterOptions | None = None) -> None:
        """Nothing runs before `start`."""
        super().__init__("journal-writer")
        self._inbox, self._journal, self._ledger = inbox, journal, ledger
        self._options = options or WriterOptions()
        self._failure: str | None = None

    @override
    def stop(self, timeout: float) -> None:
        """Finish what is waiting and stop. What the journal does not take is left to those who repeat it."""
        self._stop.set()
        self._inbox.close()
        super().stop(timeout)

    @property
    def failure(self) -> str | None:
        """Why the journal does not take anything now; None when it does."""
        return self._failure

    @override
    def _run(self) -> None:
        while True:
            batch = self._inbox.take(self._options.batch, self._options.batch_bytes, timeout=0.5)
            if batch:
                self._keep(batch)
            elif self._stop.is_set():
                return

    def _keep(self, batch: list[Waiting]) -> None:
        """Journal and acknowledge a batch, however long the journal refuses."""
        backoff = Backoff(first=0.1, longest=self._options.longest_wait)
        while batch:
            started = time.perf_counter()
            try:
                first = self._journal.append(Bundles([waiting.bundle for waiting in batch]))
            except JournalFull as error:
                batch = self._give_back(batch, error)
                if self._stop.wait(backoff.next()):
                    self._inbox.settled(deliveries(batch))
                    return  # not acknowledged: the broker keeps them
                continue
            self._recovered()
            self._acknowledge(batch, first)
            took = round(time.perf_counter() - started, 6)
            logger.debug("batch_journaled", extra={"first": first, "deliveries": deliveries(batch), "seconds": took})
            return

    def _acknowledge(self, batch: list[Waiting], first: int) -> None:
        self._ledger.journaled(sources(batch))
        acknowledged = stale = 0
        offset = first
        for waiting in batch:
            count = len(waiting.bundle)
            answer = waiting.kept(offset)
            if answer is not None:
                acknowledged, stale = acknowledged + answer * count, stale + (not answer) * count
            offset += count
        self._ledger.acknowledged(acknowledged, stale)
        self._inbox.settled(offset - first)

    def _give_back(self, batch: list[Waiting], error: JournalFull) -> list[Waiting]:
        """Tell those who do not want to wait for a full journal, and return the others."""
        if self._failure is None:
            waiting = deliveries(batch) + len(self._inbox)
            logger.error("journal_full", extra={"reason": str(error), "waiting": waiting})
        self._failure = str(error)
        staying = [waiting for waiting in batch if not waiting.refuse(error)]
        queued = self._inbox.remove(lambda waiting: waiting.refuse(error))
        gone = deliveries(batch) - deliveries(staying)
        self._inbox.settled(gone)
        self._ledger.refused(gone + queued)
        return staying

    def _recovered(self) -> None:
        if self._failure is not None:
            self._failure = None
            logger.info("journal_takes_again", extra={"end": self._journal.end})
