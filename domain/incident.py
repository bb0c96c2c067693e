"""Incidents (案卷): what people work on until a person closes it, across bureaus with time limits of their own.

The course is that of digital city management (数字城管, city_operations 5.1): 新建, 已派单, 已接单, 处置中, 已反馈,
核查中, 已结案, with 退回, 延期, 挂起 and 误报 aside. Instants are aware, in UTC and of the city clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.severity import EmergencyGrade, Severity


class IncidentState(StrEnum):
    """Where an incident is. Up to `REPORTED` it follows from its tasks: it is as far as the one least advanced."""

    NEW = "new"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    REPORTED = "reported"
    CHECKING = "checking"
    CLOSED = "closed"
    MISTAKEN = "mistaken"

    @property
    def word(self) -> str:
        """The word of the case file."""
        return _WORDS[self]

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in {IncidentState.CLOSED, IncidentState.MISTAKEN}


_WORDS = {
    IncidentState.NEW: "新建",
    IncidentState.DISPATCHED: "已派单",
    IncidentState.ACCEPTED: "已接单",
    IncidentState.HANDLING: "处置中",
    IncidentState.REPORTED: "已反馈",
    IncidentState.CHECKING: "核查中",
    IncidentState.CLOSED: "已结案",
    IncidentState.MISTAKEN: "误报",
}


class TaskState(StrEnum):
    """Where one bureau is with its part of an incident."""

    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    REPORTED = "reported"
    RETURNED = "returned"
    """退回: not this bureau's matter; the reason is in the history."""
    SUSPENDED = "suspended"
    """挂起: waits for something until an instant; its time limit stands still."""


class Origin(StrEnum):
    """How an incident came in."""

    ALERT = "alert"
    PHONE = "phone"
    PATROL = "patrol"
    HOTLINE = "hotline"
    """A ticket of 12345."""
    WARNING = "warning"
    """A heavy-pollution level that a person issued: its checklist of measures is worked off."""


class LimitKind(StrEnum):
    """How a time limit counts."""

    HOURS = "hours"
    """Calendar hours (safety, lamps): a warning at three quarters."""
    WORKING_DAYS = "working_days"
    """Working days (bureau matters): yellow card one working day before the end, red card on the first day over."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit as configuration says it."""

    kind: LimitKind
    amount: float


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of incident with its time limit, as configuration says it."""

    id: str
    title: str
    title_en: str
    limit: Limit


class Card(StrEnum):
    """How a task stands against its time limit."""

    NONE = "none"
    YELLOW = "yellow"
    """One working day left, or three quarters of the hours gone."""
    RED = "red"
    """Over."""


@dataclass(frozen=True, slots=True)
class Task:
    """One bureau's part. `due` moves with 延期 and 挂起; `started` is when the limit began to run."""

    unit: str
    state: TaskState
    started: datetime
    due: datetime
    limit: Limit
    note: str = ""
    """What the bureau was asked to do, or last reported."""
    suspended_at: datetime | None = None
    suspended_until: datetime | None = None
    done_at: datetime | None = None
    """When it was reported as done, or returned."""

    @property
    def live(self) -> bool:
        """Whether the bureau still has something to do."""
        return self.state not in {TaskState.REPORTED, TaskState.RETURNED}


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a checklist: what a unit has to do, and who ticked it off when."""

    id: str
    unit: str
    text: str
    done_by: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history: who did what when. Only ever added."""

    at: datetime
    author: str
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """A case file. `version` grows with each step; a change names the version that it rests on."""

    id: str
    """The case number, as in 20261125-0007."""
    title: str
    category: str
    """A row of the limits' configuration, as in `lamps`."""
    origin: Origin
    severity: Severity
    state: IncidentState
    opened_at: datetime
    opened_by: str
    unit: str = ""
    """The unit that it most likely belongs to, by the register."""
    district: str = ""
    subject: str = ""
    """Scope, device or place that it is about."""
    lon: float | None = None
    lat: float | None = None
    text: str = ""
    alert: str = ""
    """The alert that opened it."""
    ticket: str = ""
    """The number of the hotline's ticket that opened it."""
    alerts: tuple[str, ...] = ()
    """Alerts that joined it later."""
    tickets: tuple[str, ...] = ()
    """Tickets that joined it later."""
    devices: tuple[str, ...] = ()
    """Devices near the place, nearest first."""
    rejected: tuple[str, ...] = ()
    """Ids of what was offered for its call (alerts, case files, devices) and a person said it is not."""
    grade: EmergencyGrade | None = None
    """Set when an officer upgraded it to an emergency (突发事件)."""
    upgraded_at: datetime | None = None
    """When it was upgraded to that grade: its reporting deadlines count from here."""
    phoned_at: datetime | None = None
    """When it was reported by telephone, as that grade."""
    written_at: datetime | None = None
    """When it was reported in writing, as that grade."""
    level: str = ""
    """Of a heavy-pollution warning: yellow, orange or red."""
    tasks: tuple[Task, ...] = ()
    checklist: tuple[Measure, ...] = ()
    recovered_at: datetime | None = None
    """When telemetry saw the condition end. That never closes an incident."""
    closed_at: datetime | None = None
    version: int = 1

    @property
    def all_alerts(self) -> tuple[str, ...]:
        """Every alert that it is about."""
        return (self.alert, *self.alerts) if self.alert else self.alerts

    @property
    def all_tickets(self) -> tuple[str, ...]:
        """Every ticket that it is about."""
        return (self.ticket, *self.tickets) if self.ticket else self.tickets

    @property
    def owes_report(self) -> bool:
        """Whether a report of it as an emergency may still be due. A closed one owes it; a mistaken one does not."""
        if self.grade is None or self.state is IncidentState.MISTAKEN:
            return False
        return self.phoned_at is None or self.written_at is None

    def task(self, unit: str) -> Task | None:
        """Return the part of a unit that is not returned, or None."""
        return next((t for t in self.tasks if t.unit == unit and t.state is not TaskState.RETURNED), None)


@dataclass(frozen=True, slots=True)
class CaseWish:
    """A case file that a rule asks for in the name of an alert: opened, or joined to one that is open for the place."""

    case: Incident
    day: str
    """The local day, YYYYMMDD, for its number."""
    beside: tuple[str, ...] = ()
    """The other open alerts of the group: whoever works on one of them works on this."""


@dataclass(frozen=True, slots=True)
class OwedNotice:
    """A heavy-pollution warning that was issued or lifted, and is not in the journal yet."""

    case: Incident
    lifted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A report that an emergency owes: `phone` or `writing`, until when, to whom, and when it was made (None = not)."""

    report: str
    due: datetime
    to: str
    done_at: datetime | None
