"""What people (and telemetry) do with an incident: plain values, one class each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.incident import Limit
from domain.severity import EmergencyGrade


@dataclass(frozen=True, slots=True)
class Dispatch:
    """派单: hand a part to a unit. Without a limit that of the category counts."""

    unit: str
    note: str = ""
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """接单."""

    unit: str


@dataclass(frozen=True, slots=True)
class Begin:
    """处置."""

    unit: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """反馈: the unit says that it is done."""

    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class SendBack:
    """退回: not this unit's matter."""

    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extend:
    """延期: a later end, approved by the author."""

    unit: str
    due: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """挂起: wait until an instant."""

    unit: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after 挂起."""

    unit: str


@dataclass(frozen=True, slots=True)
class Check:
    """核查: look whether it is really done."""


@dataclass(frozen=True, slots=True)
class Redo:
    """The check found it not done: the unit goes on, with its time limit as it was."""

    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """结案."""

    note: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """误报."""

    reason: str


@dataclass(frozen=True, slots=True)
class Comment:
    """Something worth keeping, with references to attachments (numbers or addresses, never the files)."""

    text: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An officer makes it an emergency (突发事件)."""

    grade: EmergencyGrade


@dataclass(frozen=True, slots=True)
class Report:
    """An emergency was reported, by telephone or in writing: its deadline is met."""

    report: Literal["phone", "writing"]
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attach:
    """并案: an alert or a ticket of the hotline is about the same thing."""

    alert: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A person says that an alert, a case file or a device that was offered for a call is not it, or is after all."""

    offer: str
    rejected: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A measure of the checklist is done, or is not after all."""

    measure: str
    done: bool


@dataclass(frozen=True, slots=True)
class Recovered:
    """Telemetry saw the condition end, or (with None) come back. Recorded; it closes nothing."""

    at: datetime | None


Action = (
    Dispatch
    | Accept
    | Begin
    | Feedback
    | SendBack
    | Extend
    | Suspend
    | Resume
    | Check
    | Redo
    | Close
    | Mistake
    | Comment
    | Upgrade
    | Report
    | Attach
    | Reject
    | Tick
    | Recovered
)
