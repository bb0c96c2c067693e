"""What keeps books on readings in the running service: archive, arrivals, revisions; parts, health and metrics."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.arrivals_parts import ArrivalParts, open_arrivals
from app.engine import Engine
from app.health import PartsHealth
from app.lifecycle import Part
from app.past_view import STORE_CONSUMER
from app.retention_parts import RetentionWorker, retention_worker
from app.reviser import Reviser, ReviserOptions
from app.schedule import Schedule
from app.settings import Settings
from app.stores import open_archive
from domain.ports import (
    Archive,
    Clock,
    Journal,
    LightingStore,
    MeasureStore,
    ReadableJournal,
    RegisterStore,
    TelemetryStore,
)
from domain.reading import Reading
from domain.register import Register
from domain.retention import Resolution
from ingest.archive_writer import CONSUMER as ARCHIVE_CONSUMER
from ingest.archive_writer import ArchiveOptions, ArchiveWriter
from ingest.feed import DecodedFeed
from rules.replay import Window

__all__ = ["ARCHIVE_CONSUMER", "ReadingBooks", "Revisions", "open_books", "open_revisions"]
STOP_S = 20


@dataclass(frozen=True, slots=True)
class ReadingBooks(Collector):
    """What is kept of readings beside the telemetry store."""

    archive_writer: ArchiveWriter | None
    arrivals: ArrivalParts
    retention: RetentionWorker | None

    def parts(self) -> list[Part]:
        """Return what starts after the engine and stops before it."""
        parts: list[Part] = []
        if self.archive_writer is not None:
            writer = self.archive_writer
            parts.append(Part("archive-writer", "journal to archive", writer.start, lambda: writer.stop(STOP_S)))
        if self.retention is not None:
            kept = self.retention
            parts.append(Part("retention", "summaries, and what is too old", kept.start, lambda: kept.stop(STOP_S)))
        return [*parts, *self.arrivals.parts()]

    def watch(self, health: PartsHealth) -> None:
        """Have the threads looked after. An archive that cannot be written does not make the service unready."""
        self.arrivals.watch(health)
        if self.archive_writer is not None:
            health.thread("archive-writer", self.archive_writer.alive)
        if self.retention is not None:
            health.thread("retention", self.retention.alive)

    def schedule(self, schedule: Schedule, every_s: float) -> None:
        """Have retention run, the first time soon."""
        if self.retention is not None:
            schedule.every(every_s, "retention", self.retention.request)
            self.retention.request()

    @override
    def collect(self) -> Iterable[Metric]:
        waits = float(self.archive_writer is not None and self.archive_writer.failure is not None)
        yield GaugeMetricFamily("quanyan_archive_waiting", "Whether readings wait for the archive's disk.", waits)
        yield from self.arrivals.collect()
        if self.retention is not None:
            yield from self.retention.collect()


@dataclass(frozen=True, slots=True)
class Revisions(Collector):
    """Closed periods, measured again when what they are made of changes."""

    reviser: Reviser
    corrected: Callable[[], int]
    """Measures that the engine revised by itself."""

    def revisions(self) -> int:
        """Return how many measures were revised since the process started."""
        return self.reviser.revisions + self.corrected()

    def parts(self) -> list[Part]:
        """Return what starts after the engine and stops before it."""
        reviser = self.reviser
        return [Part("reviser", "closed periods, measured again", reviser.start, lambda: reviser.stop(STOP_S))]

    def watch(self, health: PartsHealth) -> None:
        """Have the thread looked after."""
        health.thread("reviser", self.reviser.alive)

    @override
    def collect(self) -> Iterable[Metric]:
        marks = "Late or changed inputs whose closed periods wait to be looked at again."
        yield GaugeMetricFamily("quanyan_history_marks", marks, self.reviser.waiting)
        looked = "Closed periods looked at again."
        yield CounterMetricFamily("quanyan_history_periods_reviewed", looked, self.reviser.periods)
        yield CounterMetricFamily("quanyan_history_revisions", "Measures revised.", self.revisions())


def open_books(
    settings: Settings,
    clock: Clock,
    source: tuple[Journal, DecodedFeed],
    register: Callable[[], Register],
    telemetry: TelemetryStore,
) -> ReadingBooks:
    """Wire what is kept of readings; nothing runs yet."""
    journal, feed = source
    writer = _archive_writer(settings, journal, feed, clock)
    retention = retention_worker(settings, telemetry.summaries, clock)
    return ReadingBooks(writer, open_arrivals(settings, clock, source, register), retention)


def open_revisions(
    settings: Settings, clock: Clock, journal: ReadableJournal, engine: Engine, stores: "PastStores"
) -> Revisions:
    """Wire the reviser; nothing runs yet."""
    kept = settings.history
    options = ReviserOptions(
        calm=timedelta(seconds=kept.calm_s),
        keep=timedelta(days=kept.keep_days) if kept.keep_days else None,
        max_records=kept.max_records,
    )
    archive = open_archive(settings) if settings.archive.enabled else None
    window = _window(stores.telemetry, archive, settings, clock)
    caught = caught_up(journal, lambda: stores.same_world(engine))
    reviser = Reviser(engine, stores.measures, window, caught, clock, options)
    return Revisions(reviser, lambda: engine.status()["measures_corrected"])


@dataclass(frozen=True, slots=True)
class PastStores:
    """Where readings and measures are kept."""

    telemetry: TelemetryStore
    measures: MeasureStore
    registers: RegisterStore
    lighting: LightingStore

    def same_world(self, engine: Engine) -> bool:
        """Return whether the engine knows the newest register and lighting plan."""
        plan = self.lighting.load()
        return (self.registers.version(), plan.version) == (engine.register.version, engine.lighting.version)


def _archive_writer(settings: Settings, journal: Journal, feed: DecodedFeed, clock: Clock) -> ArchiveWriter | None:
    wanted = settings.archive
    if not wanted.enabled:
        return None
    keep = timedelta(days=wanted.keep_days) if wanted.keep_days else None
    options = ArchiveOptions(flush_s=wanted.flush_s, flush_readings=wanted.flush_readings, keep=keep)
    return ArchiveWriter(journal, feed, open_archive(settings), clock, options)


def _window(telemetry: TelemetryStore, archive: Archive | None, settings: Settings, clock: Clock) -> Window:
    """Read from the telemetry store, and from the archive what the store no longer keeps."""
    bucket, kept = settings.telemetry.retention_days, settings.retention

    def window(kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        now = clock.now()
        since = kept.policy.since(Resolution.RAW, now)
        expired = (since is not None and start < since) or (bucket and start < now - timedelta(days=bucket))
        return (archive if archive is not None and expired else telemetry).window(kind, start, end)

    return window


def caught_up(journal: ReadableJournal, same_world: Callable[[], bool]) -> Callable[[int], bool]:
    """Return what says whether what was marked up to an id is stored, and the engine knows the newest world.

    Marks are written after what they mark was journaled, so the end of the journal is what the store has to reach.
    """
    newest, wanted = -1, 0

    def holds(mark: int) -> bool:
        nonlocal newest, wanted
        if mark != newest:
            newest, wanted = mark, journal.end
        return journal.committed(STORE_CONSUMER) >= wanted and same_world()

    return holds
