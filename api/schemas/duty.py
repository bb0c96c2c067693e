"""The duty roster, in and out. No address of a person is ever in an answer: only by what it can be reached."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from api.schemas.common import Answer, Body, Ident, Instant
from api.schemas.lighting import ClockTime, Day
from domain.duty import Duty, DutyOverride, DutyRole, Gap, Person, Roster, Slot, Swap, SwapState
from rules.duty.plan import DutyPlan


class PersonOut(Answer):
    """Somebody of the roster."""

    id: str
    name: str
    unit: str
    language: str
    unit_contact: bool
    reached_by: list[str]

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return a person without addresses."""
        kinds = sorted(kind.value for kind in person.contacts)
        return cls(
            id=person.id,
            name=person.name,
            unit=person.unit,
            language=person.language,
            unit_contact=person.unit_contact,
            reached_by=kinds,
        )


class RoleOut(Answer):
    """Who is on duty in a role; nobody = an empty list."""

    role: DutyRole
    title: str
    people: list[PersonOut]
    by: list[str]


class NowOut(Answer):
    """Who is on duty at an instant."""

    at: Instant
    version: int
    roles: list[RoleOut]

    @classmethod
    def of(cls, plan: DutyPlan, at: Any) -> Self:
        """Return every role."""
        roles = []
        for role in DutyRole:
            details = plan.details(role, at)
            people = [PersonOut.of(p) for p in plan.on_duty(role, at)]
            roles.append(RoleOut(role=role, title=role.word, people=people, by=[d.by for d in details]))
        return cls(at=at, version=plan.roster.version, roles=roles)


class SlotShape(Body):
    """A place in the table: the local day on which the shift begins, the shift, the role."""

    day: Day
    shift: Ident
    role: DutyRole

    def slot(self) -> Slot:
        """Return the domain's slot."""
        return Slot(self.day, self.shift, self.role)

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """Return it as it is written."""
        return cls(day=slot.day, shift=slot.shift, role=slot.role)


class ShiftOut(Answer):
    """A shift."""

    id: str
    title: str
    start: ClockTime
    end: ClockTime


class RotationOut(Answer):
    """A rotation; weekdays 1 = Monday."""

    id: str
    shift: str
    role: DutyRole
    teams: list[list[str]]
    first_day: date
    days: int
    until: date | None
    weekdays: list[int]


class RowOut(Answer):
    """A row of the table."""

    day: date
    shift: str
    role: DutyRole
    people: list[str]


class OverrideOut(Answer):
    """An override in force."""

    id: str
    role: DutyRole
    start: Instant
    end: Instant
    person: str | None
    replaces: str | None
    reason: str
    author: str
    recorded_at: Instant

    @classmethod
    def of(cls, o: DutyOverride) -> Self:
        """Return it."""
        return cls(
            id=o.id,
            role=o.role,
            start=o.start,
            end=o.end,
            person=o.person,
            replaces=o.replaces,
            reason=o.reason,
            author=o.author,
            recorded_at=o.recorded_at,
        )


class SwapOut(Answer):
    """A swap and where it stands."""

    id: str
    giver: str
    gives: SlotShape
    taker: str
    returns: SlotShape | None
    reason: str
    state: SwapState
    requested_by: str
    requested_at: Instant
    decided_by: str | None
    decided_at: Instant | None

    @classmethod
    def of(cls, s: Swap) -> Self:
        """Return it."""
        return cls(
            id=s.id,
            giver=s.giver,
            gives=SlotShape.of(s.gives),
            taker=s.taker,
            returns=None if s.returns is None else SlotShape.of(s.returns),
            reason=s.reason,
            state=s.state,
            requested_by=s.requested_by,
            requested_at=s.requested_at,
            decided_by=s.decided_by,
            decided_at=s.decided_at,
        )


class RosterOut(Answer):
    """The roster as recorded. Its entity tag is what If-Match of an import must know."""

    version: int
    zone: str
    people: list[PersonOut]
    shifts: list[ShiftOut]
    rotations: list[RotationOut]
    table: list[RowOut]
    overrides: list[OverrideOut]
    swaps: list[SwapOut]

    @classmethod
    def of(cls, roster: Roster) -> Self:
        """Return all of it."""
        return cls(
            version=roster.version,
            zone=roster.zone,
            people=[PersonOut.of(p) for p in roster.people],
            shifts=[ShiftOut(id=s.id, title=s.title, start=s.start, end=s.end) for s in roster.shifts],
            rotations=[
                RotationOut(
                    id=r.id,
                    shift=r.shift,
                    role=r.role,
                    teams=[list(team) for team in r.teams],
                    first_day=r.first_day,
                    days=r.days,
                    until=r.until,
                    weekdays=[day + 1 for day in r.weekdays],
                )
                for r in roster.rotations
            ],
            table=[
                RowOut(day=a.slot.day, shift=a.slot.shift, role=a.slot.role, people=list(a.people))
                for a in roster.table
            ],
            overrides=[OverrideOut.of(o) for o in roster.overrides],
            swaps=[SwapOut.of(s) for s in roster.swaps],
        )


class SpanOut(Answer):
    """Somebody on duty, from when until when, and why."""

    role: DutyRole
    person: str
    name: str
    shift: str
    start: Instant
    end: Instant
    by: str


class SpanList(Answer):
    """Spans of duty, by start."""

    items: list[SpanOut]

    @classmethod
    def of(cls, duties: Sequence[Duty], plan: DutyPlan) -> Self:
        """Return them."""
        names = {ident: person.name for ident, person in plan.people.items()}
        return cls(
            items=[
                SpanOut(
                    role=d.role,
                    person=d.person,
                    name=names.get(d.person, d.person),
                    shift=d.shift,
                    start=d.start,
                    end=d.end,
                    by=d.by,
                )
                for d in duties
            ]
        )


class GapOut(Answer):
    """A span in which nobody is on duty in a role that is needed."""

    role: DutyRole
    title: str
    start: Instant
    end: Instant


class GapList(Answer):
    """Gaps ahead, by start."""

    items: list[GapOut]

    @classmethod
    def of(cls, gaps: Sequence[Gap]) -> Self:
        """Return them."""
        return cls(items=[GapOut(role=g.role, title=g.role.word, start=g.start, end=g.end) for g in gaps])
