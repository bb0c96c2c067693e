"""A desk with a real outbox, a clock that stands still, and a channel that does what it is told."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain.citytime import JINAN
from domain.duty import ContactKind, Person
from domain.notice import Message, Notice, NoticeFilter, NoticeKind, NoticeState
from domain.severity import Severity
from notify.channel import SENT, Channel, Limits, Result
from notify.egress import Egress
from notify.http import Poster
from notify.lane import Desk, Lane
from notify.texts import Texts
from notify.undelivered import Undelivered
from store.operational import OperationalStore
from tests.support.clock import SetClock
from tests.support.duty import utc

NOON = utc("2026-11-25T12:00:00+08:00")
HERE = Egress(frozenset({"127.0.0.1"}), private=True)
PEOPLE = {
    name: Person(
        name,
        name,
        contacts={
            ContactKind.PHONE: f"1380000000{n}",
            ContactKind.EMAIL: f"{name}@city.example",
            ContactKind.DINGTALK: f"1380000000{n}",
            ContactKind.WECOM: f"wecom-{name}",
            ContactKind.FEISHU: f"ou_{name}",
        },
    )
    for n, name in enumerate(("ann", "ben", "cao"))
}
PEOPLE["eve"] = Person("eve", "Eve", language="en")


def poster(url: str, **more: Any) -> Poster:
    return Poster(url, HERE, **more)


def notice(key: str, channel: str = "chat", **more: Any) -> Notice:
    base = Notice(key, NoticeKind.RAISED, Severity.MAJOR, f"g-{key}", NOON, channel, "ann", "市城管局")
    return replace(base, **{"facts": {"title": f"回路失电 {key}"}, **more})


@dataclass
class Listed:
    """A channel that keeps what it is given and answers from a script, then "sent"."""

    name: str = "chat"
    personal: ContactKind | None = None
    mentions: ContactKind | None = None
    limits: Limits = field(default_factory=Limits)
    script: list[Result] = field(default_factory=list)
    told: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Result:
        result = self.script.pop(0) if self.script else SENT
        self.told.append(message)
        return result

    def close(self) -> None:
        """Nothing is open."""

    @property
    def keys(self) -> list[tuple[str, ...]]:
        return [m.keys for m in self.told]


@dataclass
class Office:
    """The outbox, the clock, and lanes over them."""

    store: OperationalStore
    clock: SetClock
    desk: Desk

    folder: Path

    @classmethod
    def open(cls, folder: Path, clock: SetClock | None = None) -> "Office":
        store = OperationalStore(f"sqlite:///{folder / 'operational.db'}")
        clock = SetClock(NOON) if clock is None else clock
        desk = Desk(
            outbox=store.outbox,
            texts=Texts(JINAN),
            person=PEOPLE.get,
            wall=clock.now,
            undelivered=Undelivered(lambda: ("log",)),
            draw=lambda low, _high: low,
        )
        return cls(store, clock, desk, folder)

    def restart(self) -> None:
        """Go on as another process does: with the same database, and nothing remembered."""
        self.store.close()
        fresh = Office.open(self.folder, self.clock)
        self.store, self.desk = fresh.store, fresh.desk

    def lane(self, channel: Channel) -> Lane:
        return Lane(channel, self.desk)

    def post(self, *notices: Notice) -> None:
        self.store.outbox.post(notices, self.clock.now())

    def run(self, lane: Lane, span: timedelta, step: timedelta = timedelta(seconds=1)) -> None:
        """Let the lane work while time passes."""
        end = self.clock.now() + span
        while self.clock.now() <= end:
            while lane.step():
                pass
            self.clock.pass_(step)

    def states(self) -> dict[str, NoticeState]:
        return {p.notice.key: p.state for p in self.store.outbox.list(NoticeFilter(limit=10_000))}

    def outcomes(self, ident: int = 1) -> list[str]:
        return [a.outcome.value for a in self.store.outbox.get(ident)[1]]
