"""A case file as an emergency (突发事件): its deadlines, and which of its reports were made."""

from datetime import datetime

from domain.escalation import EscalationPlan
from domain.incident import Incident, ReportDue
from rules.duty.reporting import Emergency, deadlines


def emergency_of(case: Incident, through: datetime | None = None) -> Emergency | None:
    """Return the emergency that a case file is, or None."""
    if case.grade is None or case.upgraded_at is None:
        return None
    facts = {"title": f"{case.grade.word}突发事件 {case.title}", "incident": case.id, "place": case.subject}
    return Emergency(case.id, case.grade, case.upgraded_at, case.unit, facts, case.phoned_at, case.written_at, through)


def reports_due(case: Incident, plan: EscalationPlan) -> list[ReportDue]:
    """Return which reports of an emergency are due when and to whom, and when each was made."""
    emergency = emergency_of(case)
    if emergency is None:
        return []
    done = {"phone": case.phoned_at, "writing": case.written_at}
    return [ReportDue(name, due, rule.to, done[name]) for name, due, rule in deadlines(emergency, plan)]
