"""Whom a step tells, and by which channels: never nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.duty import DutyRole, Person
from domain.escalation import EscalationPlan, EscalationStep, Recipient, RecipientKind
from rules.duty.plan import DutyPlan


@dataclass(frozen=True, slots=True)
class Call:
    """One telling: a channel and the person it is for (None = the channel's group)."""

    channel: str
    person: str | None = None
    then: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    """What the message must say beside its facts: `nobody` = whom the step did not find."""


def calls(
    step: EscalationStep, at: datetime, roster: DutyPlan, plan: EscalationPlan, unit: str, later: Sequence[str] = ()
) -> Sequence[Call]:
    """Return whom the step tells at `at`, each person once per channel.

    A step that finds nobody, or nobody that one of its channels can reach, goes to the fallback and says so; a
    fallback that finds nobody either goes to its channels' groups. `later` are the people of the steps that follow.
    """
    found = tuple(_calls(step, at, roster, plan, unit, later))
    if found:
        return found
    said = {"nobody": _missing(step.to, unit)}
    back = plan.fallback
    found = tuple(_calls(back, at, roster, plan, unit, ())) or tuple(Call(channel) for channel in back.channels)
    return tuple(Call(c.channel, c.person, c.then, said) for c in found)


def people(to: Recipient, at: datetime, roster: DutyPlan, unit: str) -> Sequence[Person]:
    """Return the persons that the recipient stands for at `at`; a group is none."""
    match to.kind:
        case RecipientKind.ROLE:
            return roster.on_duty(DutyRole(to.id), at)
        case RecipientKind.BUREAU:
            return roster.unit_contacts(to.id or unit)
        case RecipientKind.PERSON:
            return (roster.people[to.id],) if to.id in roster.people else ()
        case RecipientKind.GROUP:
            return ()


def _calls(
    step: EscalationStep, at: datetime, roster: DutyPlan, plan: EscalationPlan, unit: str, later: Sequence[str]
) -> Iterator[Call]:
    if step.to.kind is RecipientKind.GROUP:
        yield from (Call(channel) for channel in step.channels if channel not in plan.contacts)
        return
    found = people(step.to, at, roster, unit)
    for channel in step.channels:
        needed = plan.contacts.get(channel)
        able = [p for p in found if needed is None or needed in p.contacts]
        for number, person in enumerate(able):
            others = [p.id for p in able[number + 1 :]] + [p for p in later if p not in {a.id for a in able}]
            yield Call(channel, person.id, tuple(others) if needed is not None else ())


def _missing(to: Recipient, unit: str) -> str:
    match to.kind:
        case RecipientKind.ROLE:
            return DutyRole(to.id).word
        case RecipientKind.BUREAU:
            return to.id or unit or "责任单位"
        case RecipientKind.PERSON:
            return to.id
        case RecipientKind.GROUP:
            return "群"
