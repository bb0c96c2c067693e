"""The rules engine as a consumer of the journal: decode, live state, ticks. One thread; readers share its lock.

Ticks follow the arrival times in the journal: before a delivery is applied, the grid instants up to its arrival are
evaluated. So a replay after a crash sees the same state at the same instants, and what was published already
(`ticked_through`) is evaluated silently.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from opentelemetry import trace

from app.away import Away
from app.beginning import Beginning
from app.engine_parts import AT_ONCE, CROWD, HUSH, LAG, Books, EngineOptions
from app.evaluation import Evaluation
from app.fair_lock import FairLock
from app.grid import COARSE, EPOCH, floor
from app.sender_news import SenderNews
from app.snapshot import Snapshot, SnapshotFile
from app.tick_book import TickBook
from domain.errors import Unavailable
from domain.lighting import LightingPlan
from domain.measure import Target
from domain.ports import Clock, ReadableJournal
from domain.register import Register
from domain.spans import CALM
from ingest.decoded import DecodedBundle
from ingest.feed import DecodedFeed
from rules.indicator import World
from rules.live import City

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)

CONSUMER = "engine"
CABINET = "lighting_cabinet"
EXACT = timedelta(minutes=15)
"""Until a restart is made up for, so much is ticked on the grid itself, not the coarse one: what was pending fires."""


class Engine:
    """Owns the live state of the city. `start`, `stop`, `alive` as every thread of ours.

    To take up the state of a city is seconds of work, which the thread does first: meanwhile others serve and journal.
    """

    city: City
    offset: int

    def __init__(
        self,
        options: EngineOptions,
        feed: DecodedFeed,
        journal: ReadableJournal,
        books: Books,
        clock: Clock,
        snapshots: SnapshotFile,
        targets: Sequence[Target],
        world: Callable[[], World],
    ) -> None:
        """Nothing is read yet; `world` reads what is recorded of the city now."""
        self._options = options
        self._feed, self._journal, self._clock, self._snapshots = feed, journal, clock, snapshots
        self.alerting, self._keeper, self._recorded = books.alerting, books.keeper, world
        self._book = TickBook(books.events, books.alerting, books.commit)
        self.lock = FairLock()
        self.evaluation = Evaluation(targets)
        self.news, self._away = SenderNews(), Away(logger, "engine_waits")
        self._stop, self._snapshot_due = threading.Event(), threading.Event()
        self.beginning, self.tick_seconds = Beginning(), 0.0
        self.ticked: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def _restore(self) -> None:
        """Take up the last snapshot, or begin with an empty state at the oldest delivery kept."""
        world = self._recorded()
        place = world.register, world.lighting, world.place
        told = self._book.open()
        self._exact_until = EPOCH if told is None else told + EXACT
        paused = told is not None and self._clock.now() - told > 2 * self._options.beat
        self._hushed_until = self._clock.now() + HUSH if paused else EPOCH
        found = self._snapshots.read()
        self.city = City(*place) if found is None else City.load(found.city, *place)
        self.city.listen()
        if found is None:
            self.offset = self._journal.committed(CONSUMER)
            return
        self.offset, self.ticked = found.offset, found.ticked
        self.news.restore(found.gateways, found.news)
        self.evaluation.restore(found.verdicts)
        if found.ticked is not None:
            self._keeper.begin(found.ticked)
            self.alerting.restore(self.city, found.alerts)

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread, which begins."""
        self._thread.start()

    def begin(self) -> None:
        """Take up the state, and tick once, so that there is one to be asked for; done already, it does nothing.

        Raises:
            Unavailable: the operational database or the journal is away; then repeat it.
        """
        if self.beginning.over:
            return
        with self.beginning.attempt():
            self._restore()
            if self.ticked is None:
                waiting = self._journal.read(self.offset, 1)
                first = floor(waiting[0].delivery.arrival if waiting else self._clock.now(), self._options.grid)
                self._keeper.begin(first)
                self._tick(first)

    def stop(self, timeout: float = 30) -> None:
        """Stop after the delivery in hand, and keep a snapshot."""
        self._stop.set()
        self._thread.join(timeout)
        if self.beginning.over and not self._thread.is_alive():
            self._keep_snapshot()

    def alive(self) -> bool:
        """Return whether the thread runs."""
        return self._thread.is_alive()

    def request_snapshot(self) -> None:
        """Ask the thread to keep a snapshot soon."""
        self._snapshot_due.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.begin()
                self._step()
                self._away.over()
            except Unavailable as away:
                self._away.says(away)
                self._stop.wait(1)
            except Exception:
                logger.exception("engine_died", extra={"offset": getattr(self, "offset", None)})
                raise  # the thread ends, liveness fails, and the process is started anew from the last snapshot

    def _step(self) -> None:
        if not self._drain():
            self._tick_through(self._clock.now(), self._options.grid)
            self._exact_until = EPOCH  # the restart is made up for: a gap from now on is a clock that was set
            self._journal.wait(self.offset, self._options.idle_s)
        if self._snapshot_due.is_set():
            self._snapshot_due.clear()
            self._keep_snapshot()

    # -- the journal --------------------------------------------------------------------------------------------

    def _drain(self) -> int:
        parts = self._feed.read(self.offset, self._options.batch, consumer=CONSUMER)
        for part in parts:
            arrival = part.bundle.arrival
            behind = self._clock.now() - arrival > LAG and arrival > self._exact_until
            grid = COARSE if behind and self.city.waiting < CROWD else self._options.tick
            self._tick_through(arrival, max(grid, self._options.grid), strides=behind)
            self._apply(part)
        return len(parts)

    def _apply(self, part: DecodedBundle) -> None:
        """Take in a bundle; readers, who share the lock, wait for a part of it at most."""
        for start in range(0, len(part.readings), AT_ONCE):
            with self.lock:
                for reading in part.readings[start : start + AT_ONCE]:
                    if reading.kind == CABINET and reading.events:
                        known = self.city.latest(reading.device)
                        for event in self.news.cabinet(reading, known, part.bundle.arrival):
                            self._book.note(event, self.ticked)
                    self.city.apply(reading)
                    self._keeper.look(reading, self.city)
        with self.lock:
            for status in part.statuses():
                for event in self.news.status(status):
                    self._book.note(event, self.ticked)
                    self.alerting.hear(event)
            self.offset = part.end

    # -- ticks --------------------------------------------------------------------------------------------------

    def _tick_through(self, now: datetime, grid: timedelta, *, strides: bool = False) -> None:
        """Evaluate the grid instants (coarse after a long gap), and those at which measures are due, up to `now`."""
        latest = floor(now, grid)
        strides |= self.ticked is not None and latest - self.ticked > 2 * COARSE
        while self.ticked is not None and self.ticked < latest and not self._stop.is_set():
            step = max(COARSE, grid) if strides and self.ticked >= self._exact_until else grid
            self._tick(min(floor(self.ticked + step, step), latest, self._keeper.next_after(self.ticked)))

    @tracer.start_as_current_span("engine tick", **CALM)
    def _tick(self, at: datetime) -> None:
        started = time.perf_counter()
        kept = self.ticked is not None and self._keeper.next_after(self.ticked) == at
        live = self._book.is_live(at)
        trace.get_current_span().set_attributes({"quanyan.tick.at": at.isoformat(), "quanyan.tick.live": live})
        self.alerting.prepare(live=live)
        with self.lock:
            self.city.advance(at)
            dirty = self.city.take_dirty()
            events = self.evaluation.tick(self.city, dirty, at, 10 * self._options.grid)
            for late in self.news.due(at) if live else ():
                self.alerting.hear(late)
                events.append(late)
            deaf = live and at < self._hushed_until
            self.alerting.tick(self.city, dirty, at, live=live, deaf=deaf, breathe=self.lock.give_way)
            self.ticked = at
            if live:
                for event in events:
                    self._book.note(event, self.ticked)
        self.tick_seconds = time.perf_counter() - started
        if kept:
            self._keeper.take(self.city, at, self.lock)
        self._keeper.correct(self.city, at, self.lock)
        self._keeper.flush(at)
        self._book.commit(self.ticked, self._options.beat)

    # -- snapshots ----------------------------------------------------------------------------------------------

    def _keep_snapshot(self) -> None:
        """Keep one, unless something waits for the database: then the deliveries behind it are still needed."""
        self._keeper.correct(self.city, self.instant, self.lock, at_once=True)
        if not self._keeper.flush(self.instant, all_marks=True) or self._book.waiting:
            logger.warning("snapshot_put_off", extra={"reason": "something waits for the database"})
            return
        with self.lock:
            snapshot = Snapshot(
                offset=self.offset,
                ticked=self.ticked,
                gateways=dict(self.news.gateways),
                news=self.news.dump(),
                verdicts=self.evaluation.dump(),
                city=self.city.dump(),
                alerts=self.alerting.dump(),
            )
        if self._snapshots.write(snapshot):
            self._journal.commit(CONSUMER, snapshot.offset)

    # -- the world and readers ----------------------------------------------------------------------------------

    def set_world(self, register: Register, lighting: LightingPlan) -> None:
        """Take over a changed register or lighting plan."""
        with self.lock:
            self.city.set_world(register, lighting, self.instant)

    def world(self) -> World:
        """Return the world in use. Raises `Starting` until the engine has begun."""
        self.beginning.check()
        return self.city.world

    @property
    def register(self) -> Register:
        """The register in use. Raises as `world` does."""
        return self.world().register

    @property
    def lighting(self) -> LightingPlan:
        """The lighting plan in use. Raises as `world` does."""
        return self.world().lighting

    def catching_up(self) -> bool:
        """Return whether a backlog drains: what is silent now may only not have been read yet."""
        if not self.beginning.over:
            return True
        waiting = self._journal.read(self.offset, 1)
        return bool(waiting) and self._clock.now() - waiting[0].delivery.arrival > LAG

    @property
    def instant(self) -> datetime:
        """The instant that the live state stands for: that of the last tick. Readers never move it."""
        return self.city.now or self._clock.now()

    def status(self) -> Mapping[str, Any]:
        """Return how far the engine is, as plain JSON."""
        begun = self.beginning.over
        offset = self.offset if begun else self._journal.committed(CONSUMER)
        return {
            "offset": offset,
            "lag_deliveries": max(0, self._journal.end - offset),
            "ticked_through": self.ticked.isoformat() if self.ticked else None,
            "starting": not begun,
            "catching_up": self.catching_up(),
            "tick_seconds": round(self.tick_seconds, 6),
            "events_pending": self._book.waiting,
            "events_left_out": self.news.left_out + self.alerting.left_out,
            **({"register_version": self.register.version} if begun else {}),
            **self._keeper.figures(),
        }
