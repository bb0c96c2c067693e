"""What an engine is made with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.alerting import Alerting
from app.keeper import Keeper
from domain.alert_ports import TickRecord
from domain.ports import EventLog


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`grid`: city time between ticks; `idle_s`: how long the thread sleeps when nothing arrives (wall)."""

    grid: timedelta
    idle_s: float = 0.25
    batch: int = 500


@dataclass(frozen=True, slots=True)
class Books:
    """What the engine writes into: the log of what changed, the history of closed periods, and the alerts."""

    events: EventLog
    keeper: Keeper
    alerting: Alerting
    commit: Callable[[TickRecord], None]
    """Commits a tick in one transaction."""
