"""The only module that reads a clock. City clock: event time of the domain. Wall clock: keys, retries, leases."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final


def wall_now() -> datetime:
    """Return the wall clock's instant, aware, in UTC."""
    return datetime.now(UTC)


class SystemClock:
    """The city clock of a real city: the wall clock."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return wall_now()


LEAD: Final = timedelta(minutes=2)
"""How far a simulated clock may be ahead of its city: less than any device may be silent."""


class SimulatedClock:
    """A city clock that starts at a chosen instant and runs at a chosen speed. It never goes back.

    Once it was told how far the simulated city has got it waits for it: on a machine that cannot keep up time runs
    slower. Otherwise what is only slow would be told as devices that fell silent.
    """

    def __init__(self, start: datetime, speed: float) -> None:
        """Start now at `start` (aware) and let `speed` city seconds pass in one second of the wall."""
        self._lock = threading.Lock()
        self._anchor = start.astimezone(UTC)
        self._since = time.monotonic()
        self._speed = speed
        self._limit: datetime | None = None

    def now(self) -> datetime:
        """Return the city's instant, aware, in UTC."""
        with self._lock:
            shown = self._at(time.monotonic())
            if self._limit is not None and shown >= self._limit:
                self._stand(shown)
            return shown

    @property
    def speed(self) -> float:
        """City seconds that pass in one second of the wall."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Run at another speed from now on, without a jump."""
        with self._lock:
            self._stand(self._at(time.monotonic()))
            self._speed = speed

    def wait_for(self, reached: datetime) -> None:
        """Show at most `LEAD` more than the instant up to which the city has reported; no less than is shown now."""
        with self._lock:
            self._stand(self._at(time.monotonic()))
            self._limit = reached + LEAD

    def _stand(self, shown: datetime) -> None:
        """Go on from here: what was waited is not made up for."""
        self._anchor, self._since = shown, time.monotonic()

    def _at(self, moment: float) -> datetime:
        free = self._anchor + timedelta(seconds=(moment - self._since) * self._speed)
        return free if self._limit is None else min(free, max(self._anchor, self._limit))
