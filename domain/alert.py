"""Alerts: what a rule found at a subject, what became of it, and which changes somebody may have to be told of.

Instants are aware, in UTC and of the city clock. An alert's life is in event time: a restart changes none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.severity import Severity


class Verdict(StrEnum):
    """What a condition says of a subject at an instant (invariant 5)."""

    BREACH = "breach"
    CLEAR = "clear"
    UNKNOWN = "unknown"
    """Not known, or not to be judged now (outside the schedule, nothing fresh). It resolves nothing."""


class AlertState(StrEnum):
    """Where in its life an alert is. Only what is firing, acknowledged, shelved or unknown is open."""

    PENDING = "pending"
    """The condition is breached, its hold is not over. Nobody is told, nothing is written down."""
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it; when an acknowledgement has an end and it passes, the alert is firing again."""
    SHELVED = "shelved"
    """Put aside by a person until an instant; then it is what it was."""
    UNKNOWN = "unknown"
    """It was firing or acknowledged, and whether the condition still holds cannot be said now. It is still open."""
    RECOVERED = "recovered"
    """The condition was seen to be clear for the clear-hold."""


class ChangeKind(StrEnum):
    """What happened to an alert. The value, after `alert.`, is the event's name in the log and on the stream."""

    RAISED = "raised"
    WORSENED = "worsened"
    """A higher severity; it is told again, and an acknowledgement of the milder one no longer counts."""
    EASED = "eased"
    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"
    """An acknowledgement or a shelving came to its end with the condition still there."""
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    LOST = "lost"
    """It can no longer be seen whether the condition holds."""
    SEEN = "seen"
    """It can be seen again, and the condition still holds: the same alert goes on."""
    FLAPPING = "flapping"
    """Raised too often: held open, until it was clear for the calm time."""
    INHIBITED = "inhibited"
    """A fault above it in the tree explains it."""
    RELEASED = "released"
    """What explained or silenced it is gone, and the condition still holds."""
    SILENCED = "silenced"
    RECOVERED = "recovered"
    CORRECTED = "corrected"
    """Late data: the condition did hold in the past, and no longer does. For the record only."""


TELLING: Final = frozenset(
    {
        ChangeKind.RAISED,
        ChangeKind.WORSENED,
        ChangeKind.LAPSED,
        ChangeKind.RELEASED,
        ChangeKind.RECOVERED,
    }
)
"""The changes that somebody may have to be told of; the others are for the record."""


@dataclass(frozen=True, slots=True, order=True)
class AlertGroup:
    """Alerts that are told together: those of one place. `key` is the scope, as in `supply_point:SP-0001`."""

    key: str
    name: str = ""
    """How the place is called, for messages."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule at one subject, from its raising to its recovery. (rule, subject) is open at most once.

    `id` follows from rule, subject and `since`, so that a replay finds the same.
    """

    id: str
    rule: str
    title: str
    """The rule's Chinese title."""
    subject: str
    """A scope (`road:经十路`), a device (`device:L-1`) or a gateway (`gateway:GW-1`)."""
    name: str
    """How the subject is called."""
    group: AlertGroup
    severity: Severity
    state: AlertState
    verdict: Verdict
    since: datetime
    """From when the condition has been breached: event time of the first breach of the hold."""
    fired_at: datetime
    """The tick at which the hold was over."""
    changed_at: datetime
    unit: str = ""
    """The responsible unit (bureau) by the register."""
    district: str = ""
    value: float | None = None
    limit: float | None = None
    value_unit: str = ""
    """The unit of `value` and `limit` (UCUM)."""
    text: str = ""
    """What is the matter, in one Chinese line without plates or phone numbers."""
    runbook: str = ""
    """What to do, from the rule."""
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    shelved_by: str = ""
    shelved_until: datetime | None = None
    recovered_at: datetime | None = None
    inhibited_by: str = ""
    """The id of the open alert that explains this one; empty when none does."""
    silenced_by: str = ""
    """The id of the silence or work order that covers this one; empty when none does."""
    flapping: bool = False
    within: tuple[str, ...] = ()
    """The scopes that the subject lies in, from the widest down, itself included."""
    raises: int = 1
    """How often it was raised within the flap window, this time included."""
    synthetic: bool = False
    """Something made up takes part: never in an official report."""
    version: int = 1
    """Grows by one with every change; the ETag of the API."""

    @property
    def open(self) -> bool:
        """Whether it is still to be dealt with."""
        return self.state not in {AlertState.PENDING, AlertState.RECOVERED}

    @property
    def muted(self) -> bool:
        """Whether nobody is to be told: explained by another alert, silenced or shelved."""
        return bool(self.inhibited_by or self.silenced_by) or self.state is AlertState.SHELVED


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One step in an alert's life, committed in the transaction of the tick that made it. `alert` is as of after it."""

    kind: ChangeKind
    alert: Alert
    at: datetime
    """The tick (city time) at which it happened."""
    by: str = ""
    """Who did it, when it was a person."""
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Plain JSON: the figures that were judged, the comment of an acknowledgement."""

    @property
    def tells(self) -> bool:
        """Whether somebody may have to be told: a telling kind, and the alert is not muted."""
        return self.kind in TELLING and not self.alert.muted


class CommandKind(StrEnum):
    """What a person may do to an alert."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


@dataclass(frozen=True, slots=True)
class AlertCommand:
    """A person's wish, recorded durably at once and applied at the next tick in city time."""

    id: int
    """The order of recording; 0 before it is recorded."""
    kind: CommandKind
    alert: str
    by: str
    recorded_at: datetime
    until: datetime | None = None
    """When the acknowledgement or the shelving ends; None = never (only for an acknowledgement)."""
    comment: str = ""


class MuteKind(StrEnum):
    """Why alerts are kept quiet."""

    SILENCE = "silence"
    """静默: nobody is told while it lasts."""
    WORK_ORDER = "work_order"
    """检修挂牌: people are at work there; what breaks meanwhile is theirs."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence or a maintenance work order: which alerts are kept quiet from `start` until `end` (exclusive).

    `matchers` are field → value, all of which must agree: rule, subject, group, severity, district, unit, and `within`:
    a scope that the subject lies in (`supply_point:SP-0001` covers the cabinet and every lamp below it).
    """

    id: str
    kind: MuteKind
    matchers: Mapping[str, str]
    start: datetime
    end: datetime
    author: str
    reason: str
    recorded_at: datetime
    version: int = 1
    withdrawn_at: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        """Return whether it is in force at an instant."""
        return self.start <= instant < self.end and (self.withdrawn_at is None or instant < self.withdrawn_at)
