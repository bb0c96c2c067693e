"""The engine's hand on the history: measures of periods that close now, and what came too late for them.

Boards that remember what they showed at past instants say what late readings change of it: that is measured again here
and becomes a revision. Of all else what came late leaves a mark, for the reviser to look at in the stores. All of it
waits in memory until they are in the operational database; until then the engine keeps no snapshot, so that a
crash finds the same deliveries again and the same instants are evaluated once more, which changes nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from app.events import measure_revised
from app.fair_lock import FairLock
from domain.errors import Unavailable
from domain.history import Mark, Published, corrected, published
from domain.ports import Clock, MeasureStore
from domain.reading import Reading
from domain.scope import CITY, Scope
from rules.indicator import Correction, Indicator
from rules.indicators import INDICATORS
from rules.kept import Calendar, due, kept_scopes, take
from rules.live import City

MAX_WAITING: Final = 100_000
"""Measures that may wait for the database before the engine stops ticking: the journal keeps what comes."""
MARK_EVERY: Final = timedelta(minutes=1)
"""City time that marks may wait to be written together."""
CALM: Final = timedelta(minutes=10)
"""City time over which corrections of what boards remember are gathered, so that each instant is revised once in it."""
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Keeper:
    """Used by the engine thread only, but for `figures`."""

    def __init__(
        self,
        store: MeasureStore,
        clock: Clock,
        tz: ZoneInfo,
        indicators: Mapping[str, Indicator] = INDICATORS,
        calm: timedelta = CALM,
    ) -> None:
        """Write into `store`; `tz` is the city's zone. Late readings are gathered for `calm` of city time."""
        self._tz = tz
        self._store, self._clock, self._indicators = store, clock, indicators
        self._calendar = Calendar(indicators, tz)
        self._kinds = frozenset(kind for i in indicators.values() for kind in i.kinds)
        self._closed: dict[str, datetime] = {}
        self._waiting: list[Published] = []
        self._late: dict[tuple[str, datetime, bool], tuple[Mark, int]] = {}
        self._noted: datetime | None = None
        self._calm = calm
        self._corrects: datetime | None = None
        self._corrections: list[list[Published]] = []
        """What was measured again, by indicator and instant."""
        self.revisions = 0
        """Measures revised since the process started."""
        self.longest_hold_s = self.last_s = 0.0
        """How long the lock was held at most for one measure, and how long all of the last instant took."""

    def begin(self, ticked: datetime) -> None:
        """Go on after `ticked`: what was due until then counts as closed."""
        found = ((kind, self._calendar.last_closed(kind, ticked)) for kind in self._kinds)
        self._closed = {kind: closed for kind, closed in found if closed is not None}

    def next_after(self, instant: datetime) -> datetime:
        """Return the first instant after this one at which measures are due."""
        return self._calendar.next_after(instant)

    def take(self, city: City, at: datetime, lock: FairLock) -> None:
        """Take the measures that are due at `at`, which is the city's present.

        The lock is taken anew for each, and for each part of what is worked out beforehand: readers wait for one of
        them at most. Nobody else moves time. The city comes last: what its parts have worked out is remembered.
        """
        started = time.perf_counter()
        for each in self._calendar.at(at):
            indicator = self._indicators[each.indicator]
            self._in_parts(lock, partial(city.prepare, each.indicator))
            if indicator.kept.remembered:
                self._remember(city, indicator, lock)
            with lock:
                scopes = kept_scopes(city, indicator)
            for scope in sorted(scopes, key=lambda scope: scope == CITY):
                with self._holding(lock):
                    found = take(city, indicator, each.period, scope, city.world.lighting.version)
                if found is not None:
                    self._waiting.append(found)
            self._closed.update(dict.fromkeys(indicator.kinds, at))
            self.last_s = time.perf_counter() - started

    def _remember(self, city: City, indicator: Indicator, lock: FairLock) -> None:
        for board in [city.remembering[kind] for kind in indicator.kinds if kind in city.remembering]:
            self._in_parts(lock, board.remember)

    def _in_parts(self, lock: FairLock, do: Callable[[], bool]) -> None:
        """Do something part by part, so that readers get in between."""
        more = True
        while more:
            with self._holding(lock):
                more = do()

    def correct(self, city: City, at: datetime, lock: FairLock, *, at_once: bool = False) -> None:
        """Measure again what boards remember otherwise by now, once it has been gathered long enough."""
        if self._corrects is None or (at - self._corrects < self._calm and not at_once):
            return
        self._corrects = None
        with lock:
            found = [c for board in city.remembering.values() for c in board.take_corrections()]
        for each in found:
            if each.scopes is None:
                self._mark(each)
                continue
            for indicator in self._indicators.values():
                if indicator.kept.remembered and each.kind in indicator.kinds:
                    self._measure_again(city, indicator, each, each.scopes, lock)

    def _measure_again(
        self, city: City, indicator: Indicator, found: Correction, scopes: Iterable[Scope], lock: FairLock
    ) -> None:
        for period in (d.period for d in due(indicator, found.at - datetime.resolution, found.at, self._tz)):
            group = []
            for scope in sorted(scope for scope in scopes if scope.kind in indicator.kept.scopes):
                with self._holding(lock):
                    measure = city.measure_at(indicator.name, scope, found.at)
                if measure is None:
                    self._mark(found)
                    break
                group.append(published(measure, period, city.world.lighting.version, found.why))
            if group:
                self._corrections.append(group)

    def _mark(self, found: Correction) -> None:
        """Leave to the stores what the board has forgotten: the world changed."""
        self._late[found.kind, found.at, False] = Mark(found.kind, found.at, found.at, found.at, found.why), 1

    @contextmanager
    def _holding(self, lock: FairLock) -> Iterator[None]:
        with lock:
            since = time.perf_counter()
            yield
            self.longest_hold_s = max(self.longest_hold_s, time.perf_counter() - since)

    def look(self, reading: Reading, city: City) -> None:
        """Note a reading, which the city has taken in, that belongs to what is closed already. Cheap for all others."""
        closed = self._closed.get(reading.kind)
        if closed is None or reading.at > closed:
            return
        board = city.remembering.get(reading.kind)
        kind = reading.kind
        if board is not None and board.remembers(reading):
            kind = corrected(kind)
            self._corrects = self._corrects or city.now
        hour = _EPOCH + (reading.at - _EPOCH) // _HOUR * _HOUR
        key = kind, hour, reading.revision > 0
        known = self._late.get(key)
        if known is None:
            what = "corrected reading" if reading.revision else "late reading"
            self._late[key] = Mark(kind, reading.at, reading.at, closed, f"{what} of {reading.device}"), 1
            return
        mark, count = known
        first, last = min(mark.first, reading.at), max(mark.last, reading.at)
        self._late[key] = replace(mark, first=first, last=last, closed=closed), count + 1

    def flush(self, at: datetime, *, all_marks: bool = False) -> bool:
        """Write down what waits; return whether nothing waits any more. `at`: the instant of the tick.

        Raises:
            Unavailable: the database is away, and too much waits.
        """
        try:
            if self._waiting:
                self._store.publish(self._waiting, self._clock.now())
                self._waiting = []
            self._revise(self._clock.now())
            self._noted = (self._noted or at) if self._late else None
            if self._noted is not None and (all_marks or at - self._noted >= MARK_EVERY):
                self._store.mark([_counted(mark, count) for mark, count in self._late.values()])
                self._late, self._noted = {}, None
        except Unavailable:
            if len(self._waiting) + len(self._late) + sum(map(len, self._corrections)) >= MAX_WAITING:
                raise
        return not (self._waiting or self._late or self._corrections)

    def _revise(self, now: datetime) -> None:
        while self._corrections:
            revised = self._store.revise(self._corrections[0], now, lambda found: [measure_revised(found, now)])
            self.revisions += len(revised)
            self._corrections.pop(0)

    def figures(self) -> Mapping[str, float]:
        """Return what waits and what it costs, for the status of the engine."""
        return {
            "measures_pending": len(self._waiting),
            "measures_corrected": self.revisions,
            "kept_seconds": round(self.last_s, 6),
            "kept_longest_hold_seconds": round(self.longest_hold_s, 6),
        }


def _counted(mark: Mark, count: int) -> Mark:
    return mark if count == 1 else replace(mark, why=f"{mark.why} and {count - 1} more")
