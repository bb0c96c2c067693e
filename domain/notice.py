"""What is told to whom: notices wait in the outbox until a channel has carried them or they are dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.severity import Severity

KEY_LENGTH = 255
"""The longest dedup key, as PagerDuty bounds its `dedup_key` (city_operations 5.4)."""


class NoticeKind(StrEnum):
    """Why something is told; the templates have a word for each, in zh and en."""

    RAISED = "raised"
    UPDATED = "updated"
    WORSENED = "worsened"
    REMINDER = "reminder"
    """The same step again: nobody acknowledged."""
    ESCALATED = "escalated"
    """Told to the next step."""
    EXHAUSTED = "exhausted"
    """The chain has come to its end and nobody acknowledged: told to the fallback."""
    ACK_EXPIRED = "ack_expired"
    ACKNOWLEDGED = "acknowledged"
    """To those who had been told, so that nobody works on it twice."""
    RECOVERED = "recovered"
    DEADLINE_NEAR = "deadline_near"
    DEADLINE_PASSED = "deadline_passed"
    ROSTER_GAP = "roster_gap"
    UNDELIVERED = "undelivered"
    """A channel could not carry a notice: told to the fallback."""
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell to one recipient by one channel. `key` is its identity: committed twice, it is told once.

    `facts` is plain JSON for the template: title, scope, figures, runbook. Never a phone number or a plate. `at` is
    city time (what the notice is about); when it is sent is a matter of the wall clock.
    """

    key: str
    kind: NoticeKind
    severity: Severity
    group: str
    """The alert group (or whatever else) that it belongs to; digests and Alertmanager go by it."""
    at: datetime
    channel: str
    """The name of a channel of the configuration."""
    person: str | None = None
    """The id of a person of the roster; None = the channel's group. The address is looked up when it is sent."""
    unit: str = ""
    step: int = 0
    digest: bool = False
    """Whether it may wait and be told together with others."""
    then: tuple[str, ...] = ()
    """Whom to try next by the same channel when this person cannot be reached (voice gives up after five calls)."""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """What came of one attempt to send."""

    SENT = "sent"
    """The other side said yes, in the status and in the body."""
    LIMITED = "limited"
    """Too fast: nothing was told; wait as long as the other side, or its documentation, says."""
    AWAY = "away"
    """It cannot have arrived: not connected, or a status that promises so. Tried again."""
    UNKNOWN = "unknown"
    """It may have arrived: no answer after the request was sent. Repeated rather than lost."""
    REFUSED = "refused"
    """The other side will never take it: wrong signature, no such template. A dead letter at once."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send a notice. `code` is the vendor's; `detail` holds no secret. `at` is wall time."""

    notice: int
    number: int
    """From 1 on; counts on over a resend. The outbox gives it."""
    at: datetime
    outcome: Outcome
    code: str = ""
    detail: str = ""
    message: int = 0
    """The notice that came first in the message that was tried: many notices can be one message."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    """Not told: refused, or tried for too long. Visible, and can be sent again by a person."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice in the outbox. `id` counts from 1 in the order of commit; instants here are of the wall clock."""

    id: int
    notice: Notice
    state: NoticeState
    posted_at: datetime
    due_at: datetime
    """When it is tried next; of a notice that is done, when that happened."""
    attempts: int = 0
    last: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An attempt, and what follows: the notice's state, and when it is tried next (or when it was done)."""

    attempt: Attempt
    state: NoticeState
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices to list. `after` is the id of the last one already seen; newest come last.

    `since` and `until`: what they are about (`at`, city time) lies between, both included.
    """

    state: NoticeState | None = None
    channel: str | None = None
    group: str | None = None
    after: int = 0
    limit: int = 100
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered text for one recipient, made of one notice or of many (a digest)."""

    title: str
    text: str
    severity: Severity
    group: str
    keys: tuple[str, ...]
    addresses: tuple[str, ...] = field(default=(), repr=False)
    """Where the person is reached by this channel, or whom a group's message mentions; personal data."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """For channels with fixed variables (SMS, voice, Alertmanager)."""
    resolved: bool = False
    about: tuple[Notice, ...] = ()
