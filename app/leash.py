"""Holds a simulated clock to its city: it goes on once the service has received what the city sent.

What a broker hands on late must not look like devices that fell silent. What it lost is not waited for.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.clock import SimulatedClock

PATIENCE_S: Final = 5.0
"""Nothing more came in for so long (wall): what is missing then is lost."""


class Leash:
    """Told by the fleet what it has sent. For the fleet's thread."""

    def __init__(
        self, clock: SimulatedClock, received: Callable[[], int], steady: Callable[[], float] = time.monotonic
    ) -> None:
        """Hold the clock where it is. `received` counts the deliveries that the service has received."""
        self._clock, self._received, self._steady = clock, received, steady
        self._awaited: deque[tuple[int, datetime]] = deque()
        """How much must have come in until the city has got as far as an instant."""
        self._lost = 0
        self._seen, self._moved = received(), steady()
        clock.wait_for(clock.now())

    def reached(self, until: datetime, sent: int) -> None:
        """Take that the city was played up to an instant, with `sent` messages in all; let the clock go as it may."""
        received, now = self._received(), self._steady()
        if received != self._seen or not self._awaited:
            self._seen, self._moved = received, now
        if not self._awaited or self._awaited[-1] != (sent, until):
            self._awaited.append((sent, until))
        if now - self._moved >= PATIENCE_S:
            self._lost = max(self._lost, sent - received)
        through = None
        while self._awaited and received + self._lost >= self._awaited[0][0]:
            _, through = self._awaited.popleft()
        if through is not None:
            self._clock.wait_for(through)
