"""Gaps of the roster, warned of ahead: a week before, the day before, and when nobody is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.duty import Gap
from domain.escalation import EscalationPlan
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from rules.self_watch import Finding, Trouble

_DAY = timedelta(days=1)


def gaps_ahead(roster: DutyPlan, plan: EscalationPlan, now: datetime) -> Sequence[Gap]:
    """Return the gaps of the needed roles from `now` (city time) as far ahead as is warned of."""
    return roster.gaps(plan.needed_roles, now, now + plan.gap_warning)


def gap_findings(roster: DutyPlan, plan: EscalationPlan, now: datetime) -> Sequence[Finding]:
    """Return what the watch over ourselves is to say of gaps at `now` (city time); nothing before a roster is kept."""
    if not roster.roster.version:
        return ()
    return [_finding(gap, roster, now) for gap in gaps_ahead(roster, plan, now)]


def _finding(gap: Gap, roster: DutyPlan, now: datetime) -> Finding:
    tz = roster.roster.tz
    start, end = (f"{at.astimezone(tz):%m-%d %H:%M}" for at in (gap.start, gap.end))
    text = f"{gap.role.word}缺岗 {start} 至 {end}"
    # what has begun has no start of its own: it has one key, and is told once a day while it lasts
    begun = f"{Trouble.ROSTER}:{gap.role}:now"
    if gap.start <= now:
        stage = f"now:{now.astimezone(tz).date()}"
        return Finding(begun, Trouble.ROSTER, Severity.MAJOR, text, stage=stage)
    near = gap.start - now <= _DAY
    severity, stage = (Severity.MAJOR, "day") if near else (Severity.MINOR, "ahead")
    key = f"{Trouble.ROSTER}:{gap.role}:{gap.start.isoformat()}"
    return Finding(key, Trouble.ROSTER, severity, text, stage=stage, becomes=begun)
