"""Alerts, silences and work orders, and rules as the API shows and takes them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field

from api.schemas.common import Answer, Body, Ident, Instant, LongText
from domain.alert import Alert, AlertCommand, AlertState, CommandKind, Mute, MuteKind, Verdict
from domain.alert_ports import RecordedChange
from domain.severity import Severity


class WishOut(Answer):
    """What was asked for. It is recorded, and done by the next tick of the engine."""

    id: int
    kind: CommandKind
    alert: str
    by: str
    recorded_at: Instant
    until: Instant | None
    comment: str

    @classmethod
    def of(cls, command: AlertCommand) -> Self:
        """Make it from the domain's command."""
        return cls(**{name: getattr(command, name) for name in cls.model_fields})


class AlertOut(Answer):
    """An alert: one rule at one subject, from its raising to its recovery. Instants are of the city's clock."""

    id: str
    version: int
    rule: str
    title: str
    subject: str
    name: str
    group: str
    group_name: str
    severity: Severity
    state: AlertState
    verdict: Verdict
    open: bool
    quiet: bool
    """Nobody is told: explained by another alert, silenced, or on the shelf."""
    text: str
    value: float | None
    limit: float | None
    since: Instant
    fired_at: Instant
    changed_at: Instant
    recovered_at: Instant | None
    unit: str
    district: str
    within: list[str]
    acknowledged_by: str
    acknowledged_at: Instant | None
    acknowledged_until: Instant | None
    shelved_by: str
    shelved_until: Instant | None
    inhibited_by: str
    silenced_by: str
    flapping: bool
    raises: int
    runbook: str
    synthetic: bool
    asked: WishOut | None
    """What somebody asked for and the next tick of the engine will do."""

    @classmethod
    def of(cls, alert: Alert, asked: AlertCommand | None) -> Self:
        """Make it from the domain's alert and the command that waits for it."""
        own = {"group", "group_name", "quiet", "within", "open", "asked"}
        said = {name: getattr(alert, name) for name in cls.model_fields if name not in own}
        group = {"group": alert.group.key, "group_name": alert.group.name}
        wish = None if asked is None else WishOut.of(asked)
        return cls(**said, **group, quiet=alert.muted, open=alert.open, within=list(alert.within), asked=wish)


class AlertList(Answer):
    """Alerts, those raised last first."""

    items: list[AlertOut]


class ChangeOut(Answer):
    """One thing that happened to an alert. `detail` holds the figures that were judged and why."""

    kind: str
    at: Instant
    by: str
    why: str
    severity: str
    state: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, change: RecordedChange) -> Self:
        """Make it from the history's row."""
        said = {name: getattr(change, name) for name in cls.model_fields if name != "detail"}
        return cls(**said, detail=dict(change.detail))


class AlertDetail(AlertOut):
    """An alert with its history, the rule that found it (as it is now), and what it explains.

    `withheld` are the alerts that are not raised because this one explains them, as `rule subject`.
    """

    history: list[ChangeOut]
    rule_now: dict[str, Any] | None
    withheld: list[str]

    @classmethod
    def made(
        cls,
        alert: Alert,
        asked: AlertCommand | None,
        history: Sequence[RecordedChange],
        rule: Mapping[str, Any] | None,
        withheld: Sequence[str],
    ) -> Self:
        """Make it from its parts."""
        shown = AlertOut.of(alert, asked)
        plain = {name: getattr(shown, name) for name in AlertOut.model_fields}
        changes = [ChangeOut.of(c) for c in history]
        return cls(**plain, history=changes, rule_now=None if rule is None else dict(rule), withheld=list(withheld))


class AcknowledgeBody(Body):
    """I have taken it. Without `until` the acknowledgement holds until the alert recovers or worsens."""

    until: Instant | None = None
    comment: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class ShelveBody(Body):
    """Put it aside until an instant; then it is what it was."""

    until: Instant
    comment: LongText


class UnshelveBody(Body):
    """Take it back from the shelf."""

    comment: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


Matchers = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^(rule|subject|group|severity|district|unit|within)$")],
        Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")],
    ],
    Field(min_length=1, max_length=7, examples=[{"within": "supply_point:SP-0001"}]),
]


class SilenceBody(Body):
    """Which alerts are kept quiet from `start` until `end` (exclusive): every matcher must agree.

    A `work_order` says that people are at work there (检修挂牌).
    """

    kind: MuteKind = MuteKind.SILENCE
    matchers: Matchers
    start: Instant
    end: Instant
    reason: LongText


class SilenceOut(Answer):
    """A silence or work order."""

    id: Ident
    version: int
    kind: MuteKind
    matchers: dict[str, str]
    start: Instant
    end: Instant
    author: str
    reason: str
    recorded_at: Instant
    withdrawn_at: Instant | None

    @classmethod
    def of(cls, mute: Mute) -> Self:
        """Make it from the domain's."""
        said = {name: getattr(mute, name) for name in cls.model_fields if name != "matchers"}
        return cls(**said, matchers=dict(mute.matchers))


class SilenceList(Answer):
    """Silences and work orders, newest first."""

    items: list[SilenceOut]


class RuleList(Answer):
    """The running rules, by name; spans are in seconds."""

    items: list[dict[str, Any]]


class ReloadOut(Answer):
    """What the rule files change with the next tick."""

    rules: int
    new: list[str]
    changed: list[str]
    gone: list[str]
