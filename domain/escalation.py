"""Escalation (逐级上报): whom a chain tells next when nobody acknowledges, and by when an emergency is reported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.duty import ContactKind, DutyRole
from domain.severity import EmergencyGrade, Severity


class RecipientKind(StrEnum):
    """Whom a step tells."""

    ROLE = "role"
    """Whoever is on duty in the role at that instant."""
    BUREAU = "bureau"
    """The contact of the unit that is responsible for what the alert is about."""
    PERSON = "person"
    GROUP = "group"
    """A group chat or a system: the channels alone, without a person."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """`role:officer`, `bureau`, `person:<id>`, `group`. `bureau:<unit>` names the unit instead of asking the alert."""

    kind: RecipientKind
    id: str = ""


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """One step: `wait` after the step before (after the start for the first), tell `to` by `channels`.

    Told again `repeats` times, each `every` after the last, while nobody acknowledges. A voice channel among
    `channels` keeps its own limits of redialling.
    """

    to: Recipient
    channels: tuple[str, ...]
    wait: timedelta = timedelta(0)
    repeats: int = 0
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class EscalationChain:
    """Who is told next if nobody acknowledges.

    An acknowledgement holds for `ack_expires`; then the chain starts anew at the step it had reached, so that what
    was acknowledged and forgotten comes back (Grafana OnCall #3111). After the last step the chain begins again
    `rounds` - 1 times, `again_after` its last step.
    """

    id: str
    title: str
    steps: tuple[EscalationStep, ...]
    ack_expires: timedelta
    rounds: int = 1
    again_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class ReportingDeadline:
    """By when an emergency of a grade must be reported, counted from the upgrade: by telephone, then in writing."""

    grade: EmergencyGrade
    phone: timedelta
    writing: timedelta
    warn_before: timedelta
    to: str
    """Who must have the report, in words."""
    chain: str
    """The chain whose first step is warned before the deadline and told when it has passed."""


@dataclass(frozen=True, slots=True)
class EscalationPlan:
    """The whole configuration of escalation (config/duty.toml)."""

    chains: Mapping[str, EscalationChain]
    by_severity: Mapping[Severity, str]
    """Severity → chain id; a severity that is left out is only digested to `digest_channels`."""
    fallback: EscalationStep
    """Who is told when a step finds nobody; what it sends says so."""
    deadlines: tuple[ReportingDeadline, ...] = ()
    needed_roles: tuple[DutyRole, ...] = (DutyRole.OFFICER, DutyRole.LEADER)
    """The roles without which the roster has a gap."""
    gap_warning: timedelta = timedelta(days=7)
    """How far ahead a gap is warned of."""
    digest_channels: tuple[str, ...] = ()
    """Who hears of what has no chain, in the next digest."""
    contacts: Mapping[str, ContactKind] = field(default_factory=dict)
    """By channel that reaches persons only: the kind of address it needs. Other channels have a group."""


class GroupChangeKind(StrEnum):
    """What happened to an alert group, as the alerts' life cycle tells it."""

    RAISED = "raised"
    UPDATED = "updated"
    """More or fewer members, other figures, a lower severity: whoever was told hears it in the next digest."""
    WORSENED = "worsened"
    """A higher severity: its chain begins at once, acknowledged or not."""
    ACKNOWLEDGED = "acknowledged"
    HELD = "held"
    """Shelved, silenced or unknown: nobody is told until it goes on."""
    RESUMED = "resumed"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A change of an alert group. `at` is city time; `facts` as in `Notice`, None = as before."""

    kind: GroupChangeKind
    at: datetime
    severity: Severity
    facts: Mapping[str, Any] | None = None
    unit: str = ""
    """The unit responsible; asked for by a `bureau` step."""
    by: str | None = None
    """Of an acknowledgement: the person (or the name of the key)."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far the telling of one alert group is. Plain values; `rules.duty.escalation` moves and dumps it."""

    group: str
    opened: datetime
    severity: Severity
    chain: str | None
    """None = this severity is only digested."""
    unit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    round: int = 1
    step: int = -1
    """The step told last; -1 = none yet."""
    repeat: int = 0
    """How often that step was repeated."""
    stepped_at: datetime | None = None
    """When that step was told; the chain's start while there is none."""
    due: datetime | None = None
    """When something is told next if nothing changes; None = never."""
    held: bool = False
    suspended: datetime | None = None
    """What `due` was when the group was held; it goes on from there."""
    acknowledged_by: str | None = None
    acknowledged_until: datetime | None = None
    serial: int = 0
    """Counts what was told, for the keys."""
    told: tuple[tuple[str | None, str], ...] = ()
    """(person, channel) of everybody told so far, each once."""
