"""Gaps of the roster, warned of ahead: a week before, the day before, and when nobody is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.duty import Gap
from domain.escalation import EscalationPlan
from domain.notice import Notice, NoticeKind
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from rules.duty.recipients import calls

_DAY = timedelta(days=1)
_GROUP = "duty:roster"


def gaps_ahead(roster: DutyPlan, plan: EscalationPlan, now: datetime) -> Sequence[Gap]:
    """Return the gaps of the needed roles from `now` as far ahead as is warned of."""
    return roster.gaps(plan.needed_roles, now, now + plan.gap_warning)


def gap_notices(roster: DutyPlan, plan: EscalationPlan, now: datetime) -> Sequence[Notice]:
    """Return what is told of gaps at `now`, to the fallback. Safe to ask often: each warning has one key."""
    return [notice for gap in gaps_ahead(roster, plan, now) for notice in _notices(gap, roster, plan, now)]


def _notices(gap: Gap, roster: DutyPlan, plan: EscalationPlan, now: datetime) -> Sequence[Notice]:
    tz = roster.roster.tz
    if gap.start <= now:
        # what has begun has no start of its own: it is told once a day while it lasts
        stage, severity = f"now:{now.astimezone(tz).date()}", Severity.MAJOR
    elif gap.start - now <= _DAY:
        stage, severity = f"day:{gap.start.isoformat()}", Severity.MAJOR
    else:
        stage, severity = f"ahead:{gap.start.isoformat()}", Severity.MINOR
    start, end = (f"{at.astimezone(tz):%m-%d %H:%M}" for at in (gap.start, gap.end))
    facts = {"title": f"{gap.role.word}缺岗 {start} 至 {end}", "role": gap.role.value}
    to = calls(plan.fallback, now, roster, plan, "")
    return [
        Notice(
            key=f"{_GROUP}:{gap.role}:{stage}:{call.person or ''}:{call.channel}",
            kind=NoticeKind.ROSTER_GAP,
            severity=severity,
            group=_GROUP,
            at=now,
            channel=call.channel,
            person=call.person,
            digest=severity is Severity.MINOR,
            then=call.then,
            facts=facts,
        )
        for call in to
    ]
