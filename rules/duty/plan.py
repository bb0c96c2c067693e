"""Who is on duty at an instant. The table wins over rotations, approved swaps over the table, overrides over all."""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.duty import Duty, DutyOverride, DutyRole, Gap, Person, Roster, Rotation, Shift, Slot, Swap, SwapState

_DAY = timedelta(days=1)
_WEEK = 7


def shift_bounds(shift: Shift, day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants (UTC) at which the shift that begins on the local `day` starts and ends.

    Both are what the clock on the wall says: a shift over the hour that comes twice is an hour longer. A wall time
    that does not exist, or comes twice, is read alike as an end and as a start, so shifts that meet leave no gap.
    """
    last = day if shift.end > shift.start else day + _DAY
    return _instant(day, shift.start, tz), _instant(last, shift.end, tz)


def _instant(day: date, clock: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tz).astimezone(UTC)


def team_of(rotation: Rotation, day: date) -> tuple[str, ...]:
    """Return who has the rotation's shift that begins on the local `day`; empty outside the rotation."""
    ended = rotation.until is not None and day > rotation.until
    if day < rotation.first_day or ended or day.weekday() not in rotation.weekdays or not rotation.teams:
        return ()
    turn = _days_counted(rotation, day) // rotation.days
    return rotation.teams[turn % len(rotation.teams)]


def _days_counted(rotation: Rotation, day: date) -> int:
    """Return how many of the rotation's days lie before `day`, from the first on."""
    span = (day - rotation.first_day).days
    weeks, rest = divmod(span, _WEEK)
    first = rotation.first_day.weekday()
    partial = sum((first + n) % _WEEK in rotation.weekdays for n in range(rest))
    return weeks * len(set(rotation.weekdays)) + partial


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty at an instant. `by` as in `Duty`; `shift` is empty for an override outside every shift."""

    person: str
    shift: str
    by: str


class DutyPlan:
    """A roster made ready to be asked. Immutable."""

    def __init__(self, roster: Roster) -> None:
        """Index the roster."""
        self.roster = roster
        self.people: Mapping[str, Person] = {person.id: person for person in roster.people}
        self._tz = roster.tz
        self._table = {row.slot: row.people for row in roster.table}
        approved = [swap for swap in roster.swaps if swap.state is SwapState.APPROVED]
        self._swaps: dict[Slot, list[Swap]] = {}
        for swap in sorted(approved, key=lambda s: (s.decided_at or s.requested_at, s.id)):
            for slot in (swap.gives, swap.returns):
                if slot is not None:
                    self._swaps.setdefault(slot, []).append(swap)
        believed = [o for o in roster.overrides if o.recorded_to is None]
        self._overrides = sorted(believed, key=lambda o: (o.recorded_at, o.id))

    def on_duty(self, role: DutyRole, at: datetime) -> Sequence[Person]:
        """Return who is on duty in `role` at the instant, in the order of the table; nobody twice."""
        return tuple(self.people[d.person] for d in self.details(role, at) if d.person in self.people)

    def details(self, role: DutyRole, at: datetime) -> Sequence[OnDuty]:
        """Return who is on duty and what put each one there."""
        found: list[OnDuty] = []
        for shift, day in self._running(at):
            found += self._slot(Slot(day, shift.id, role))
        for override in self._overrides:
            if override.role is role and override.start <= at < override.end:
                found = _overridden(found, override)
        first: dict[str, OnDuty] = {}
        for duty in found:
            first.setdefault(duty.person, duty)
        return tuple(first.values())

    def slot(self, slot: Slot) -> Sequence[str]:
        """Return who has a slot after the swaps approved so far, overrides apart."""
        return tuple(d.person for d in self._slot(slot))

    def unit_contacts(self, unit: str) -> Sequence[Person]:
        """Return whom to tell when the unit as such must be told."""
        return tuple(p for p in self.roster.people if p.unit_contact and p.unit == unit)

    def duties(self, role: DutyRole, start: datetime, end: datetime) -> Sequence[Duty]:
        """Return the spans in which somebody is on duty in [start, end), by start; a person's spans are joined."""
        open_: dict[OnDuty, datetime] = {}
        done: list[Duty] = []
        for at, _until in self._pieces(role, start, end):
            now = dict.fromkeys(self.details(role, at))
            done += [_duty(role, gone, open_.pop(gone), at) for gone in [d for d in open_ if d not in now]]
            for new in now:
                open_.setdefault(new, at)
        done += [_duty(role, d, since, end) for d, since in open_.items()]
        return sorted(done, key=lambda d: (d.start, d.person))

    def gaps(self, roles: Collection[DutyRole], start: datetime, end: datetime) -> Sequence[Gap]:
        """Return the spans of [start, end) in which nobody is on duty in a role, each as long as it is."""
        found: list[Gap] = []
        for role in roles:
            for at, until in self._pieces(role, start, end):
                if self.on_duty(role, at):
                    continue
                if found and found[-1].role is role and found[-1].end == at:
                    found[-1] = Gap(role, found[-1].start, until)
                else:
                    found.append(Gap(role, at, until))
        return sorted(found, key=lambda gap: (gap.start, gap.role))

    def _pieces(self, role: DutyRole, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans between which nothing about the role can change."""
        edges = {start, end}
        day, last = start.astimezone(self._tz).date() - _DAY, end.astimezone(self._tz).date()
        while day <= last:
            for shift in self.roster.shifts:
                edges |= set(shift_bounds(shift, day, self._tz))
            day += _DAY
        for override in self._overrides:
            if override.role is role:
                edges |= {override.start, override.end}
        inside = sorted(edge for edge in edges if start <= edge <= end)
        yield from itertools.pairwise(inside)

    def _running(self, at: datetime) -> Iterator[tuple[Shift, date]]:
        """Yield the shifts that run at the instant, with the local day on which each began: those that began first."""
        today = at.astimezone(self._tz).date()
        for day in (today - _DAY, today):
            for shift in self.roster.shifts:
                start, end = shift_bounds(shift, day, self._tz)
                if start <= at < end:
                    yield shift, day

    def _slot(self, slot: Slot) -> list[OnDuty]:
        if (row := self._table.get(slot)) is not None:
            found = [OnDuty(person, slot.shift, "table") for person in row]
        else:
            turns = [r for r in self.roster.rotations if r.shift == slot.shift and r.role is slot.role]
            found = [OnDuty(p, slot.shift, f"rotation:{r.id}") for r in turns for p in team_of(r, slot.day)]
        for swap in self._swaps.get(slot, ()):
            goes, comes = (swap.giver, swap.taker) if slot == swap.gives else (swap.taker, swap.giver)
            found = [OnDuty(comes, d.shift, f"swap:{swap.id}") if d.person == goes else d for d in found]
        return found


def on_duty(roster: Roster, role: DutyRole, at: datetime) -> Sequence[Person]:
    """Return who is on duty in `role` at the instant. Whoever asks often keeps a `DutyPlan`."""
    return DutyPlan(roster).on_duty(role, at)


def _overridden(found: Sequence[OnDuty], override: DutyOverride) -> list[OnDuty]:
    stands_in = [] if override.person is None else [OnDuty(override.person, "", f"override:{override.id}")]
    if override.replaces is None:
        return stands_in
    if all(d.person != override.replaces for d in found):
        return list(found)
    return [d for d in found if d.person != override.replaces] + stands_in


def _duty(role: DutyRole, who: OnDuty, start: datetime, end: datetime) -> Duty:
    return Duty(start, end, role, who.person, who.shift, who.by)
