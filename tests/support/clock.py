"""City clocks: one that stands still until it is told otherwise, and waiting for one that runs."""

import threading
from datetime import datetime, timedelta

from domain.ports import Clock


class SetClock:
    """Shows `at`; a test moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_(self, span: timedelta) -> datetime:
        """Let time pass and return the new instant."""
        self.at += span
        return self.at


def passes(clock: Clock, until: datetime) -> bool:
    """Wait until a running clock shows `until`; return whether it came to that."""
    waiting = threading.Event()
    return any(clock.now() >= until or waiting.wait(0.01) for _ in range(1000))
