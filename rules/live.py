"""The city's live state: the latest reading of each device and the windows the indicators need, O(1) per reading.

Everything follows from the readings up to `now`, the world and `now` itself. So readings may arrive in any order, twice
or late, and the measures are those of a fresh city fed with the same readings (`recompute`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from domain.citytime import Place
from domain.errors import NotFound
from domain.explanation import Explanation
from domain.lighting import LightingPlan
from domain.measure import Measure
from domain.ports import IndicatorInfo
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope
from rules.boards import listening, make
from rules.indicator import Board, Indicator, Intake, Latest, Prepared, Recalled, Remembering, Shown, World
from rules.indicators import INDICATORS
from rules.snapshot import from_row, to_row


class City:
    """The live state of all indicators. Not thread-safe: one thread, or one lock, around it.

    Time begins with the first `advance` (or `measure`, or `set_world`) and never goes back. Readings from the future
    of `now` wait until it comes.
    """

    def __init__(
        self,
        register: Register,
        lighting: LightingPlan,
        place: Place,
        indicators: Mapping[str, Indicator] = INDICATORS,
    ) -> None:
        """Take the world as believed today."""
        self._world = World(register, lighting, place)
        self._indicators = indicators
        self._now: datetime | None = None
        self._latest = Latest()
        self._waiting: list[tuple[datetime, int, Reading]] = []
        self._waited = 0
        self._states: dict[str, Shown] = {}
        self._boards: dict[str, Board] = {}
        self._by_kind: dict[str, list[Intake]] = {}
        self.remembering: dict[str, Remembering] = {}
        """The board of a kind that remembers past instants, where there is one."""
        self._changes: list[tuple[datetime, str]] = []
        self.generation = 0
        """Grows whenever the world or a device's place in it changes, so that others know when to look up anew."""
        self._heard: list[Reading] | None = None
        self._unheard: list[Reading] = []
        """What a dump held that nobody had taken."""

    @property
    def world(self) -> World:
        """The register, lighting plan and place in use."""
        return self._world

    @property
    def readings(self) -> Latest:
        """The newest reading of each device; a view that stays current."""
        return self._latest

    def listen(self) -> None:
        """Keep from now on what `take_heard` returns; whoever listens must take it."""
        self._heard, self._unheard = self._unheard, []

    def take_heard(self) -> list[Reading]:
        """Return the readings that became the newest of their device since the last call, as they were applied."""
        heard, self._heard = self._heard or [], [] if self._heard is not None else None
        return heard

    @property
    def now(self) -> datetime | None:
        """The instant that the state stands for; None before the first `advance`."""
        return self._now

    def apply(self, reading: Reading) -> None:
        """Take in a reading, in any order of event time; the same one again changes nothing.

        One that is older than the device's latest never moves the live value, but counts for days and months. One
        for the same instant replaces the known one if its revision is higher.
        """
        at = reading.at
        if self._now is None or at > self._now:
            self._waited += 1
            heappush(self._waiting, (at, self._waited, reading))
            return
        known = self._latest.get(reading.device)
        if newest := known is None or at > known.at or (at == known.at and reading.revision > known.revision):
            self._latest[reading.device] = reading
            if self._heard is not None:
                self._heard.append(reading)
        for intake in self._by_kind.get(reading.kind, ()):
            intake.apply(reading, newest=newest)

    def advance(self, now: datetime) -> None:
        """Let event time pass until `now` (aware, UTC); an earlier instant changes nothing."""
        if self._now is None:
            self._begin(now)
        elif now > self._now:
            self._now = now
            for board in self._boards.values():
                board.advance(now)
            self._move(now)
        while self._waiting and self._waiting[0][0] <= now:
            self.apply(heappop(self._waiting)[2])

    def set_world(self, register: Register, lighting: LightingPlan, now: datetime) -> None:
        """Take over another register or lighting plan at `now`, for the present and in retrospect."""
        self.advance(now)
        self._world = World(register, lighting, self._world.place)
        self.generation += 1
        for board in self._boards.values():
            board.set_world(self._world)
        self._by_kind = listening(self._indicators, self._boards)
        self._foresee()

    @property
    def waiting(self) -> int:
        """How many readings wait for the next tick: until `now` has come so far, or until they are taken as heard."""
        return len(self._waiting) + len(self._heard or ())

    def latest(self, device_id: str) -> Reading | None:
        """Return the newest reading of a device by event time, up to `now`."""
        return self._latest.get(device_id)

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator, by name."""
        return [i.info() for i in self._indicators.values()]

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes that have a device of the indicator's kind now, in order. Raises `NotFound`."""
        _find(self._indicators, indicator)
        state = self._states.get(indicator)
        return state.scopes() if state is not None else ()

    def measure(self, indicator: str, scope: Scope, at: datetime) -> Measure:
        """Return a measure at `at`, which becomes `now` if it is later.

        Raises:
            NotFound: no such indicator, or the scope has no device of its kinds.
            ValueError: the indicator is not defined for this kind of scope, or `at` has passed.
        """
        return self._state_at(indicator, scope, at).measure(scope)

    def prepare(self, indicator: str) -> bool:
        """Work out a part of what an indicator's measures need now; return whether more is left. Optional."""
        state: object = self._states.get(indicator)
        return isinstance(state, Prepared) and state.prepare()

    def measure_at(self, indicator: str, scope: Scope, at: datetime) -> Measure | None:
        """Return a measure at a past instant; None when the indicator's board does not remember that."""
        state: object = self._states[indicator]
        return state.measure_at(scope, at) if isinstance(state, Recalled) else None

    def explain(self, indicator: str, scope: Scope, at: datetime) -> Explanation:
        """Return what made a measure. Moves time and raises as `measure` does."""
        return self._state_at(indicator, scope, at).explain(scope)

    def _state_at(self, indicator: str, scope: Scope, at: datetime) -> Shown:
        if scope.kind not in _find(self._indicators, indicator).scopes:
            raise ValueError(f"{indicator} is not defined for a {scope.kind.value}")
        if self._now is not None and at < self._now:
            raise ValueError(f"{at.isoformat()} has passed, the live state is at {self._now.isoformat()}: recompute")
        self.advance(at)
        state = self._states[indicator]
        if not state.has(scope):
            raise NotFound(f"{scope} has no {' or '.join(self._indicators[indicator].kinds)} at {at.isoformat()}")
        return state

    def take_dirty(self) -> set[tuple[str, Scope]]:
        """Return what may have changed since the last call, by indicator and scope, and forget it."""
        return {(name, scope) for name, state in self._states.items() for scope in state.take_dirty()}

    def dump(self) -> Any:
        """Return the state as plain JSON values: keyed by device, so dumps of disjoint devices can be joined."""
        return {
            "now": None if self._now is None else self._now.isoformat(),
            "latest": [to_row(r) for r in self._latest.values()],
            "waiting": [to_row(r) for _, _, r in self._waiting],
            "heard": [[to_row(reading), True] for reading in self._heard or ()],
            "states": {name: board.dump() for name, board in self._boards.items()},
        }

    @classmethod
    def load(cls, dump: Any, register: Register, lighting: LightingPlan, place: Place) -> "City":
        """Return the city of a dump in today's world, which may have changed since. Everything is dirty."""
        city = cls(register, lighting, place)
        city._latest = Latest({reading.device: reading for reading in map(from_row, dump["latest"])})
        if dump["now"] is not None:
            city.advance(datetime.fromisoformat(dump["now"]))
        for name, board in city._boards.items():
            board.restore(dump["states"].get(name))
        for row in dump["waiting"]:
            city.apply(from_row(row))
        city._unheard = [from_row(row) for row, newest in dump.get("heard", ()) if newest]  # once all were kept
        return city

    def _begin(self, now: datetime) -> None:
        self._now = now
        self._states, self._boards = make(self._indicators, self._world, self._latest, now)
        self._by_kind = listening(self._indicators, self._boards)
        kept = {kind for i in self._indicators.values() if i.kept.remembered for kind in i.kinds}
        self.remembering = {k: b for k in kept for b in self._by_kind[k] if isinstance(b, Remembering)}
        self._foresee()

    def _foresee(self) -> None:
        """Note when the register, as known, will say something else about a device."""
        now = self._now
        self._changes = sorted(
            (instant, timeline[0].device.id)
            for timeline in self._world.register.timelines()
            for version in timeline
            for instant in (version.valid_from, version.valid_to)
            if instant is not None and now is not None and instant > now
        )

    def _move(self, now: datetime) -> None:
        due: set[str] = set()
        while self._changes and self._changes[0][0] <= now:
            due.add(heappop(self._changes)[1])
        if due:
            self.generation += 1
            for board in self._boards.values():
                board.moved(due)
            self._by_kind = listening(self._indicators, self._boards)


