"""Who was told what, for the console of the demo: one line for each message that went out at once."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from domain.notice import NoticeFilter, NoticeKind, NoticeState, Posted
from domain.ports import DutyStore, Outbox

_WORDS: Final = {
    NoticeKind.RAISED: "is told",
    NoticeKind.WORSENED: "is told that it got worse",
    NoticeKind.REMINDER: "is reminded",
    NoticeKind.ESCALATED: "is told, as nobody acknowledged",
    NoticeKind.EXHAUSTED: "is told that nobody acknowledged at all",
    NoticeKind.ACK_EXPIRED: "is told that it was acknowledged and forgotten",
}
_LINES: Final = 5
"""So many lines at a time; what comes on top is counted."""


class Told:
    """Follows the outbox of a service from now on."""

    def __init__(self, outbox: Outbox, duty: DutyStore, tz: tzinfo) -> None:
        """Start behind what was told before."""
        self._outbox, self._duty, self._tz = outbox, duty, tz
        self._seen = 0
        self.first: Posted | None = None
        """The first that could be acknowledged."""
        while page := outbox.list(NoticeFilter(after=self._seen, limit=1000)):
            self._seen = page[-1].id

    def news(self) -> Sequence[str]:
        """Return a line for each message that went out since the last call, in order."""
        lines: list[str] = []
        for posted in self._outbox.list(NoticeFilter(after=self._seen, limit=500)):
            if posted.state is NoticeState.WAITING and not posted.notice.digest:
                break  # it goes out in a moment
            self._seen = posted.id
            if not posted.notice.digest and posted.notice.kind in _WORDS:
                self.first = self.first or posted
                lines.append(self._line(posted))
        more = len(lines) - _LINES
        return [*lines[:_LINES], f"          and {more} more notices: GET /api/v1/notices"] if more > 0 else lines

    def _line(self, posted: Posted) -> str:
        notice = posted.notice
        people = {person.id: person.name for person in self._duty.load().people}
        who = people.get(notice.person or "", notice.person or "the group")
        how = "told" if posted.state is NoticeState.SENT else "NOT told"
        word = _WORDS[notice.kind]
        what = f"{notice.facts.get('title', '')} {notice.facts.get('place', '')}".strip()
        at = notice.at.astimezone(self._tz)
        return f"{at:%H:%M:%S}  {who} {word}: 【{notice.severity.word}】{what} ({how} by {notice.channel})"
