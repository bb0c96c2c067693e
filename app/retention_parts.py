"""Retention in the running service: a thread that the schedule wakes, its metrics, and what a run is made from."""

import logging
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.retention import Done, Retention, RetentionOptions, told
from app.settings import Settings
from domain.errors import Unavailable
from domain.ports import Clock, SummaryStore
from domain.retention import Resolution
from ingest.worker import Worker

logger = logging.getLogger(__name__)


class RetentionWorker(Worker, Collector):
    """Thread `retention`. A run may take minutes; the schedule only asks for one."""

    def __init__(self, retention: Retention, clock: Clock) -> None:
        """Nothing runs before `start`."""
        super().__init__("retention")
        self._retention, self._clock = retention, clock
        self._asked = threading.Event()
        self._summaries: Counter[Resolution] = Counter()
        self._removed: Counter[Resolution] = Counter()
        self._too_late, self._kept_back, self._waiting = 0, 0, 0
        self.failure: str | None = None
        """Why the last run could not be finished; None when it was."""

    def request(self) -> None:
        """Ask for a run; one that is at work is followed by another."""
        self._asked.set()

    @override
    def stop(self, timeout: float) -> None:
        self._stop.set()
        self._asked.set()
        super().stop(timeout)

    def stopping(self) -> bool:
        """Return whether a run has to end at the next day."""
        return self._stop.is_set()

    @override
    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stop.is_set():
                return
            try:
                self._count(self._retention.run(self._clock.now()))
                self.failure = None
            except Unavailable as away:
                if self.failure is None:
                    logger.warning("retention_waits", extra={"reason": str(away)})
                self.failure = str(away)
            except Exception:
                logger.exception("retention_died")
                raise

    def _count(self, done: Done) -> None:
        self._summaries.update(done.summaries)
        self._removed.update(done.removed)
        self._too_late += done.too_late
        self._kept_back, self._waiting = done.kept_back, self._retention.waiting()
        if done.summaries or done.removed:
            logger.info("retention_ran", extra=told(done))
        if done.kept_back:
            reason = "they are older than [retention] says, and the archive does not hold them"
            logger.warning("readings_kept_back", extra={"readings": done.kept_back, "reason": reason})

    @override
    def collect(self) -> Iterable[Metric]:
        written = CounterMetricFamily("quanyan_summaries_written", "Summaries of readings written.", labels=["every"])
        for every in (Resolution.HOUR, Resolution.DAY):
            written.add_metric([every.value], self._summaries[every])
        yield written
        text = "Readings and summaries removed because of their age."
        removed = CounterMetricFamily("quanyan_retention_removed", text, labels=["every"])
        for every in Resolution:
            removed.add_metric([every.value], self._removed[every])
        yield removed
        text = "Summarised hours that got a reading when the archive no longer held them; they stay as they are."
        yield CounterMetricFamily("quanyan_retention_too_late", text, self._too_late)
        text = "Readings that are too old and stay, because the archive does not hold them."
        yield GaugeMetricFamily("quanyan_retention_kept_back", text, self._kept_back)
        text = "Days of a kind that were not summarised yet after the last run; today's are always among them."
        yield GaugeMetricFamily("quanyan_retention_waiting", text, self._waiting)
        text = "Whether the last run of retention could not be finished."
        yield GaugeMetricFamily("quanyan_retention_failing", text, float(self.failure is not None))


def open_retention(settings: Settings, store: SummaryStore) -> Retention:
    """Return what runs retention by the settings."""
    from store.archive import ParquetArchive  # pyarrow is large

    keep = settings.archive.keep_days
    options = RetentionOptions(
        settings.city.place.tz, settings.retention.policy, timedelta(days=keep) if keep else None
    )
    return Retention(ParquetArchive(settings.under_data(settings.archive.folder)), store, options)


def retention_worker(settings: Settings, store: SummaryStore, clock: Clock) -> RetentionWorker | None:
    """Return the part of the running service, None when it is switched off."""
    if not settings.retention.enabled:
        return None
    retention = open_retention(settings, store)
    worker = RetentionWorker(retention, clock)
    retention.stopping = worker.stopping
    return worker
