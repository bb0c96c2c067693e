"""Alerting in the running engine: the board, people's commands, silences, other rules, and what a tick commits.

All calls come from the engine's thread, those marked so from any thread.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.alert_cases import case_wishes
from app.alert_events import FLOOD, alert_events, subject_of
from app.telling import Telling
from app.throttle import Throttle
from domain.alert import AlertChange, AlertCommand
from domain.alert_ports import AlertStore, MuteStore, TickRecord
from domain.escalation import Escalation
from domain.incident import CaseWish
from domain.measure import Target
from domain.notice import Notice
from domain.record import EventType, NewEvent
from domain.scope import Scope
from ingest.budget import Allowance
from rules.alerts import upkeep
from rules.alerts.board import AlertBoard, nothing
from rules.alerts.book import RuleBook
from rules.live import City

logger = logging.getLogger(__name__)

OF_ALERTS: Final = Allowance(at_once=100_000, per_hour=FLOOD * 3600)
"""All alerts together are bounded by the flood's numbers, each rule at a subject by its own purse."""


@dataclass(frozen=True, slots=True)
class AlertParts:
    """What alerting works with."""

    store: AlertStore
    mutes: MuteStore
    telling: Telling | None
    """None = nobody is told: there is neither a roster nor a chain."""
    book: RuleBook
    wall: Callable[[], datetime]


