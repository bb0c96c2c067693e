"""What the indicators of black-odorous bodies share that look at the city's one board of their points."""

from collections.abc import Sequence
from typing import ClassVar, Final

from typing_extensions import override

from domain.scope import Scope, ScopeKind
from rules.bodies.board import BodyBoard
from rules.bodies.tally import BodyTally
from rules.shared_board import View

BOARD: Final = "bodies"
"""What the board's dump is kept under."""


class BodyView(View[BodyBoard]):
    """One indicator's look at the board of points. A subclass says which scopes it measures, and how."""

    shows: ClassVar[tuple[ScopeKind, ...]]

    @override
    def scopes(self) -> Sequence[Scope]:
        return [scope for scope in self.board.scopes() if scope.kind in self.shows]

    def tally(self, scope: Scope) -> BodyTally:
        """Return the bodies of a scope with their points in service there."""
        return self.board.tally(scope)

    @override
    def take_dirty(self) -> set[Scope]:
        return {scope for scope in super().take_dirty() if scope.kind in self.shows}
