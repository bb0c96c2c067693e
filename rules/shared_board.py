"""Boards that several indicators look at, and what their views have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from typing_extensions import override

from domain.scope import Scope
from rules.board import DeviceBoard
from rules.indicator import Latest, World


class SharedBoard(DeviceBoard):
    """A board that tells each of its views apart what may have changed."""

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the devices of a world up as of `now`."""
        self._views: list[Changes] = []
        super().__init__(world, latest, now)

    def viewed(self) -> "Changes":
        """Return the changes of a new view, which the board fills and the view empties; all is news to it."""
        changes = Changes(set(self.scopes()), set())
        self._views.append(changes)
        return changes

    @override
    def touch_all(self) -> None:
        self.changed(self._by_scope)

    def changed(self, scopes: Iterable[Scope]) -> None:
        """Note that these scopes may have changed."""
        for view in self._views:
            view.scopes.update(scopes)

    def tell(self) -> None:
        """Tell every view which devices were touched since the last call."""
        if self._touched:
            for view in self._views:
                view.devices.update(self._touched)
            self._touched.clear()


@dataclass(frozen=True, slots=True)
class Changes:
    """What may have changed since a view was last asked. Devices become scopes only then: a reading costs one entry."""

    scopes: set[Scope]
    devices: set[str]


B = TypeVar("B", bound=SharedBoard)


class View(Generic[B]):
    """What one indicator shows of a board."""

    def __init__(self, board: B) -> None:
        """Look at a board."""
        self.board = board
        self._changes = board.viewed()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a device of the board's kinds now, in order."""
        return self.board.scopes()

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a device of the board's kinds now."""
        return self.board.has(scope)

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        self.board.tell()
        changes = self._changes
        taken = changes.scopes | self.board.scopes_touched(changes.devices)
        changes.scopes.clear()
        changes.devices.clear()
        return taken
