"""What the indicators of black-odorous bodies share that look at the city's one board of their points."""

from collections.abc import Sequence
from typing import ClassVar, Final

from domain.scope import Scope, ScopeKind
from rules.bodies.board import BodyBoard
from rules.bodies.tally import BodyTally

BOARD: Final = "bodies"
"""What the board's dump is kept under."""


class BodyView:
    """One indicator's look at the board of points. A subclass says which scopes it measures, and how."""

    shows: ClassVar[tuple[ScopeKind, ...]]

    def __init__(self, board: BodyBoard) -> None:
        """Look at the city's points; every scope may have changed."""
        self.board = board
        self._dirty = board.watch()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes of the indicator that have a point now, in order."""
        return [scope for scope in self.board.scopes() if scope.kind in self.shows]

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a point now."""
        return self.board.has(scope)

    def tally(self, scope: Scope) -> BodyTally:
        """Return the bodies of a scope with their points in service there."""
        return self.board.tally(scope)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        self.board.tell_dirty()
        taken = {scope for scope in self._dirty if scope.kind in self.shows}
        self._dirty.clear()
        return taken
