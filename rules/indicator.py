"""What an indicator is: one row of the catalogue and the factory of its live state.

One file under `rules/indicators/` holds one constant `INDICATOR` of this type.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from domain.citytime import Place
from domain.explanation import Explanation
from domain.lighting import LightingPlan
from domain.measure import Measure
from domain.period import PeriodKind
from domain.ports import IndicatorInfo
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope, ScopeKind
from rules.tally import Tally


@dataclass(frozen=True, slots=True)
class World:
    """What the city is, as believed today: who is expected, when lamps must be on, and where it all lies."""

    register: Register
    lighting: LightingPlan
    place: Place


T = TypeVar("T")


class Latest(dict[str, Reading]):
    """The newest reading of each device by event time, none later than now. Kept by the city, read by the states.

    What several states of one city are made of, and would each keep a copy of, they keep together here.
    """

    __slots__ = ("_together",)

    def __init__(self, readings: Mapping[str, Reading] = MappingProxyType({})) -> None:
        super().__init__(readings)
        self._together: dict[type, Any] = {}

    def together(self, kind: type[T], make: Callable[[], T]) -> T:
        """Return the one object of this type that the states of the city share; the first that asks makes it."""
        if kind not in self._together:
            self._together[kind] = make()
        found: T = self._together[kind]
        return found


class Intake(Protocol):
    """What takes readings in, each once."""

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Take in a reading of the indicator's kinds, not later than `now`. `newest`: it is now the device's latest."""
        ...


class Board(Protocol):
    """What readings are taken into. Event time only; after every call it is exact for the last `now` given.

    Everything in it follows from readings, world and `now`, so the order in which readings arrived leaves no trace.
    """

    def intakes(self, kind: str) -> Sequence[Intake]:
        """Return what takes in the readings of a kind, in order: the board, and what it keeps together with others.

        It is asked again whenever the world has changed: a board may need a kind only as the register stands.
        """
        ...

    def advance(self, now: datetime) -> None:
        """Let time pass: freshness ends, schedules switch, months close."""
        ...

    def set_world(self, world: World) -> None:
        """Take over another world, as of the last `now` given."""
        ...

    def moved(self, devices: Collection[str]) -> None:
        """Look up again what these devices are: by the register they change just now. They may be of any kind."""
        ...

    def dump(self) -> Any:
        """Return what cannot be had from the latest readings, as plain JSON values."""
        ...

    def restore(self, dumped: Any) -> None:
        """Take over what `dump` returned, in a state that has no readings of its own yet."""
        ...


class Shown(Protocol):
    """What an indicator shows of its board: the measure of each scope."""

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a device of the kind now, in order."""
        ...

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a device of the kind now."""
        ...

    def measure(self, scope: Scope) -> Measure:
        """Return the measure of one of `scopes()` at the last `now` given."""
        ...

    def tally(self, scope: Scope) -> Tally:
        """Return what that measure rests on, additive over disjoint devices; neutral when the scope has none."""
        ...

    def explain(self, scope: Scope) -> Explanation:
        """Return that measure with its inputs, those left out and why, and the steps of the arithmetic."""
        ...

    def take_dirty(self) -> set[Scope]:
        """Return the scopes whose counts may have changed since the last call, and forget them."""
        ...


@runtime_checkable
class Prepared(Protocol):
    """What an indicator shows after much work, which can be done in parts beforehand: so no reader waits for all."""

    def prepare(self) -> bool:
        """Work out a part of what measures at the last `now` need; return whether more is left."""
        ...


@dataclass(frozen=True, slots=True)
class Correction:
    """What late readings may have changed of an instant that was measured."""

    kind: str
    at: datetime
    why: str
    scopes: Collection[Scope] | None
    """Whose measures; None when the instant is remembered no longer, so that the stores must be asked."""


@runtime_checkable
class Remembering(Protocol):
    """A board that remembers what it showed at instants that were measured, and corrects that by what comes late.

    It answers for the indicators of its kinds whose `kept.remembered` says so.
    """

    def remember(self) -> bool:
        """Take in a part of what there is at the last `now` given; return whether more is left."""
        ...

    def remembers(self, reading: Reading) -> bool:
        """Return whether every instant to which a reading may matter is remembered, or still to come."""
        ...

    def take_corrections(self) -> Sequence[Correction]:
        """Return what may be measured otherwise since the last call, and forget that it may."""
        ...


@runtime_checkable
class Recalled(Protocol):
    """What an indicator shows of such a board."""

    def measure_at(self, scope: Scope, at: datetime) -> Measure | None:
        """Return the measure of a scope at a past instant; None when that is not remembered."""
        ...


class IndicatorState(Board, Shown, Protocol):
    """The live state of one indicator that has a board of its own."""


B = TypeVar("B", bound=Board)


@dataclass(frozen=True, slots=True)
class OnBoard(Generic[B]):
    """The state of an indicator that looks at a board which others look at too: a reading is taken in once for all.

    Indicators with the same `make` share a board; it takes the readings of the kinds of all of them. `name` is what
    its dump is kept under.
    """

    name: str
    make: Callable[[World, Latest, datetime], B]
    look: Callable[[B], Shown]


@dataclass(frozen=True, slots=True)
class Kept:
    """Which measures of an indicator make its history: those of `scopes`, at the end of each period and `settle` later.

    `settle` is the time that devices and networks need until what belongs to a period has come in. What comes later
    is a revision.
    """

    every: PeriodKind
    scopes: tuple[ScopeKind, ...]
    settle: timedelta = timedelta(0)
    remembered: bool = False
    """Whether its board (`Remembering`) corrects these measures by what comes late, so that only what the board has
    forgotten is looked up in the stores."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: how it is called, what it measures and how its state is made."""

    name: str
    title: str
    """Chinese display name."""
    title_en: str
    unit: str
    kinds: tuple[str, ...]
    """The kinds of device whose readings it takes in."""
    scopes: tuple[ScopeKind, ...]
    source: str
    """The standard and clause, or the rule it follows."""
    lookback: Mapping[str, timedelta]
    """By period (`instant`, `month`): how far back readings can matter."""
    kept: Kept
    """Which of its measures are written down for the history."""
    state: Callable[[World, Latest, datetime], IndicatorState] | OnBoard[Any]
    """Makes the state of a world as of an instant; it shows the latest readings that are there already."""
    rests_on: tuple[str, ...] = ()
    """Kinds that matter by what the register says of them; their readings are not taken in."""

    def info(self) -> IndicatorInfo:
        """Return its row of the catalogue."""
        return IndicatorInfo(
            name=self.name,
            title=self.title,
            title_en=self.title_en,
            unit=self.unit,
            scopes=tuple(k.value for k in self.scopes),
            source=self.source,
            kinds=self.kinds,
            kept_every=self.kept.every,
            kept_scopes=tuple(k.value for k in self.kept.scopes),
        )
