"""What all indicators of lamps share that look at the city's one board of lamps."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol

from domain.scope import Scope, ScopeKind
from rules.lighting.board import LampBoard
from rules.lighting.tally import LampTally

LAMP_SCOPES: Final = (
    ScopeKind.CITY,
    ScopeKind.DISTRICT,
    ScopeKind.MANAGEMENT_AREA,
    ScopeKind.ROAD_CLASS,
    ScopeKind.ROAD,
    ScopeKind.SUPPLY_POINT,
    ScopeKind.UNDERPASS,
)
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


def percent(part: int, whole: int) -> float | None:
    """Return a share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def made_up(count: int) -> str:
    """Return why a figure with so many made-up lamps is not official, or nothing."""
    return f"{count} of the lamps are made up" if count else ""
