"""A roster's document and its slots as plain JSON and back. Local times and dates in ISO 8601."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from domain.duty import Assignment, ContactKind, DutyRole, Person, Roster, Rotation, Shift, Slot


def to_json(roster: Roster) -> dict[str, Any]:
    """Return people, shifts, rotations and the table; overrides and swaps have tables of their own."""
    return {
        "zone": roster.zone,
        "people": [_person(person) for person in roster.people],
        "shifts": [[s.id, s.title, s.start.isoformat(), s.end.isoformat()] for s in roster.shifts],
        "rotations": [_rotation(rotation) for rotation in roster.rotations],
        "table": [[*slot_to_json(row.slot), list(row.people)] for row in roster.table],
    }


def from_json(document: Mapping[str, Any], version: int) -> Roster:
    """Return the roster that `to_json` wrote, without overrides and swaps."""
    return Roster(
        people=tuple(_read_person(person) for person in document["people"]),
        shifts=tuple(
            Shift(ident, title, time.fromisoformat(start), time.fromisoformat(end))
            for ident, title, start, end in document["shifts"]
        ),
        rotations=tuple(_read_rotation(rotation) for rotation in document["rotations"]),
        table=tuple(
            Assignment(slot_from_json((day, shift, role)), tuple(people))
            for day, shift, role, people in document["table"]
        ),
        zone=document["zone"],
        version=version,
    )


def slot_to_json(slot: Slot) -> list[str]:
    """Return [day, shift, role]."""
    return [slot.day.isoformat(), slot.shift, slot.role.value]


def slot_from_json(row: Any) -> Slot:
    """Return the slot that `slot_to_json` wrote."""
    day, shift, role = row
    return Slot(date.fromisoformat(day), shift, DutyRole(role))


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "unit": person.unit,
        "language": person.language,
        "contacts": {kind.value: address for kind, address in person.contacts.items()},
        "unit_contact": person.unit_contact,
    }


def _read_person(document: Mapping[str, Any]) -> Person:
    contacts = {ContactKind(kind): address for kind, address in document["contacts"].items()}
    return Person(**{**document, "contacts": contacts})


def _rotation(rotation: Rotation) -> dict[str, Any]:
    return {
        "id": rotation.id,
        "shift": rotation.shift,
        "role": rotation.role.value,
        "teams": [list(team) for team in rotation.teams],
        "first_day": rotation.first_day.isoformat(),
        "days": rotation.days,
        "until": None if rotation.until is None else rotation.until.isoformat(),
        "weekdays": list(rotation.weekdays),
    }


def _read_rotation(document: Mapping[str, Any]) -> Rotation:
    until = document["until"]
    return Rotation(
        id=document["id"],
        shift=document["shift"],
        role=DutyRole(document["role"]),
        teams=tuple(tuple(team) for team in document["teams"]),
        first_day=date.fromisoformat(document["first_day"]),
        days=document["days"],
        until=None if until is None else date.fromisoformat(until),
        weekdays=tuple(document["weekdays"]),
    )
