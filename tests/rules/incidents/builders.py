"""Case files and a desk for the tests: weekends and one holiday are off."""

from datetime import date, datetime, timedelta

from domain.citytime import JINAN
from domain.incident import Incident, IncidentState, Limit, LimitKind, Origin
from domain.severity import Severity
from rules.incidents.lifecycle import Desk
from tests.support.rules import local

NOON = local("2026-09-28T12:00")
"""A Monday; Thursday, the first of October, begins the holidays."""
HOURS = Limit(LimitKind.HOURS, 24)
DAYS = Limit(LimitKind.WORKING_DAYS, 5)


def works(day: date) -> bool:
    """Weekends are off, and so are the first eight days of October; Saturday the tenth is made up for them."""
    if day == date(2026, 10, 10):
        return True
    return day.weekday() < 5 and not date(2026, 10, 1) <= day <= date(2026, 10, 8)


def desk() -> Desk:
    return Desk(lambda category: HOURS if category == "lamps" else DAYS, works, JINAN.tz)


def incident(**changes: object) -> Incident:
    given = {
        "id": "20260928-0001",
        "title": "经十路灭灯",
        "category": "lamps",
        "origin": Origin.PHONE,
        "severity": Severity.MAJOR,
        "state": IncidentState.NEW,
        "opened_at": NOON,
        "opened_by": "officer",
        **changes,
    }
    return Incident(**given)  # type: ignore[arg-type]


def hours(number: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)
