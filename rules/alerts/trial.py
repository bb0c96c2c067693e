"""Runs rules over readings without a service: for test cases of rule files, and over stored history.

The same board and the same city as in the engine, ticked on a grid of its own.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.alert import Alert, AlertChange
from domain.citytime import Place
from domain.lighting import LightingPlan
from domain.measure import Target
from domain.reading import Reading
from domain.register import Register
from rules.alerts import upkeep
from rules.alerts.board import AlertBoard, Signal
from rules.alerts.book import RuleBook
from rules.live import City

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


Input = Reading | Signal


class Trial:
    """A city that hears readings at their arrival, and the board of its alerts."""

    def __init__(
        self,
        book: RuleBook,
        world: tuple[Register, LightingPlan, Place],
        targets: Sequence[Target],
        start: datetime,
        grid: timedelta,
    ) -> None:
        """Begin at `start` with nothing known; tick every `grid`, on instants anchored at the epoch."""
        self.grid = grid
        self.city = City(*world)
        self.now = _EPOCH + (start - _EPOCH) // grid * grid
        self.city.advance(self.now)
        self.city.listen()
        self.board = AlertBoard(book, targets, self.city)

    def run(self, inputs: Iterable[Input], until: datetime) -> list[AlertChange]:
        """Take inputs in the order of their arrival, tick through `until`, and return what happened."""
        changes: list[AlertChange] = []
        for one in inputs:
            changes += self.through(one.received if isinstance(one, Reading) else one.at)
            if isinstance(one, Reading):
                self.city.apply(one)
            else:
                self.board.gateway(one.gateway, one.at, online=one.online)
        return changes + self.through(until)

    def through(self, instant: datetime) -> list[AlertChange]:
        """Tick the instants of the grid up to `instant`."""
        changes: list[AlertChange] = []
        while self.now + self.grid <= instant:
            self.now += self.grid
            self.city.advance(self.now)
            upkeep.follow_world(self.board)
            changes += self.board.tick(self.city.take_heard(), self.city.take_dirty(), self.now)
        return changes

    def settle(self) -> list[AlertChange]:
        """Tick the present instant once more, so that what arrived just now counts."""
        return self.board.tick(self.city.take_heard(), self.city.take_dirty(), self.now)

    def open(self) -> list[Alert]:
        """Return the open alerts, by rule and subject."""
        return [a for _, a in sorted(self.board.teller.ledger.open.items())]
