"""A roster from files (CSV, XLSX) or JSON, whole or not at all; and out again as iCalendar.

A table that is brought replaces the one known: people, shifts and rotations wholly, the table of days from its first to
its last day. What is left out stays.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from domain.duty import Assignment, ContactKind, Duty, DutyRole, Person, Roster, Rotation, Shift, Slot
from domain.errors import ConfigError, Problem
from store.files import values
from store.files.csv_table import Row
from store.files.duty_tables import REQUIRED, Table, tables_of, tables_of_json
from store.files.values import Cell, Wrong

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = re.compile("([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_MONDAY, _SUNDAY = 1, 7
_ROLES: Final = {role.word: role.value for role in DutyRole}
LANGUAGES: Final = ("zh", "en")


def load_roster(paths: Sequence[Path], known: Roster) -> Roster:
    """Read files into the roster that is known.

    Raises:
        ConfigError: with every mistake: file, line, field and reason; nothing is taken over then.
    """
    return _merged(*tables_of(paths), known)


def parse_roster(document: Mapping[str, object], known: Roster) -> Roster:
    """Read JSON tables into the roster that is known; the same rules as for files. Raises `ConfigError`."""
    return _merged(*tables_of_json(document), known)


def _merged(tables: Sequence[Table], problems: list[Problem], known: Roster) -> Roster:
    read: dict[str, list[Any]] = {}
    for table in tables:
        read[table.name] = _rows(table, problems)
    roster = replace(
        known,
        people=tuple(read.get("people", known.people)),
        shifts=tuple(read.get("shifts", known.shifts)),
        rotations=tuple(read.get("rotations", known.rotations)),
        table=_table(read["table"], known) if read.get("table") else known.table,
    )
    if not problems:
        problems += _strangers(roster, tables)
    if problems:
        raise ConfigError(sorted(problems, key=attrgetter("file", "line")))
    return roster


def _table(rows: Sequence[Assignment], known: Roster) -> tuple[Assignment, ...]:
    first, last = min(r.slot.day for r in rows), max(r.slot.day for r in rows)
    kept = [row for row in known.table if not first <= row.slot.day <= last]
    return tuple(sorted([*kept, *rows], key=attrgetter("slot")))


def _rows(table: Table, problems: list[Problem]) -> list[Any]:
    make = _MAKERS[table.name]
    found: dict[object, Any] = {}
    lines: dict[object, int] = {}
    for row in table.rows:
        fields, before = {}, len(problems)
        for name, read in _READERS[table.name].items():
            cell = row.cells.get(name, Cell())
            if not cell and name not in _blank_allowed(table.name):
                problems.append(table.problem(row, name, "is blank"))
            elif cell:
                try:
                    fields[name] = read(cell)
                except Wrong as wrong:
                    problems.append(table.problem(row, name, str(wrong)))
        if len(problems) > before:
            continue
        made = make(fields)
        key = getattr(made, "slot", None) or made.id
        if key in found:
            problems.append(table.problem(row, "", f"says the same again as line {lines[key]}"))
        found[key], lines[key] = made, row.line
    return list(found.values())


def _blank_allowed(name: str) -> set[str]:
    """A slot may have nobody: that is said by a blank, and is a gap."""
    return (set(_READERS[name]) - set(REQUIRED[name])) | ({"people"} if name == "table" else set())


def _strangers(roster: Roster, tables: Sequence[Table]) -> list[Problem]:
    """Return references to people and shifts that nobody knows, with the line where a file brought them."""
    people, shifts = {p.id for p in roster.people}, {s.id for s in roster.shifts}
    places = {table.name: (table, _by_key(table)) for table in tables}
    found: list[Problem] = []

    def say(name: str, key: str, field: str, reason: str) -> None:
        table, rows = places.get(name, (None, {}))
        if table is not None and key in rows:
            found.append(table.problem(rows[key], field, reason))
        else:
            found.append(Problem("roster", 0, f"{name} {key}, {field}", reason))

    for rotation in roster.rotations:
        if rotation.shift not in shifts:
            say("rotations", rotation.id, "shift", f"there is no shift {rotation.shift!r}")
        for person in {p for team in rotation.teams for p in team} - people:
            say("rotations", rotation.id, "teams", f"there is no person {person!r}")
    for row in roster.table:
        key = f"{row.slot.day} {row.slot.shift} {row.slot.role.value}"
        if row.slot.shift not in shifts:
            say("table", key, "shift", f"there is no shift {row.slot.shift!r}")
        for person in set(row.people) - people:
            say("table", key, "people", f"there is no person {person!r}")
    return found


def _by_key(table: Table) -> Mapping[str, Row]:
    if table.name != "table":
        return {row.cells["id"]: row for row in table.rows}
    return {f"{r.cells['day']} {r.cells['shift']} {_role(r.cells['role']).value}": r for r in table.rows}


# -- cells --------------------------------------------------------------------------------------------------------


def _day(cell: Cell) -> date:
    if _DAY.fullmatch(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise Wrong(f"{cell} is not in the calendar") from None
    raise Wrong(f"{str(cell)!r} is not a date, such as 2026-01-31")


def _clock(cell: Cell) -> time:
    if not _CLOCK.fullmatch(cell):
        raise Wrong(f"{str(cell)!r} is not a local time, such as 08:30")
    return time.fromisoformat(cell)


def _role(cell: Cell) -> DutyRole:
    return DutyRole(values.choice(_ROLES.get(cell, str(cell)), [role.value for role in DutyRole]))


def _people(cell: Cell) -> tuple[str, ...]:
    return tuple(values.ident(part.strip()) for part in re.split("[;；、]", cell) if part.strip())


def _teams(cell: Cell) -> tuple[tuple[str, ...], ...]:
    """Teams are parted by `;`, the people of one by `+`."""
    parts = [part for part in re.split("[;；]", cell) if part.strip()]
    return tuple(tuple(values.ident(one.strip()) for one in part.split("+")) for part in parts)


def _weekdays(cell: Cell) -> tuple[int, ...]:
    days = {values.integer(Cell(part.strip()), _MONDAY, _SUNDAY) - 1 for part in re.split("[;；,、]", cell)}
    return tuple(sorted(days))


def _language(cell: Cell) -> str:
    return values.choice(cell, LANGUAGES)


def _days(cell: Cell) -> int:
    return values.integer(cell, 1, 366)


_READERS: Final[Mapping[str, Mapping[str, Callable[[Cell], Any]]]] = {
    "people": {
        "id": values.ident,
        "name": values.text,
        "unit": values.text,
        "language": _language,
        "unit_contact": values.truth,
        **{kind.value: values.text for kind in ContactKind},
    },
    "shifts": {"id": values.ident, "title": values.text, "start": _clock, "end": _clock},
    "rotations": {
        "id": values.ident,
        "shift": values.ident,
        "role": _role,
        "teams": _teams,
        "first_day": _day,
        "days": _days,
        "until": _day,
        "weekdays": _weekdays,
    },
    "table": {"day": _day, "shift": values.ident, "role": _role, "people": _people},
}


def _person(fields: Mapping[str, Any]) -> Person:
    contacts = {kind: fields[kind.value] for kind in ContactKind if kind.value in fields}
    own = {name: value for name, value in fields.items() if name not in {kind.value for kind in ContactKind}}
    return Person(**own, contacts=contacts)


def _assignment(fields: Mapping[str, Any]) -> Assignment:
    return Assignment(Slot(fields["day"], fields["shift"], fields["role"]), fields.get("people", ()))


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "people": _person,
    "shifts": lambda fields: Shift(**fields),
    "rotations": lambda fields: Rotation(**fields),
    "table": _assignment,
}


def parse_slot(text: str) -> Slot:
    """Read DAY/SHIFT/ROLE, such as 2026-01-31/day/officer. Raises `ValueError`."""
    parts = text.split("/")
    if len(parts) != len(("day", "shift", "role")):
        raise ValueError(f"{text!r} is not DAY/SHIFT/ROLE, such as 2026-01-31/day/officer")
    try:
        return Slot(_day(Cell(parts[0])), values.ident(parts[1]), _role(Cell(parts[2])))
    except Wrong as wrong:
        raise ValueError(str(wrong)) from None


# -- iCalendar ----------------------------------------------------------------------------------------------------


def to_icalendar(duties: Sequence[Duty], roster: Roster, now: datetime) -> bytes:
    """Return spans of duty as an iCalendar file (RFC 5545), in UTC; no addresses. `now` is its time stamp."""
    from icalendar import Calendar, Event  # late: it is large, and the service starts without it

    names = {person.id: person.name for person in roster.people}
    titles = {shift.id: shift.title for shift in roster.shifts}
    calendar = Calendar()
    calendar.add("prodid", "-//Quanyan//duty roster//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "值班表")
    for duty in duties:
        event = Event()
        event.add("uid", f"{duty.role}-{duty.person}-{duty.start:%Y%m%dT%H%M%SZ}@quanyan")
        event.add("dtstamp", now)
        event.add("dtstart", duty.start)
        event.add("dtend", duty.end)
        shift = titles.get(duty.shift, "")
        event.add("summary", f"{duty.role.word} {names.get(duty.person, duty.person)}{f' {shift}' if shift else ''}")
        event.add("description", duty.by)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
