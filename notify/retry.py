"""What follows from an attempt: done, tried again at an instant, or a dead letter. By kind of error."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.notice import Attempt, NoticeState, Outcome, Posted, Settled
from notify.channel import Limits, Result

Draw = Callable[[float, float], float]
"""A random number between two bounds."""

GIVE_UP = timedelta(hours=24)
"""A notice that could not be told for a day is a dead letter (our choice)."""
_AWAY = (2.0, 300.0)
_UNKNOWN = (15.0, 300.0)
"""First and longest wait in seconds. After an unknown outcome longer: it may have arrived."""
_LIMITED = 60.0
"""Seconds to wait when a vendor says "too fast" and not for how long."""
_MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a channel's notices are tried."""

    give_up: timedelta = GIVE_UP


def settled(
    posted: Posted, message: int, result: Result, now: datetime, limits: Limits, policy: Policy, draw: Draw
) -> Settled:
    """Return what follows from a result. `draw` gives the jitter, so that many do not come back together."""
    attempt = Attempt(posted.id, posted.attempts + 1, now, result.outcome, result.code, result.detail, message)
    if result.outcome is Outcome.SENT:
        return Settled(attempt, NoticeState.SENT, now)
    if result.outcome is Outcome.REFUSED or _spent(posted, attempt, limits, policy, now):
        return Settled(attempt, NoticeState.DEAD, now)
    return Settled(attempt, NoticeState.WAITING, now + timedelta(seconds=_wait(posted, result, draw)))


def _spent(posted: Posted, attempt: Attempt, limits: Limits, policy: Policy, now: datetime) -> bool:
    most = limits.most_attempts
    return (most is not None and attempt.number >= most) or now - posted.posted_at > policy.give_up


def _wait(posted: Posted, result: Result, draw: Draw) -> float:
    match result.outcome:
        case Outcome.LIMITED:
            least = _LIMITED if result.wait is None else result.wait
            return least + draw(0, least / 10)
        case Outcome.UNKNOWN:
            first, longest = _UNKNOWN
        case _:
            first, longest = _AWAY
    bound = min(longest, first * 2 ** min(posted.attempts, _MOST_DOUBLINGS))
    return max(result.wait or 0, first / 2 + draw(0, bound))