class Alerting:
    """Keeps the board; what a tick changes waits here until the engine commits it."""

    def __init__(self, parts: AlertParts, targets: Sequence[Target]) -> None:
        """Start with the rules of `parts`; the board is made with the first tick, or restored."""
        self._store, self._mutes, self._telling, self._wall = parts.store, parts.mutes, parts.telling, parts.wall
        self._targets = targets
        self.book = parts.book
        self.board: AlertBoard | None = None
        self._next_book: RuleBook | None = None
        self._live = False
        self._mutes_known = -1
        self._wishes: list[tuple[AlertCommand, datetime | None]] = []
        self._done: set[int] = set()
        self._events: list[NewEvent] = []
        self._throttle = Throttle(OF_ALERTS)
        self._changes: list[AlertChange] = []
        self._cases: list[CaseWish] = []
        self._notices: list[Notice] = []
        self._escalations: dict[str, Escalation | None] = {}
        self._applied: dict[int, datetime] = {}

    def restore(self, city: City, dumped: Any) -> None:
        """Go on from a snapshot (None = one without alerts), in a city whose time has begun."""
        self.board = AlertBoard(self.book, self._targets, city)
        if dumped is not None:
            upkeep.restore(self.board, dumped)
        self._wishes = list(self._store.commands(self.board.now))
        self._read_mutes(self.board)

    def dump(self) -> Any:
        """Return what a snapshot keeps."""
        return None if self.board is None else upkeep.dump(self.board)

    # -- one tick -------------------------------------------------------------------------------------------------

    def prepare(self, *, live: bool) -> None:
        """Ask the database what a tick needs, before the city moves. Raises `StoreUnavailable`: then nothing moved."""
        if not live or self.board is None:
            return
        if not self._live:
            recorded = self._store.open()
            if self._telling is not None:
                self._telling.load()
            self._note(upkeep.reconcile(self.board, recorded), self.board)
            self._live = True
        known = {wish.id for wish, _ in self._wishes}
        fresh = self._store.commands(self.board.now)
        self._wishes += [w for w in fresh if w[0].id not in known and w[0].id not in self._done]
        self._read_mutes(self.board)

    def tick(
        self,
        city: City,
        dirty: Iterable[tuple[str, Scope]],
        at: datetime,
        *,
        live: bool,
        deaf: bool = False,
        breathe: Callable[[], object] = nothing,
    ) -> None:
        """Judge what happened until `at`; what it changed waits for `record`. In a replay it was recorded before.

        `breathe` is called now and then, for those who wait for the city.
        """
        if self.board is None:
            self.restore(city, None)
        board = self.board
        if board is None:
            return
        upkeep.follow_world(board)
        changes = self._change_rules(board, at)
        changes += board.tick(city.take_heard(), dirty, at, deaf=deaf, breathe=breathe)
        changes += self._obey(board, at, live=live)
        if live:
            self._note(changes, board)
        else:
            board.teller.group_changes(changes, at)

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return the subjects whose own alerts an open alert explains. From any thread, under the engine's lock."""
        ledger = None if self.board is None else self.board.teller.ledger
        return [] if ledger is None else [f"{r} {s}" for r, s in ledger.explained(alert_id)]

    def _note(self, changes: Sequence[AlertChange], board: AlertBoard) -> None:
        groups = board.teller.group_changes(changes, board.now)
        self._changes += changes
        self._cases += case_wishes(changes, board)
        self._events += self._throttle.due(board.now)
        for event in alert_events(changes) if changes else []:
            if self._throttle.admits(subject_of(event), event, board.now):
                self._events.append(event)
        if self._telling is not None:
            told = self._telling.tell(groups, board.now)
            self._notices += told.notices
            self._escalations |= told.escalations

    def _obey(self, board: AlertBoard, at: datetime, *, live: bool) -> list[AlertChange]:
        """Do what people asked for: what a tick before the crash did, at that tick again; what is new, now."""
        changes: list[AlertChange] = []
        waiting: list[tuple[AlertCommand, datetime | None]] = []
        for wish, done_at in self._wishes:
            undone = done_at is None and (not live or wish.recorded_at >= at)
            if undone or (done_at is not None and done_at > at):
                waiting.append((wish, done_at))
            else:
                changes += upkeep.command(board, wish, at)
                self._done.add(wish.id)
                if done_at is None:
                    self._applied[wish.id] = at
        self._wishes = waiting
        return changes

    def _read_mutes(self, board: AlertBoard) -> None:
        version = self._mutes.version()
        if version != self._mutes_known:
            board.teller.ledger.set_mutes(self._mutes.list())
            self._mutes_known = version

    def hear(self, event: NewEvent) -> None:
        """Take what is told of a sender; a gateway's status is judged with the next tick."""
        if self.board is not None and event.type is EventType.GATEWAY_STATUS:
            self.board.gateway(event.data["gateway"], event.at, online=event.data["online"])

    # -- other rules ----------------------------------------------------------------------------------------------

    def set_rules(self, book: RuleBook) -> None:
        """Take over other rules with the next tick. From any thread."""
        self._next_book = book

    def _change_rules(self, board: AlertBoard, at: datetime) -> list[AlertChange]:
        book, self._next_book = self._next_book, None
        if book is None:
            return []
        said = difference(self.book, book)
        self.book = book
        self._events.append(NewEvent(EventType.ALERT_RULES, at, said))
        logger.info("alert_rules_changed", extra=said)
        return upkeep.set_rules(board, book)

    # -- what is committed ------------------------------------------------------------------------------------------

    @property
    def left_out(self) -> int:
        """How many events of alerts were never told, as a newer one of the same alert took their place."""
        return self._throttle.left_out

    @property
    def pending(self) -> int:
        """How much waits to be committed."""
        return len(self._changes) + len(self._notices) + len(self._applied) + len(self._escalations) + len(self._events)

    def record(self, events: Sequence[NewEvent], through: datetime) -> TickRecord:
        """Return what is to be committed, with the engine's own events."""
        return TickRecord(
            through=through,
            events=[*events, *self._events],
            changes=list(self._changes),
            notices=list(self._notices),
            cases=list(self._cases),
            escalations=dict(self._escalations),
            applied=dict(self._applied),
            posted_at=self._wall(),
        )

    def recorded(self) -> None:
        """Forget what was committed."""
        self._events, self._changes, self._notices, self._cases = [], [], [], []
        self._escalations, self._applied = {}, {}


def difference(before: RuleBook, after: RuleBook) -> Mapping[str, Any]:
    """Return what distinguishes two sets of rules, by name."""
    old, new = before.rules, after.rules
    return {
        "rules": len(new),
        "new": sorted(new.keys() - old.keys()),
        "changed": sorted(name for name in new.keys() & old.keys() if new[name] != old[name]),
        "gone": sorted(old.keys() - new.keys()),
    }
