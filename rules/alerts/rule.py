"""An alert rule: a condition, how long it must hold, when it is judged, and how what it finds is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.severity import Severity
from rules.alerts.condition import Condition
from rules.alerts.course import Timing
from rules.lighting.schedule import Duty

ALWAYS_DAYS: Final = frozenset(range(7))
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Local hours in which a rule is judged; `until` before `start` runs over midnight. Days are those it starts on."""

    start: time
    until: time
    days: frozenset[int] = ALWAYS_DAYS
    """0 = Monday."""

    def covers(self, instant: datetime, tz: ZoneInfo) -> bool:
        """Return whether an instant lies in them."""
        local = instant.astimezone(tz)
        now = local.time()
        if self.start < self.until:
            return self.start <= now < self.until and local.weekday() in self.days
        if now >= self.start:
            return local.weekday() in self.days
        return now < self.until and (local - _DAY).weekday() in self.days

    def next_edge(self, instant: datetime, tz: ZoneInfo) -> datetime:
        """Return the next instant at which `covers` may change."""
        local = instant.astimezone(tz)
        days = (local.date() + timedelta(days=d) for d in (0, 1))
        edges = (datetime.combine(day, edge, tz) for day in days for edge in (self.start, self.until))
        return min(e for e in edges if e > local).astimezone(instant.tzinfo)


@dataclass(frozen=True, slots=True)
class LampTime:
    """Judged only while the lamp has owed `duty` for at least `after`, and will for `before`."""

    duty: Duty
    after: timedelta = timedelta(0)
    before: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Opening:
    """From which severity on the rule opens a case file by itself, and of which category."""

    severity: Severity
    category: str


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One rule. (rule, subject) has at most one open alert."""

    name: str
    title: str
    """Chinese, as in 整路熄灯."""
    kind: str
    """The kind of device it is about; empty for rules about scopes."""
    condition: Condition
    timing: Timing
    group: str
    """Alerts of one place are told together: a kind of scope, `gateway`, or `subject` for each alone."""
    lamp_time: LampTime | None = None
    hours: Hours | None = None
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Only devices whose attribute (or district, management_area, responsible_unit) is one of these."""
    inhibits: frozenset[str] = frozenset()
    """The rules whose alerts below the subject this one explains."""
    text: str = ""
    """What is told, with {name}, {value}, {limit}, {unit}, {label}; empty = the title and the name."""
    runbook: str = ""
    or_report_at: time | None = None
    """One report taken at this local time is enough, whatever the hold (springs: the reading of 07:00)."""
    fresh: timedelta | None = None
    """How long a reading says something; None = the freshness of its kind."""
    responsible_unit: str = ""
    """Who is told when the devices of a scope have several units; empty = the unit of most of them."""
    opens: Opening | None = None
    """None = a person decides whether it is a case."""
    file: str = ""
