"""The link of a message: for a person's own message one that acknowledges, for others one that asks to log in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from domain.notice import NoticeKind, Posted
from rules.duty.links import PATH, token

_ASKING: Final = frozenset(
    {
        NoticeKind.RAISED,
        NoticeKind.UPDATED,
        NoticeKind.WORSENED,
        NoticeKind.REMINDER,
        NoticeKind.ESCALATED,
        NoticeKind.EXHAUSTED,
        NoticeKind.ACK_EXPIRED,
    }
)
"""What can be acknowledged; the others only tell."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links. `base` is the public address without a last slash; `secret` signs; `valid` from sending on."""

    base: str
    secret: bytes = field(repr=False)
    valid: timedelta

    def of(self, posted: Sequence[Posted], now: datetime, *, personal: bool) -> str:
        """Return the link of a message that tells of these notices. `personal`: nobody but one person reads it."""
        newest = posted[-1]
        alone = len({p.notice.group for p in posted}) == 1
        if personal and alone and newest.notice.kind in _ASKING and newest.notice.facts.get("alerts"):
            return f"{self.base}{PATH}{token(self.secret, newest.id, newest.notice.key, now + self.valid)}"
        return f"{self.base}{_page(newest) if alone else '/alerts'}"


def _page(posted: Posted) -> str:
    """Return the page that shows what a notice is about."""
    kind, _, name = posted.notice.group.partition(":")
    if kind == "emergency":
        return f"/incidents/{name}"
    if posted.notice.group.startswith("self:roster:"):
        return "/roster"
    facts = posted.notice.facts
    one = facts.get("count") == 1 and facts.get("alerts")
    return f"/alerts/{one[0]}" if one else "/alerts"
