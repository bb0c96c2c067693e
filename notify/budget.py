"""Sliding windows: how long to wait until one more message is within the limits. Instants are of the wall clock."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from notify.channel import Window


class Budget:
    """Counts what was sent. Not for several threads: a lane has its own."""

    def __init__(self, windows: Sequence[Window], sent: Iterable[datetime] = ()) -> None:
        """Begin with what was sent before, so that a restart does not grant a new budget."""
        self._windows = tuple(windows)
        self._longest = timedelta(seconds=max((w.seconds for w in windows), default=0))
        self._sent = deque(sorted(sent))

    def wait(self, now: datetime) -> timedelta:
        """Return how long to wait before the next one; zero = it may go now."""
        self._drop(now)
        return max((self._of(window, now) for window in self._windows), default=timedelta(0))

    def room(self, now: datetime) -> int | None:
        """Return how many may go now; None = any number."""
        self._drop(now)
        return min((max(0, w.count - self._within(w, now)) for w in self._windows), default=None)

    def take(self, now: datetime) -> None:
        """Count one."""
        self._sent.append(now)

    def _of(self, window: Window, now: datetime) -> timedelta:
        if self._within(window, now) < window.count:
            return timedelta(0)
        blocking = self._sent[-window.count]
        return blocking + timedelta(seconds=window.seconds) - now

    def _within(self, window: Window, now: datetime) -> int:
        start = now - timedelta(seconds=window.seconds)
        return sum(at > start for at in self._sent)

    def _drop(self, now: datetime) -> None:
        while self._sent and self._sent[0] <= now - self._longest:
            self._sent.popleft()
