"""What looks after the past in the running service: the archive's writer, with its part, health and metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.health import PartsHealth
from app.lifecycle import Part
from app.settings import Settings
from app.stores import open_archive
from domain.ports import Clock, Journal
from ingest.archive_writer import CONSUMER as ARCHIVE_CONSUMER
from ingest.archive_writer import ArchiveOptions, ArchiveWriter
from ingest.feed import DecodedFeed

__all__ = ["ARCHIVE_CONSUMER", "Past", "open_past"]
STOP_S = 20


@dataclass(frozen=True, slots=True)
class Past(Collector):
    """The parts that look after the past."""

    archive_writer: ArchiveWriter | None

    def parts(self) -> list[Part]:
        """Return what starts after the engine and stops before it."""
        if self.archive_writer is None:
            return []
        writer = self.archive_writer
        return [Part("archive-writer", "journal to archive", writer.start, lambda: writer.stop(STOP_S))]

    def watch(self, health: PartsHealth) -> None:
        """Have the threads looked after. An archive that cannot be written does not make the service unready."""
        if self.archive_writer is not None:
            health.thread("archive-writer", self.archive_writer.alive)

    @override
    def collect(self) -> Iterable[Metric]:
        waits = float(self.archive_writer is not None and self.archive_writer.failure is not None)
        yield GaugeMetricFamily("quanyan_archive_waiting", "Whether readings wait for the archive's disk.", waits)


def open_past(settings: Settings, journal: Journal, feed: DecodedFeed, clock: Clock) -> Past:
    """Wire the parts; nothing runs yet."""
    archive = settings.archive
    if not archive.enabled:
        return Past(None)
    keep = timedelta(days=archive.keep_days) if archive.keep_days else None
    options = ArchiveOptions(flush_s=archive.flush_s, flush_readings=archive.flush_readings, keep=keep)
    return Past(ArchiveWriter(journal, feed, open_archive(settings), clock, options))
