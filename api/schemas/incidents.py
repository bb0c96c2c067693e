"""Incidents (案卷) as answers, and what opens one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from api.schemas.common import Answer, Body, Instant, LongText, Text
from domain.incident import (
    Card,
    Category,
    Incident,
    IncidentState,
    LimitKind,
    Measure,
    Origin,
    ReportDue,
    Step,
    Task,
    TaskState,
)
from domain.severity import EmergencyGrade, Severity


class CategoryOut(Answer):
    """A kind of incident with its time limit."""

    id: str
    title: str
    title_en: str
    limit_kind: LimitKind
    limit: float

    @classmethod
    def of(cls, found: Category) -> Self:
        """Make it from the configuration."""
        limit = found.limit
        return cls(id=found.id, title=found.title, title_en=found.title_en, limit_kind=limit.kind, limit=limit.amount)


class CategoryList(Answer):
    """Every category."""

    items: list[CategoryOut]


class TaskOut(Answer):
    """One unit's part: until when, and the card that it has (`yellow`: nearly over, `red`: over)."""

    unit: str
    state: TaskState
    started: Instant
    due: Instant
    card: Card
    note: str
    suspended_until: Instant | None
    done_at: Instant | None

    @classmethod
    def of(cls, task: Task, card: Card) -> Self:
        """Make it from the domain's task."""
        plain = {n: getattr(task, n) for n in cls.model_fields if n != "card"}
        return cls(**plain, card=card)


class MeasureLineOut(Answer):
    """One line of a checklist."""

    id: str
    unit: str
    text: str
    done_by: str
    done_at: Instant | None

    @classmethod
    def of(cls, line: Measure) -> Self:
        """Make it from the domain's line."""
        return cls(**{n: getattr(line, n) for n in cls.model_fields})


class ReportDueOut(Answer):
    """A report that an emergency owes: by `phone` or in `writing`, until when, to whom, and when it was made."""

    report: str
    due: Instant
    to: str
    done_at: Instant | None

    @classmethod
    def of(cls, found: ReportDue) -> Self:
        """Make it from the domain's report."""
        return cls(report=found.report, due=found.due, to=found.to, done_at=found.done_at)


class IncidentOut(Answer):
    """A case file. `state_word` is its Chinese word. Recovery by telemetry (`recovered_at`) never closes it."""

    id: str
    title: str
    category: str
    origin: Origin
    severity: Severity
    state: IncidentState
    state_word: str
    opened_at: Instant
    opened_by: str
    unit: str
    district: str
    subject: str
    lon: float | None
    lat: float | None
    text: str
    alert: str
    ticket: str
    alerts: list[str]
    tickets: list[str]
    devices: list[str]
    rejected: list[str]
    """Offers that a person said it is not about."""
    level: str
    """Of a heavy-pollution warning: yellow, orange or red; else empty."""
    grade: EmergencyGrade | None
    upgraded_at: Instant | None
    reports: list[ReportDueOut]
    tasks: list[TaskOut]
    checklist: list[MeasureLineOut]
    recovered_at: Instant | None
    closed_at: Instant | None
    version: int

    @classmethod
    def of(cls, case: Incident, cards: Sequence[Card], reports: Sequence[ReportDue]) -> Self:
        """Make it from the domain's case file, the cards of its parts and the reports that it owes."""
        made = {"state_word", "devices", "tasks", "checklist", "alerts", "tickets", "rejected", "reports"}
        plain = {n: getattr(case, n) for n in cls.model_fields if n not in made}
        return cls(
            **plain,
            state_word=case.state.word,
            alerts=list(case.all_alerts),
            tickets=list(case.all_tickets),
            devices=list(case.devices),
            rejected=list(case.rejected),
            reports=[ReportDueOut.of(report) for report in reports],
            tasks=[TaskOut.of(task, card) for task, card in zip(case.tasks, cards, strict=True)],
            checklist=[MeasureLineOut.of(line) for line in case.checklist],
        )


class IncidentList(Answer):
    """One page of case files, newest first."""

    items: list[IncidentOut]


class IncidentStepOut(Answer):
    """Who did what when."""

    at: Instant
    author: str
    action: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, step: Step) -> Self:
        """Make it from the domain's step."""
        return cls(at=step.at, author=step.author, action=step.action, detail=dict(step.detail))


class IncidentHistory(Answer):
    """The history of a case file, oldest first."""

    items: list[IncidentStepOut]


class IncidentBody(Body):
    """A case file to be opened by hand, for an alert, or for a ticket of the hotline."""

    title: Text
    category: Annotated[str, Field(min_length=1, max_length=64)]
    origin: Literal[Origin.ALERT, Origin.PHONE, Origin.PATROL, Origin.HOTLINE] = Origin.PHONE
    severity: Severity = Severity.MINOR
    unit: Text | None = None
    district: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    subject: Text | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    text: LongText | None = None
    alert: Text | None = None
    ticket: Text | None = None

    def wish(self, author: str, now: datetime) -> Incident:
        """Return the case file that is wished for, still without an id."""
        return Incident(
            id="",
            title=self.title,
            category=self.category,
            origin=Origin(self.origin),
            severity=self.severity,
            state=IncidentState.NEW,
            opened_at=now,
            opened_by=author,
            unit=self.unit or "",
            district=self.district or "",
            subject=self.subject or "",
            lon=self.lon,
            lat=self.lat,
            text=self.text or "",
            alert=self.alert or "",
            ticket=self.ticket or "",
        )


class WarningBody(Body):
    """A heavy-pollution level that a person issues, and on what it rests."""

    level: Literal["yellow", "orange", "red"]
    basis: LongText
