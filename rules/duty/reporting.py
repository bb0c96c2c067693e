"""Reporting deadlines of emergencies (突发事件报送): from the officer's upgrade on, by telephone, then in writing.

A deadline runs on whatever the telemetry says: only a report ends it. Pure; every notice is told at its own instant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.escalation import EscalationPlan, ReportingDeadline
from domain.notice import Notice, NoticeKind
from domain.severity import EmergencyGrade, Severity
from rules.duty.escalation import notice_key
from rules.duty.plan import DutyPlan
from rules.duty.recipients import calls


@dataclass(frozen=True, slots=True)
class Emergency:
    """An upgraded incident and what of its reports has been done. Instants are city time."""

    id: str
    grade: EmergencyGrade
    upgraded_at: datetime
    unit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    phoned_at: datetime | None = None
    written_at: datetime | None = None
    through: datetime | None = None
    """Up to which instant its deadlines have been told."""


def deadlines(emergency: Emergency, plan: EscalationPlan) -> Sequence[tuple[str, datetime, ReportingDeadline]]:
    """Return what is due: `phone` and `writing` with their instants, in order. Empty for a grade without a rule."""
    found = [rule for rule in plan.deadlines if rule.grade is emergency.grade]
    due = [(name, emergency.upgraded_at + getattr(rule, name), rule) for rule in found for name in ("phone", "writing")]
    return sorted(due, key=lambda entry: (entry[1], entry[0]))


def told(
    emergency: Emergency, now: datetime, roster: DutyPlan, plan: EscalationPlan, tz: ZoneInfo
) -> tuple[datetime, Sequence[Notice]]:
    """Return the instant to keep as `through`, and what is told up to `now`: near, and passed without a report."""
    since = emergency.through
    notices: list[Notice] = []
    for name, at, rule in deadlines(emergency, plan):
        done = emergency.phoned_at if name == "phone" else emergency.written_at
        for kind, instant in ((NoticeKind.DEADLINE_NEAR, at - rule.warn_before), (NoticeKind.DEADLINE_PASSED, at)):
            fresh = since is None or instant > since
            if fresh and instant <= now and (done is None or done > instant):
                notices += _notices(emergency, rule, kind, (name, at, instant), roster, plan, tz)
    return now, tuple(sorted(notices, key=lambda n: n.at))


def _notices(
    emergency: Emergency,
    rule: ReportingDeadline,
    kind: NoticeKind,
    when: tuple[str, datetime, datetime],
    roster: DutyPlan,
    plan: EscalationPlan,
    tz: ZoneInfo,
) -> Sequence[Notice]:
    name, due, at = when
    chain = plan.chains[rule.chain]
    # near: those who must do it; passed: everybody of the chain, for it is late already
    steps = chain.steps[:1] if kind is NoticeKind.DEADLINE_NEAR else chain.steps
    to = dict.fromkeys((c.channel, c.person) for s in steps for c in calls(s, at, roster, plan, emergency.unit))
    word = {"phone": "电话报告", "writing": "书面报告"}[name]
    facts = {
        **emergency.facts,
        "deadline": f"{due.astimezone(tz):%m-%d %H:%M}（{word}）",
        "report_to": rule.to,
        "grade": emergency.grade.word,
        "report": name,
    }
    group = f"emergency:{emergency.id}"
    return [
        Notice(
            key=notice_key(group, emergency.upgraded_at, f"{kind}:{name}:{person or ''}:{channel}"),
            kind=kind,
            severity=Severity.CRITICAL,
            group=group,
            at=at,
            channel=channel,
            person=person,
            unit=emergency.unit,
            facts=facts,
        )
        for channel, person in to
    ]
