"""A circuit breaker: a channel that is away is asked seldom, and its notices wait without being tried in vain."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.notice import Outcome

FAILURES = 5
"""So many failures in a row open it (our choice)."""
FIRST = timedelta(seconds=10)
LONGEST = timedelta(minutes=5)
"""How long it stays open, doubling; then one message is tried."""


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row. Instants are of the wall clock."""

    failures: int = 0
    open_until: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Return how long to leave the channel alone; zero = one may be tried."""
        return timedelta(0) if self.open_until is None else max(timedelta(0), self.open_until - now)

    @property
    def trying(self) -> bool:
        """Whether the next message is only a trial: it failed before, and nothing has gone well since."""
        return self.open_until is not None

    def saw(self, outcome: Outcome, now: datetime) -> None:
        """Learn from an attempt. "Too fast" and "refused" are answers: the channel is there."""
        if outcome not in {Outcome.AWAY, Outcome.UNKNOWN}:
            self.failures, self.open_until = 0, None
            return
        self.failures += 1
        if self.failures >= FAILURES:
            self.open_until = now + min(LONGEST, FIRST * 2 ** min(self.failures - FAILURES, 10))
