"""The watch over the service itself, made from its parts: what it looks at, whom it tells, and the heartbeat."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.engine import Engine
from app.health import PartsHealth
from app.heartbeat import Heartbeat, open_heartbeat
from app.lifecycle import Part
from app.notify import Office
from app.self_watch import SelfWatcher, WatchParts
from app.settings import Settings
from app.wiring_intake import IntakeSigns
from domain.ports import Clock
from rules.duty.watch import gap_findings
from rules.self_watch import Patience, SelfWatch, Signs, Trouble
from store.operational.facade import OperationalStore

STOP_S = 20


@dataclass(frozen=True, slots=True)
class Watched:
    """The parts that are looked at."""

    intake: Callable[[], IntakeSigns]
    engine: Engine
    operational: OperationalStore
    office: Office
    pace: Callable[[], float]

    def signs(self, now: datetime, wall: datetime) -> Signs:
        """Return what they say; `now` is the city's."""
        intake, engine = self.intake(), self.engine
        behind = (now - engine.ticked) / max(1.0, self.pace()) if engine.ticked is not None else None
        lanes = self.office.worker.lanes
        return Signs(
            wall=wall,
            steady=time.monotonic(),
            broker=intake.broker,
            received=intake.received,
            journal=intake.journal,
            journal_share=intake.journal_share,
            store=intake.store,
            ticked=engine.ticked,
            **({} if behind is None else {"behind": behind}),
            channels={lane.channel.name: why for lane in lanes if (why := lane.trouble()) is not None},
            database=self.operational.healthy(),
            gaps=gap_findings(self.office.roster.plan, self.office.plan, now),
        )


@dataclass(frozen=True, slots=True)
class OwnHealth:
    """The watch, and the heartbeat if there is one."""

    watcher: SelfWatcher
    heartbeat: Heartbeat | None

    def parts(self) -> list[Part]:
        """Return what is started last and stopped first."""
        found = [Part("self-watch", "watches this service", self.watcher.start, lambda: self.watcher.stop(STOP_S))]
        beat = self.heartbeat
        if beat is not None:
            found.append(Part("heartbeat", "calls the dead man's switch", beat.start, lambda: beat.stop(STOP_S)))
        return found


def open_own_health(
    settings: Settings, watched: Watched, clocks: tuple[Clock, Callable[[], datetime]], health: PartsHealth
) -> OwnHealth:
    """Wire the watch and the heartbeat; nothing runs yet.

    Raises:
        ConfigError: the heartbeat's URL is wrong.
    """
    (clock, wall), wanted = clocks, settings.watch
    patience = Patience(**wanted.model_dump(exclude={"every_s"}))
    parts = WatchParts(lambda: watched.signs(clock.now(), wall()), watched.office, clock, wall, time.monotonic)
    watcher = SelfWatcher(parts, SelfWatch(patience), wanted.every_s)
    health.thread("self-watch", watcher.alive)
    limit = max(30.0, 3 * wanted.every_s)

    def failing() -> Mapping[str, str]:
        return essential_failures(health, watcher, limit)

    heartbeat = open_heartbeat(settings, failing)
    if heartbeat is not None:
        health.thread("heartbeat", heartbeat.alive)
    return OwnHealth(watcher, heartbeat)


_ESSENTIAL = (Trouble.JOURNAL, Trouble.ENGINE, Trouble.DATABASE)


def essential_failures(health: PartsHealth, watcher: SelfWatcher, limit_s: float) -> Mapping[str, str]:
    """Return what silences the heartbeat: a dead thread, a watch that stands still, journal, engine or database.

    A broker or a store that is away is told by notices and does not: whoever is called by the switch could only read
    the same once more.
    """
    found = dict.fromkeys(health.dead(), "the thread does not run")
    found |= {f.key: f.text for f in watcher.standing().values() if f.trouble in _ESSENTIAL}
    if watcher.stalled(limit_s):
        found["self-watch"] = f"has not looked for {limit_s:.0f} s"
    return found


class OwnHealthCollector(Collector):
    """Metrics of our own troubles; every kind and outcome exists from the start."""

    def __init__(self, own: OwnHealth) -> None:
        """Read from these parts."""
        self._own = own

    @override
    def collect(self) -> Iterable[Metric]:
        standing = {finding.trouble for finding in self._own.watcher.standing().values()}
        trouble = GaugeMetricFamily("quanyan_trouble", "Whether it is told of itself.", labels=["trouble"])
        for kind in Trouble:
            trouble.add_metric([kind.value], float(kind in standing))
        yield trouble
        beats = CounterMetricFamily("quanyan_heartbeats", "Calls of the dead man's switch.", labels=["outcome"])
        outcomes = self._own.heartbeat.outcomes if self._own.heartbeat else dict.fromkeys(_OUTCOMES, 0)
        for outcome, count in outcomes.items():
            beats.add_metric([outcome], count)
        yield beats


_OUTCOMES = ("sent", "failed", "withheld")
