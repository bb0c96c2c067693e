"""Closed periods that something late may have changed are measured again; what differs becomes a revision.

Marks wait in the operational database, so that nothing is forgotten; they go when what they touch is done.
"""

import logging
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from app.engine import Engine
from app.events import measure_revised
from domain.errors import Unavailable
from domain.history import LIGHTING, Mark, Published, corrected, without_devices
from domain.ports import Clock, MeasureStore
from ingest.worker import Worker
from rules.indicator import Indicator, World
from rules.indicators import INDICATORS
from rules.kept import Due, due
from rules.replay import Replayed, Window, replay

logger = logging.getLogger(__name__)

LIT_KINDS: Final = frozenset({"streetlight", "lighting_cabinet"})
"""Indicators that listen to one of these may depend on the lighting plan."""
BATCH: Final = 500
_PRUNE_S: Final = 3600


@dataclass(frozen=True, slots=True)
class ReviserOptions:
    """`calm`: city time without new marks before they are looked at. `look_s`: wall time between two looks."""

    calm: timedelta = timedelta(minutes=10)
    look_s: float = 2.0
    keep: timedelta | None = None
    max_records: int = 50_000_000


class Reviser(Worker):
    """Thread `reviser`. Works through marks while nothing newer is coming; a store that is away is waited for.

    It stops after the period in hand; marks that are not done stay.
    """

    def __init__(
        self,
        engine: Engine,
        measures: MeasureStore,
        window: Window,
        caught_up: Callable[[int], bool],
        clock: Clock,
        options: ReviserOptions | None = None,
        indicators: Mapping[str, Indicator] = INDICATORS,
    ) -> None:
        """`window` reads what is stored; `caught_up` says whether that holds all that was marked up to an id."""
        super().__init__("reviser")
        self._engine, self._measures, self._window, self._caught_up = engine, measures, window, caught_up
        self._clock, self._options, self._indicators = clock, options or ReviserOptions(), indicators
        self._newest: tuple[int, datetime] | None = None
        self._pruned: float | None = None
        self.waiting = self.revisions = self.periods = 0
        """Marks that wait; revisions made and periods looked at since the process started."""
        self.failure: str | None = None

    @override
    def _run(self) -> None:
        while not self._stop.wait(self._options.look_s):
            try:
                self._round()
                self._prune()
                self.failure = None
            except Unavailable as away:
                if self.failure is None:
                    logger.warning("reviser_waits", extra={"reason": str(away)})
                self.failure = str(away)
            except Exception:
                logger.exception("reviser_died")
                raise

    def _round(self) -> None:
        self.waiting = self._measures.waiting()
        if not self.waiting:
            self._newest = None
            return
        marks = self._measures.marks(BATCH)
        if self._calm(max(marks)) and not self._engine.catching_up() and self._caught_up(max(marks)):
            self._look_again(marks)
            self.waiting = self._measures.waiting()

    def _calm(self, newest: int) -> bool:
        """Return whether no mark came for a while; a full batch waits no longer."""
        now = self._clock.now()
        if self._newest is None or self._newest[0] != newest:
            self._newest = newest, now
        return now - self._newest[1] >= self._options.calm or self.waiting > BATCH

    def _look_again(self, marks: Mapping[int, Mark]) -> None:
        started = time.perf_counter()
        world = self._engine.world()
        revised = looked = 0
        for indicator in self._indicators.values():
            dues = self._touched(indicator, marks.values(), world)
            for replayed in replay(indicator, list(dues), self._window, world):
                if self._stop.is_set():
                    return
                revised += self._revise(indicator, replayed, dues[replayed.due], world)
                looked += 1
                self.periods += 1
        self._measures.unmark(marks)
        logger.info(
            "periods_looked_at_again",
            extra={
                "marks": len(marks),
                "periods": looked,
                "revisions": revised,
                "seconds": round(time.perf_counter() - started, 3),
            },
        )

    def _touched(self, indicator: Indicator, marks: Iterable[Mark], world: World) -> dict[Due, str]:
        """Return what was published of an indicator and may have missed something, in order, with why."""
        reach = max(indicator.lookback.values())
        concerned = [(m.first, min(m.last + reach, m.closed), m.why) for m in marks if _concerns(m, indicator)]
        name, every = indicator.name, indicator.kept.every
        spans = _together((first, last) for first, last, _ in concerned)
        published = [at for first, last in spans for at in self._measures.instants(name, every, first, last)]
        found: dict[datetime, list[str]] = {}
        for first, last, why in concerned:
            for at in published[bisect_left(published, first) : bisect_right(published, last)]:
                found.setdefault(at, []).append(why)
        tz, before = world.place.tz, datetime.resolution
        whys = {at: "; ".join(dict.fromkeys(found[at])) for at in sorted(found)}
        return {d: text for at, text in whys.items() for d in due(indicator, at - before, at, tz)}

    def _revise(self, indicator: Indicator, replayed: Replayed, why: str, world: World) -> int:
        now = self._clock.now()
        found = [replace(p, why=why) for p in (*replayed.found, *self._gone(indicator, replayed, world))]
        revised = self._measures.revise(found, now, lambda all_of_them: [measure_revised(all_of_them, now)])
        self.revisions += len(revised)
        return len(revised)

    def _gone(self, indicator: Indicator, replayed: Replayed, world: World) -> Sequence[Published]:
        """Return the scopes that were published and turn out to have had no device."""
        period = replayed.due.period
        before = self._measures.of_periods(indicator.name, indicator.kept.every, period.start, period.start)
        there = {p.measure.scope for p in replayed.found}
        version = world.register.version
        gone = (p for p in before if p.measure.scope not in there)
        return [replace(p, measure=without_devices(p.measure, replayed.due.at, version)) for p in gone]

    def _prune(self) -> None:
        now = time.monotonic()
        if self._pruned is not None and now - self._pruned < _PRUNE_S:
            return
        keep = self._options.keep
        before = self._clock.now() - keep if keep is not None else None
        gone = self._measures.prune(before, self._options.max_records)
        self._pruned = now
        if gone:
            logger.info("history_pruned", extra={"records": gone})


def _concerns(mark: Mark, indicator: Indicator) -> bool:
    """Return whether an indicator must be looked at again for what left a mark."""
    if mark.kind == LIGHTING:
        return bool(LIT_KINDS.intersection(indicator.kinds))
    taken_in = () if indicator.kept.remembered else map(corrected, indicator.kinds)
    return mark.kind in (*indicator.kinds, *indicator.rests_on, *taken_in)


def _together(spans: Iterable[tuple[datetime, datetime]]) -> Sequence[tuple[datetime, datetime]]:
    """Return spans [first, last] that overlap as one, in order: what is late comes in heaps, and each is a question."""
    joined: list[tuple[datetime, datetime]] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined
