"""The only module that reads a clock. City clock: event time of the domain. Wall clock: keys, retries, leases."""

import threading
import time
from datetime import UTC, datetime, timedelta


def wall_now() -> datetime:
    """Return the wall clock's instant, aware, in UTC."""
    return datetime.now(UTC)


class SystemClock:
    """The city clock of a real city: the wall clock."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return wall_now()


class SimulatedClock:
    """A city clock that starts at a chosen instant and runs at a chosen speed. It never goes back."""

    def __init__(self, start: datetime, speed: float) -> None:
        """Start now at `start` (aware) and let `speed` city seconds pass in one second of the wall."""
        self._lock = threading.Lock()
        self._anchor = start.astimezone(UTC)
        self._since = time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        """Return the city's instant, aware, in UTC."""
        with self._lock:
            return self._at(time.monotonic())

    @property
    def speed(self) -> float:
        """City seconds that pass in one second of the wall."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Run at another speed from now on, without a jump."""
        with self._lock:
            moment = time.monotonic()
            self._anchor, self._since = self._at(moment), moment
            self._speed = speed

    def _at(self, moment: float) -> datetime:
        return self._anchor + timedelta(seconds=(moment - self._since) * self._speed)