def at_instant(
    indicator: str,
    at: datetime,
    readings: Iterable[Reading],
    register: Register,
    lighting: LightingPlan,
    place: Place,
) -> City:
    """Return a city with one indicator as it was at a past instant, from the readings of `lookback` before it.

    Later readings are left out. Raises `NotFound` when there is no such indicator.
    """
    city = City(register, lighting, place, {indicator: _find(INDICATORS, indicator)})
    city.advance(at)
    for reading in readings:
        if reading.at <= at:
            city.apply(reading)
    return city


def recompute(
    indicator: str,
    scope: Scope,
    at: datetime,
    readings: Iterable[Reading],
    register: Register,
    lighting: LightingPlan,
    place: Place,
) -> Measure:
    """Return a measure at a past instant from the readings of `lookback` before it; later ones are left out.

    Raises:
        NotFound: no such indicator, or the scope had no device of its kinds.
        ValueError: the indicator is not defined for this kind of scope.
    """
    return at_instant(indicator, at, readings, register, lighting, place).measure(indicator, scope, at)


def lookback(indicator: str, scope: Scope, period: str) -> timedelta:
    """Return how far before an instant readings can still matter to a measure of a scope.

    Raises:
        NotFound: no such indicator.
        ValueError: the indicator knows no such scope or period.
    """
    found = _find(INDICATORS, indicator)
    if scope.kind not in found.scopes or period not in found.lookback:
        raise ValueError(f"{indicator} is not defined for a {scope.kind.value} and period {period!r}")
    return found.lookback[period]


def _find(indicators: Mapping[str, Indicator], name: str) -> Indicator:
    found = indicators.get(name)
    if found is None:
        raise NotFound(f"no indicator {name!r}; there are {', '.join(indicators)}")
    return found
