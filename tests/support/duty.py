"""A small centre's duty: people, two shifts, rotations, chains."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from domain.duty import ContactKind, DutyRole, Person, Roster, Rotation, Shift
from domain.escalation import EscalationChain, EscalationPlan, EscalationStep, Recipient, RecipientKind
from domain.severity import Severity

DAY_SHIFT = Shift("day", "白班", time(8, 30), time(20, 30))
NIGHT_SHIFT = Shift("night", "夜班", time(20, 30), time(8, 30))
MINUTE = timedelta(minutes=1)
FIRST_DAY = date(2026, 1, 1)


def person(ident: str, **more: Any) -> Person:
    contacts: Mapping[ContactKind, str] = {ContactKind.EMAIL: f"{ident}@city.example"}
    return Person(ident, f"{ident} 姓名", contacts=contacts, **more)


PEOPLE = (
    *(person(name) for name in ("ann", "ben", "cao", "dou", "head", "lead")),
    person("lamps", unit="市城管局", unit_contact=True),
)


def rotation(shift: str, role: DutyRole, *teams: str, **more: Any) -> Rotation:
    return Rotation(f"{shift}-{role}", shift, role, tuple((team,) for team in teams), FIRST_DAY, **more)


ROTATIONS = (
    rotation("day", DutyRole.OFFICER, "ann", "ben"),
    rotation("night", DutyRole.OFFICER, "cao", "dou"),
    *(rotation(shift, DutyRole.SHIFT_HEAD, "head") for shift in ("day", "night")),
    *(rotation(shift, DutyRole.LEADER, "lead") for shift in ("day", "night")),
)


def roster(**changes: Any) -> Roster:
    return Roster(**{"people": PEOPLE, "shifts": (DAY_SHIFT, NIGHT_SHIFT), "rotations": ROTATIONS, **changes})


def role(which: DutyRole) -> Recipient:
    return Recipient(RecipientKind.ROLE, which.value)


CHAIN = EscalationChain(
    "urgent",
    "紧急",
    (
        EscalationStep(role(DutyRole.OFFICER), ("chat", "call"), repeats=1, every=3 * MINUTE),
        EscalationStep(role(DutyRole.SHIFT_HEAD), ("chat",), wait=5 * MINUTE),
        EscalationStep(role(DutyRole.LEADER), ("chat",), wait=10 * MINUTE),
        EscalationStep(Recipient(RecipientKind.BUREAU), ("chat",), wait=15 * MINUTE, repeats=1, every=5 * MINUTE),
    ),
    ack_expires=timedelta(hours=2),
    rounds=2,
)
PLAN = EscalationPlan(
    chains={"urgent": CHAIN},
    by_severity={Severity.CRITICAL: "urgent", Severity.MAJOR: "urgent"},
    fallback=EscalationStep(Recipient(RecipientKind.PERSON, "lead"), ("chat",)),
    digest_channels=("chat",),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
