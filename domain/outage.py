"""When to say that something is away: at once, then at growing intervals, and for how long when it is back. Pure."""

from typing import Final, NamedTuple

FIRST_S: Final = 10.0
LONGEST_S: Final = 600.0
"""Between two times of saying so; it doubles (our choice). A night without a database is fifty lines, not 30,000."""


class Outage:
    """Whether something is away, as whoever needs it finds out. Seconds are of a clock that nobody sets."""

    def __init__(self) -> None:
        """It is there."""
        self._since: float | None = None
        self._next = self._wait = 0.0

    def away(self, now: float) -> bool:
        """It does not answer; return whether to say so now."""
        if self._since is None:
            self._since, self._next, self._wait = now, now, FIRST_S
        if now < self._next:
            return False
        self._next, self._wait = now + self._wait, min(2 * self._wait, LONGEST_S)
        return True

    def back(self, now: float) -> float | None:
        """It answers; return how long it was away if that was said, else None."""
        since, self._since = self._since, None
        return None if since is None else now - since


class Line(NamedTuple):
    """A line of the log: its event, and what it says of it."""

    event: str
    extra: dict[str, str | float]


class ToldOutage:
    """An outage as the log tells it: `event` is the warning, and `no_longer_away` names it when it is over."""

    def __init__(self, event: str) -> None:
        """It is there."""
        self._event, self._outage = event, Outage()

    def away(self, now: float, why: BaseException) -> Line | None:
        """It does not answer; return the warning if it is to be said now."""
        return Line(self._event, {"reason": str(why)}) if self._outage.away(now) else None

    def back(self, now: float) -> Line | None:
        """It answers; return what to say if it was away, for the record."""
        seconds = self._outage.back(now)
        return None if seconds is None else Line("no_longer_away", {"was": self._event, "after_s": round(seconds, 1)})
