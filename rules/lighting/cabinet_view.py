"""What the indicators of cabinets share that look at the city's one board of them."""

from collections.abc import Iterable, Sequence
from typing import Final

from domain.device import Device
from domain.scope import Scope
from rules.lighting.cabinets import CabinetBoard

BOARD: Final = "cabinets"
"""What the board's dump is kept under."""


class CabinetView:
    """One indicator's look at the board of cabinets."""

    def __init__(self, board: CabinetBoard) -> None:
        """Look at the city's cabinets; every scope may have changed."""
        self.board = board
        self._dirty = board.watch()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a cabinet now, in order."""
        return self.board.scopes()

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a cabinet now."""
        return self.board.has(scope)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        self.board.tell_dirty()
        taken = set(self._dirty)
        self._dirty.clear()
        return taken


def made_up(cabinets: Iterable[Device]) -> str:
    """Return how many of the cabinets are made up, as the reason why a figure is not official, or nothing."""
    count = sum(cabinet.synthetic for cabinet in cabinets)
    return f"{count} of the cabinets are made up" if count else ""
