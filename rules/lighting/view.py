"""What all indicators of lamps share that look at the city's one board of lamps."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

from typing_extensions import override

from domain.measure import Measure
from domain.scope import Scope, ScopeKind
from rules.indicator import Recalled
from rules.lighting.board import LampBoard
from rules.lighting.places import LAMP_SCOPES
from rules.lighting.tally import LampTally

BOARD: Final = "lamps"
"""What the board's dump is kept under."""


class Lamps(Protocol):
    """The city's lamps: as they stand, or as they stood at an instant that is remembered."""

    @property
    def now(self) -> datetime:
        """The instant."""
        ...

    @property
    def register_version(self) -> int:
        """The version of the register that placed them."""
        ...

    def tally(self, scope: Scope) -> LampTally:
        """Return the counts of a scope."""
        ...


class LampView:
    """One indicator's look at the board of lamps. A subclass says which scopes it measures, and how."""

    shows: ClassVar[tuple[ScopeKind, ...]] = LAMP_SCOPES

    def __init__(self, board: LampBoard) -> None:
        """Look at the city's lamps; every scope may have changed."""
        self.board = board
        self._dirty = board.watch()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes of the indicator that have a lamp now, in order."""
        return [scope for scope in self.board.scopes() if scope.kind in self.shows]

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a lamp now."""
        return self.board.has(scope)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        self.board.tell_dirty()
        taken = {scope for scope in self._dirty if scope.kind in self.shows}
        self._dirty.clear()
        return taken


class RecalledLampView(LampView, Recalled):
    """A look at the lamps that can be had of a past hour too. A subclass says what it makes of the counts."""

    def tally(self, scope: Scope) -> LampTally:
        """Return the counts that the figure of a scope rests on."""
        return self.board.tally(scope)

    def measure(self, scope: Scope) -> Measure:
        """Return the figure of a scope as its lamps stand."""
        return self._measure(scope, self.board)

    @override
    def measure_at(self, scope: Scope, at: datetime) -> Measure | None:
        moment = self.board.memory.at(at)
        return None if moment is None else self._measure(scope, moment)

    @abstractmethod
    def _measure(self, scope: Scope, lamps: Lamps) -> Measure:
        """Return the figure of a scope by its lamps, as they stand or stood."""


def percent(part: int, whole: int) -> float | None:
    """Return a share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def made_up(count: int) -> str:
    """Return why a figure with so many made-up lamps is not official, or nothing."""
    return f"{count} of the lamps are made up" if count else ""
