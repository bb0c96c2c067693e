"""What an engine is made with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.alerting import Alerting
from app.keeper import Keeper
from domain.alert_ports import TickRecord
from domain.ports import EventLog

LAG: Final = timedelta(seconds=10)
"""Behind the clock by more than this, the engine is catching up."""
HUSH: Final = timedelta(minutes=1)
"""After a pause of the service nobody is called silent for so long: the broker hands over first what it kept."""
AT_ONCE: Final = 200
"""Readings that are taken in under one hold of the lock."""
CROWD: Final = 5_000
"""So many readings may wait for the next tick, which takes them in under one hold of the lock; then there is one."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`tick`: time between ticks; `idle_s`: how long the thread sleeps when nothing arrives (both wall).

    `pace` is how fast the city's clock runs now. A demo's clock changes its speed: what a person asks for is done by
    the next tick, and nobody should wait minutes for it only because the clock ran fast a moment ago.
    """

    tick: timedelta
    idle_s: float = 0.25
    batch: int = 500
    pace: Callable[[], float] = lambda: 1.0

    @property
    def grid(self) -> timedelta:
        """City time between ticks at the clock's present speed."""
        return self.tick * max(1.0, self.pace())

    @property
    def beat(self) -> timedelta:
        """City time after which it is noted how far the ticks are, though nothing changed."""
        return max(LAG, 20 * self.grid)


@dataclass(frozen=True, slots=True)
class Books:
    """What the engine writes into: the log of what changed, the history of closed periods, and the alerts."""

    events: EventLog
    keeper: Keeper
    alerting: Alerting
    commit: Callable[[TickRecord], None]
    """Commits a tick in one transaction."""
