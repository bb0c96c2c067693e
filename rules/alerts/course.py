"""What the life cycle remembers of one rule at one subject, and how long each rung must hold. Values only.

What is made anew with every reading of a mass transition is a named tuple: one costs a third of a frozen dataclass.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from domain.alert import AlertState, ChangeKind, Verdict
from domain.severity import Severity

ZERO: Final = timedelta(0)
PATIENCE: Final = timedelta(hours=1)
"""What is pending is forgotten when nothing can be said for this long, or for its hold if that is longer (our choice):
a dark report before dawn and one on the next evening are not two reports in a row."""
NOWHERE: Final = -1
"""The level of a finding that breaches no rung."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a rule's ladder, mildest first: breached for `hold` and in at least `reports` reports, it is on."""

    severity: Severity
    hold: timedelta = ZERO
    reports: int = 1
    label: str = ""
    """What the people in charge call it (黄色, 橙色 …); empty = the severity's own title."""


@dataclass(frozen=True, slots=True)
class Flap:
    """Raised `raises` times within `window`, an alert is held open until it was clear for `calm`."""

    raises: int = 4
    window: timedelta = timedelta(hours=1)
    calm: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a condition must hold to raise, and to clear."""

    rungs: tuple[Rung, ...]
    clear_hold: timedelta = ZERO
    flap: Flap | None = None


class Finding(NamedTuple):
    """What a condition says of a subject from `at` on.

    `level` is the highest rung that is breached, `NOWHERE` when none is. `report` names the report that says so (its
    event time), so that one report counts once however often it is looked at.
    """

    verdict: Verdict
    at: datetime
    level: int = NOWHERE
    report: datetime | None = None
    value: float | None = None
    limit: float | None = None
    why: str = ""
    fires_now: bool = False
    """Whether this one report is enough, whatever hold the rung asks for."""


class Spell(NamedTuple):
    """How far one rung is on its way to on, or back to off."""

    on: bool = False
    since: datetime | None = None
    """Event time of the first breach of the present spell."""
    held: timedelta = ZERO
    """For how long the breach has been seen, up to the course's `mark`. Time in which nothing was known counts not."""
    reports: int = 0
    cleared: timedelta = ZERO


IDLE: Final = Spell()


class Course(NamedTuple):
    """One rule at one subject, as of `mark`. Everything in it is event time; None stands for nothing remembered."""

    spells: tuple[Spell, ...]
    verdict: Verdict
    level: int
    mark: datetime
    report: datetime | None = None
    """The last report that was counted."""
    opened: datetime | None = None
    """When it was raised: the instant at which the hold was over. None while nothing is open."""
    since: datetime | None = None
    """The first breach of what is open."""
    unknown_since: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    shelved_by: str = ""
    shelved_until: datetime | None = None
    raises: tuple[datetime, ...] = ()
    """When it was raised, within the flap window."""
    flapping: bool = False

    @property
    def top(self) -> int:
        """The highest rung that is on, `NOWHERE` when none is."""
        for rung in range(len(self.spells) - 1, NOWHERE, -1):
            if self.spells[rung].on:
                return rung
        return NOWHERE

    @property
    def pending(self) -> bool:
        """Whether a hold is running that would raise it."""
        return self.opened is None and any(s.since is not None for s in self.spells)

    @property
    def state(self) -> AlertState:
        """What an open, pending or finished course is called."""
        if self.opened is None:
            return AlertState.PENDING if self.pending else AlertState.RECOVERED
        if self.shelved_until is not None:
            return AlertState.SHELVED
        if self.verdict is Verdict.UNKNOWN:
            return AlertState.UNKNOWN
        return AlertState.ACKNOWLEDGED if self.acknowledged_at is not None else AlertState.FIRING


class Step(NamedTuple):
    """One thing that happened on a course, at its instant of event time. `course` is as of just after it.

    `since` and `raised_at` are those of the alert it happened to, also when the step closed it.
    """

    kind: ChangeKind
    at: datetime
    course: Course
    since: datetime
    raised_at: datetime
    by: str = ""
    why: str = ""
    comment: str = ""
