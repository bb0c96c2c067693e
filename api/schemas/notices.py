"""Notices and channels, out. No address of a person is in them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from api.schemas.common import Answer, Instant
from domain.notice import Attempt, NoticeKind, NoticeState, Outcome, Posted
from domain.severity import Severity

_NEWEST: Final = 200


class AttemptOut(Answer):
    """One try; `at` is wall time."""

    number: int
    at: Instant
    outcome: Outcome
    code: str
    detail: str

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Return it."""
        return cls(
            number=attempt.number, at=attempt.at, outcome=attempt.outcome, code=attempt.code, detail=attempt.detail
        )


class NoticeOut(Answer):
    """A notice: `at` is city time, `posted_at` and `due_at` are wall time."""

    id: int
    key: str
    kind: NoticeKind
    severity: Severity
    group: str
    at: Instant
    channel: str
    person: str | None
    unit: str
    step: int
    digest: bool
    facts: dict[str, Any]
    state: NoticeState
    posted_at: Instant
    due_at: Instant
    attempts: int
    last: AttemptOut | None

    @classmethod
    def of(cls, posted: Posted) -> Self:
        """Return it."""
        n = posted.notice
        return cls(
            id=posted.id,
            key=n.key,
            kind=n.kind,
            severity=n.severity,
            group=n.group,
            at=n.at,
            channel=n.channel,
            person=n.person,
            unit=n.unit,
            step=n.step,
            digest=n.digest,
            facts=dict(n.facts),
            state=posted.state,
            posted_at=posted.posted_at,
            due_at=posted.due_at,
            attempts=posted.attempts,
            last=None if posted.last is None else AttemptOut.of(posted.last),
        )


class NoticeDetail(NoticeOut):
    """A notice with every attempt."""

    tried: list[AttemptOut]

    @classmethod
    def with_attempts(cls, posted: Posted, attempts: Sequence[Attempt]) -> Self:
        """Return both."""
        return cls(**NoticeOut.of(posted).model_dump(), tried=[AttemptOut.of(a) for a in attempts])


class CountOut(Answer):
    """How many notices a channel has in a state."""

    channel: str
    state: NoticeState
    count: int


class NoticeList(Answer):
    """A page of notices, oldest first, and the counts of all."""

    counts: list[CountOut]
    items: list[NoticeOut]


class ToldOut(Answer):
    """The notices about one thing, oldest first: the newest 200 of `total`, each with its last attempt."""

    total: int
    items: list[NoticeOut]

    @classmethod
    def of(cls, found: Sequence[Posted]) -> Self:
        """Return the newest of them."""
        return cls(total=len(found), items=[NoticeOut.of(posted) for posted in found[-_NEWEST:]])


class ChannelOut(Answer):
    """How a channel is."""

    name: str
    alive: bool
    outcomes: dict[str, int]
    failures_in_a_row: int
    refusals_in_a_row: int
    paused_until: str | None
    last_failure: str | None


class ChannelList(Answer):
    """Every channel."""

    items: list[ChannelOut]

    @classmethod
    def of(cls, status: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return them by name."""
        return cls(items=[ChannelOut(name=name, **dict(status[name])) for name in sorted(status)])
