"""Notices of channels that are configured no more: dead letters that say so, and the fallback hears of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.notice import Attempt, NoticeFilter, NoticeState, Outcome, Posted, Settled
from domain.ports import Outbox
from notify.channel import NOT_CONFIGURED, Result
from notify.undelivered import Undelivered

_GONE: Final = Result(Outcome.REFUSED, NOT_CONFIGURED, "the channel is configured no more")
_AT_ONCE: Final = 500


def bury(outbox: Outbox, channels: Collection[str], undelivered: Undelivered, now: datetime) -> Mapping[str, int]:
    """Make dead letters of what waits for a channel that is none of `channels`; return how many of each.

    Told to the fallback first, recorded afterwards, as lanes do. `now` is the wall clock. Raises `StoreUnavailable`.
    """
    buried: Counter[str] = Counter()
    for name in sorted(_waiting(outbox) - set(channels)):
        wanted = NoticeFilter(NoticeState.WAITING, name, limit=_AT_ONCE)
        while page := outbox.list(wanted):
            outbox.post([n for posted in page for n in undelivered.follow(_alone(posted), _GONE)], now)
            outbox.settle([_dead(posted, now) for posted in page])
            buried[name] += len(page)
    return buried


def _waiting(outbox: Outbox) -> set[str]:
    return {name for (name, state), number in outbox.counts().items() if number and state is NoticeState.WAITING}


def _alone(posted: Posted) -> Posted:
    """Without the next persons: they would be told by the same channel."""
    return replace(posted, notice=replace(posted.notice, then=()))


def _dead(posted: Posted, now: datetime) -> Settled:
    attempt = Attempt(posted.id, posted.attempts + 1, now, _GONE.outcome, _GONE.code, _GONE.detail, posted.id)
    return Settled(attempt, NoticeState.DEAD, now)
