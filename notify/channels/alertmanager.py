"""Hand-off to an Alertmanager (API v2), which groups, mutes and routes by its own rules.

What fires is sent again every minute with `endsAt` a few minutes ahead: Alertmanager forgets what nobody repeats, so a
Quanyan that is down does not leave alerts standing for ever. Recovery sends `endsAt` = the instant of recovery. What
fires is known from the outbox, so it goes on after a restart.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from typing_extensions import override

from domain.notice import Message, Notice, NoticeKind, Posted
from notify.channel import SENT, Limits, Named, Result
from notify.http import Answer, Poster, by_status

LIMITS: Final = Limits(digests=False)
REPEAT_S: Final = 60.0
"""Alertmanager's clients repeat each minute (Prometheus' default is 1 min)."""
LIVES: Final = timedelta(minutes=4)
"""`endsAt` ahead of now: four repeats may be missed, as with Prometheus."""
_SAYS_NOTHING: Final = {NoticeKind.ROSTER_GAP, NoticeKind.TEST, NoticeKind.UNDELIVERED}
"""These begin and end nothing: sent once, and left to run out."""


@dataclass(frozen=True, slots=True)
class Fire:
    """A group that fires: the labels that it began with (they are its identity over there), its newest notice."""

    labels: Mapping[str, str]
    notice: Notice
    since: datetime
    """Wall clock."""


@dataclass(slots=True)
class Firing:
    """What fires now, by group. `turn` is held over a whole request, so that no repeat overtakes a recovery."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    groups: dict[str, Fire] = field(default_factory=dict)

    def of(self, notice: Notice, at: datetime) -> Fire:
        """Return the fire that a notice tells of."""
        begun = self.groups.get(notice.group)
        return Fire(_labels(notice), notice, at) if begun is None else replace(begun, notice=notice)

    def saw(self, notice: Notice, at: datetime) -> None:
        """Learn from a notice that was told."""
        if notice.kind is NoticeKind.RECOVERED:
            self.groups.pop(notice.group, None)
        elif notice.kind not in _SAYS_NOTHING:
            self.groups[notice.group] = self.of(notice, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertmanagerChannel(Named):
    """POSTs to /api/v2/alerts. `wall` is the wall clock: Alertmanager knows no city time."""

    limits: Limits = LIMITS
    poster: Poster
    wall: Callable[[], datetime]
    firing: Firing = field(default_factory=Firing)

    def send(self, message: Message) -> Result:
        """Tell it."""
        now = self.wall()
        with self.firing.turn:
            alerts = []
            for notice in message.about:
                ends = now if notice.kind is NoticeKind.RECOVERED else now + LIVES
                alerts.append(_alert(self.firing.of(notice, now), ends, message.title, message.text))
            result = self._post(alerts)
            if result is SENT:
                for notice in message.about:
                    self.firing.saw(notice, now)
        return result

    def restore(self, told: Iterable[Posted]) -> None:
        """Learn what fires from what was told before, in the order of telling."""
        for posted in told:
            self.firing.saw(posted.notice, posted.posted_at)

    def repeat(self) -> Result:
        """Send everything that fires again. Called every `REPEAT_S` seconds."""
        now = self.wall()
        with self.firing.turn:
            alerts = [
                _alert(fire, now + LIVES, str(fire.notice.facts.get("title") or fire.notice.group), "")
                for fire in self.firing.groups.values()
            ]
            return self._post(alerts) if alerts else SENT

    def _post(self, alerts: Sequence[Mapping[str, Any]]) -> Result:
        answer = self.poster.post(json.dumps(alerts, ensure_ascii=False).encode(), {})
        if not isinstance(answer, Answer):
            return answer
        return by_status(answer) or SENT

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def _labels(notice: Notice) -> Mapping[str, str]:
    labels = {
        "alertname": str(notice.facts.get("rule") or "quanyan"),
        "group": notice.group,
        "unit": notice.unit,
        "source": "quanyan",
    }
    return {name: value for name, value in labels.items() if value}


def _alert(fire: Fire, ends: datetime, title: str, text: str) -> dict[str, Any]:
    return {
        "labels": dict(fire.labels),
        "annotations": {"severity": fire.notice.severity.value, "summary": title, "description": text},
        "startsAt": min(fire.since, ends).isoformat(),
        "endsAt": ends.isoformat(),
    }
