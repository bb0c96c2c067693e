"""Alarm quality as the API and the command line tell it: what is recorded of a span, and the figures of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.alert_ports import AlertStore
from domain.errors import QuanyanError
from domain.ports import EventLog
from rules.alarm_quality.report import Quality, qualities
from rules.alarm_quality.spans import LONGEST, By, known_whole, watches
from rules.duty.plan import DutyPlan


class Unanswerable(QuanyanError):
    """What was asked for cannot be told. `name`: of the argument that is wrong (`from`, `by`)."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep both; whoever asked says where the argument stands."""
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """The shifts or days that begin in [`start`, `end`), seen at `now` (city clock)."""

    by: By
    start: datetime
    end: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of each shift or day, by start."""

    found: Sequence[Quality]
    left_out: int
    """Shifts or days before `kept_since`: of their alerts not all are kept any more."""
    kept_since: datetime | None
    names: Mapping[str, str]
    """How the subject of each alert that is listed is called, by the alert's id."""


def tell(asked: Asked, plan: DutyPlan, alerts: AlertStore, events: EventLog, most: int) -> Told:
    """Return the alarm quality of what is asked for, from at most so many changes of alerts. Raises `Unanswerable`."""
    if not asked.start < asked.end:
        raise Unanswerable("from", "must lie before `to`")
    if asked.end - asked.start > LONGEST:
        raise Unanswerable("from", f"no more than {LONGEST.days} days can be asked for at once")
    if asked.by is By.SHIFT and not plan.roster.shifts:
        raise Unanswerable("by", "the roster has no shifts")
    spans = watches(asked.by, asked.start, asked.end, plan)
    until = max((span.end for span in spans), default=asked.end)
    # nobody has looked at what comes after the engine: that nothing rang there says nothing
    seen = min(asked.now, events.ticked_through() or asked.start)
    steps = alerts.steps(asked.start, until, most)
    if len(steps) >= most:
        raise Unanswerable("from", f"more than {most} changes of alerts lie in the span; ask for a shorter one")
    kept_since = alerts.kept_since()  # after the steps: what went before they were read is before it
    whole = known_whole(spans, kept_since)
    found = qualities(steps, whole, plan, seen)
    return Told(found, len(spans) - len(whole), kept_since, alerts.names({a for one in found for a in one.listed}))
