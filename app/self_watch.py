"""The watch over Quanyan itself: a thread of its own that looks at the parts and tells the fallback of what fails.

What it tells goes through the outbox like everything else, but never by the channel that it is about; and when the
outbox cannot be written, straight through the channels. It waits for neither the engine nor the schedule.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from app.notify import Office
from domain.errors import Unavailable
from domain.notice import Notice, NoticeKind, Outcome
from domain.ports import Clock
from domain.severity import Severity
from ingest.worker import Worker
from notify.channel import Channel
from rules.duty.recipients import Call, calls
from rules.self_watch import Finding, SelfWatch, Signs, Told, Trouble

logger = logging.getLogger(__name__)

_MOST_OWED = 100


@dataclass(frozen=True, slots=True)
class WatchParts:
    """What the watch works with."""

    look: Callable[[], Signs]
    office: Office
    clock: Clock
    wall: Callable[[], datetime]
    steady: Callable[[], float]


class SelfWatcher(Worker):
    """Thread `self-watch`."""

    def __init__(self, parts: WatchParts, watch: SelfWatch, every_s: float) -> None:
        """Look every so many seconds of the wall."""
        super().__init__("self-watch")
        self._parts, self._watch, self._every = parts, watch, every_s
        self._owed: list[Notice] = []
        self._standing: Mapping[str, Finding] = {}
        self._looked = parts.steady()

    def standing(self) -> Mapping[str, Finding]:
        """Return what is the matter and was told, by key. From any thread."""
        return self._standing

    def stalled(self, limit_s: float) -> bool:
        """Return whether it has not looked for so long: what it watches may hold it up."""
        return self._parts.steady() - self._looked > limit_s

    @override
    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

    def look(self) -> None:
        """Look once, and tell what is to be told."""
        told = self._watch.look(self._parts.look())
        self._standing = self._watch.standing
        for one in told:
            said = {"trouble": one.finding.key, "text": one.finding.text}
            logger.log(_level(one), _event(one), extra=said)
        notices = [*self._owed, *(notice for one in told for notice in self._notices(one))]
        if notices:
            self._owed = self._tell(notices)[-_MOST_OWED:]
        self._looked = self._parts.steady()

    # -- telling --------------------------------------------------------------------------------------------------

    def _notices(self, told: Told) -> Sequence[Notice]:
        finding, now = told.finding, self._parts.clock.now()
        group, which = f"self:{finding.key}", _which(told)
        return [
            Notice(
                key=f"{group}:{which}:{call.person or ''}:{call.channel}",
                kind=_kind(told),
                severity=finding.severity,
                group=group,
                at=now,
                channel=call.channel,
                person=call.person,
                digest=finding.severity is Severity.MINOR,
                then=call.then,
                facts={**finding.said, **call.said},
            )
            for call in self._whom(now)
        ]

    def _whom(self, now: datetime) -> Sequence[Call]:
        """Return whom to tell: the fallback, by channels that work; else every group that can still be reached."""
        office = self._parts.office
        failing = {f.key.partition(":")[2] for f in self._standing.values() if f.trouble is Trouble.CHANNEL}
        found = calls(office.plan.fallback, now, office.roster.plan, office.plan, "")
        working = [call for call in found if call.channel not in failing]
        if working:
            return working
        groups = [name for name, kind in office.channels.contacts.items() if kind is None and name not in failing]
        return [Call(name) for name in groups] or found

    def _tell(self, notices: Sequence[Notice]) -> list[Notice]:
        """Post; straight to the channels when the outbox is away. Returns what could not be told in any way."""
        office = self._parts.office
        try:
            office.outbox.post(notices, self._parts.wall())
        except Unavailable as away:
            logger.warning("self_watch_tells_directly", extra={"reason": str(away), "notices": len(notices)})
            return [notice for notice in notices if not self._send(notice)]
        office.worker.wake()
        return []

    def _send(self, notice: Notice) -> bool:
        """Send without the outbox: by its own channel, else by any that needs no person."""
        office = self._parts.office
        named = {channel.name: channel for channel in office.channels.channels}
        own = [named[notice.channel]] if notice.channel in named else []
        others = [c for c in named.values() if c.personal is None and c.name != notice.channel]
        return any(self._carried(channel, notice) for channel in [*own, *others])

    def _carried(self, channel: Channel, notice: Notice) -> bool:
        office = self._parts.office
        person = office.roster.person(notice.person) if notice.person is not None else None
        kind = channel.personal or channel.mentions
        addresses = [person.contacts[kind]] if person is not None and kind in person.contacts and kind else []
        if channel.personal is not None and not addresses:
            return False
        message = office.channels.texts.message([notice], person.language if person else "zh", addresses)
        return channel.send(message).outcome is Outcome.SENT


def _which(told: Told) -> str:
    """Return what tells a notice from others of its trouble: a stage is told once, whenever the service began."""
    if told.finding.stage and not told.over:
        return told.finding.stage
    return f"{told.since.isoformat()}:{'over' if told.over else told.number}"


def _kind(told: Told) -> NoticeKind:
    if told.over:
        return NoticeKind.RECOVERED
    if told.finding.trouble is Trouble.ROSTER:
        return NoticeKind.ROSTER_GAP
    return NoticeKind.REMINDER if told.again else NoticeKind.RAISED


def _level(told: Told) -> int:
    if told.over:
        return logging.INFO
    return logging.WARNING if told.finding.severity is Severity.MINOR else logging.ERROR


def _event(told: Told) -> str:
    return "self_trouble_over" if told.over else "self_trouble_lasts" if told.again else "self_trouble"
