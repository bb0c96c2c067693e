"""What alerting asks of the operational database, and what the API asks of alerting."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.alert import Alert, AlertChange, AlertCommand, AlertState, ChangeKind, Mute
from domain.escalation import Escalation
from domain.incident import CaseWish
from domain.notice import Notice
from domain.record import NewEvent
from domain.severity import Severity


@dataclass(frozen=True, slots=True)
class TickRecord:
    """Everything that a tick commits in one transaction. `through` is the instant through which the engine has ticked.

    `escalations` are the groups whose escalation moved (None = it is over); `applied` the commands that were done, by
    the tick that did them.
    """

    through: datetime
    events: Sequence[NewEvent] = ()
    changes: Sequence[AlertChange] = ()
    notices: Sequence[Notice] = ()
    escalations: Mapping[str, Escalation | None] | None = None
    applied: Mapping[int, datetime] | None = None
    cases: Sequence[CaseWish] = ()
    """The case files that rules ask for."""
    posted_at: datetime | None = None
    """The wall clock, for the notices; None = `through`."""


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts to list, newest first. `before` is the number of the last one already seen."""

    open: bool | None = None
    rule: str | None = None
    subject: str | None = None
    group: str | None = None
    severity: Severity | None = None
    quiet: bool | None = None
    before: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class NumberedAlert:
    """An alert and its place in the listing."""

    number: int
    alert: Alert


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change of an alert as the history holds it. `severity` and `state` are as of after it."""

    id: int
    kind: str
    at: datetime
    by: str
    why: str
    severity: str
    state: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertStep:
    """A recorded change with what it is about. `severity`, `state` and `quiet` are as of after it."""

    alert: str
    rule: str
    subject: str
    kind: ChangeKind
    at: datetime
    severity: Severity
    state: AlertState
    quiet: bool
    """Nobody was told: silenced, explained by another alert, or on the shelf."""


@dataclass(frozen=True, slots=True)
class AlertExpiry:
    """What is kept of alerts that are over and stand in no case file; those that closed first go first."""

    before: datetime | None
    """Those that closed earlier (city time) go; None = none goes for its age."""
    max_changes: int
    """While there are more changes of alerts than this, of open ones too, those that are over go."""


@dataclass(frozen=True, slots=True)
class ExpiredAlerts:
    """How many alerts went, and how many changes with them."""

    alerts: int
    changes: int


class AlertStore(Protocol):
    """Alerts in the operational database. All methods raise `StoreUnavailable` when it is away."""

    def commit(self, record: TickRecord) -> None:
        """Commit a tick: events, alerts, their history, notices, escalations, commands and progress, or nothing."""
        ...

    def open(self) -> Sequence[Alert]:
        """Return every open alert."""
        ...

    def get(self, alert_id: str) -> Alert:
        """Return an alert. Raises `NotFound`."""
        ...

    def list(self, wanted: AlertFilter) -> Sequence[NumberedAlert]:
        """Return alerts, those that were raised last first."""
        ...

    def history(self, alert_id: str, limit: int = 1000) -> Sequence[RecordedChange]:
        """Return what happened to an alert, oldest first."""
        ...

    def names(self, alert_ids: Collection[str]) -> Mapping[str, str]:
        """Return by alert how its subject is called; of an alert that is not there nothing."""
        ...

    def steps(self, start: datetime, end: datetime, most: int) -> Sequence[AlertStep]:
        """Return every change of the alerts that were open at some instant of [start, end), in order of recording.

        No more than `most` are returned: whoever gets as many must ask for a shorter span.
        """
        ...

    def expire(self, policy: AlertExpiry) -> ExpiredAlerts:
        """Let go of the next few alerts that are over and that the policy no longer keeps; of none when it keeps all.

        One short transaction: call it again while something goes.
        """
        ...

    def kept_since(self) -> datetime | None:
        """Return from when on every alert that was open is there; None = none has gone yet.

        What lies before it is no longer known whole: `steps` says too little of it.
        """
        ...

    def request(self, command: AlertCommand, version: int | None = None) -> AlertCommand:
        """Record what a person asks for, with its audit entry; the next tick does it.

        Raises:
            NotFound: there is no such alert.
            Conflict: it is not open any more, or (with `version`) it is not what the person has seen.
        """
        ...

    def commands(self, after: datetime | None) -> Sequence[tuple[AlertCommand, datetime | None]]:
        """Return the commands that are not done, and those done by ticks after an instant, with that tick; in order."""
        ...

    def waiting(self) -> Mapping[str, AlertCommand]:
        """Return by alert the last command that is recorded and not yet done."""
        ...

    def escalations(self) -> Mapping[str, Escalation]:
        """Return how far the telling of each group is."""
        ...


class MuteStore(Protocol):
    """Silences and work orders in the operational database."""

    def version(self) -> int:
        """Return a number that grows with every change."""
        ...

    def list(self) -> Sequence[Mute]:
        """Return all of them, newest first, those that are over or withdrawn too."""
        ...

    def get(self, mute_id: str) -> Mute:
        """Return one. Raises `NotFound`."""
        ...

    def add(self, mute: Mute) -> Mute:
        """Record a new one. Raises `Conflict` when its id is taken or it ends before it starts."""
        ...

    def change(self, mute: Mute, author: str, now: datetime, version: int | None = None) -> Mute:
        """Record another form of one. Raises `NotFound`; `Conflict` when it is withdrawn or not at `version`."""
        ...

    def withdraw(self, mute_id: str, author: str, now: datetime) -> None:
        """End one before its time. Raises `NotFound`, also if it was withdrawn before."""
        ...


class AlertRules(Protocol):
    """The running set of rules, as the API shows it."""

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the rules as plain JSON, by name."""
        ...

    def reload(self) -> Mapping[str, Any]:
        """Read the rule files again; return which rules are new, changed or gone with the next tick.

        Raises:
            ConfigError: a file is wrong; the running rules stay.
        """
        ...

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return the subjects whose own alerts an open alert explains, as `rule subject`."""
        ...
