"""A published yearly lighting timetable as CSV: `evening,on,off`, local times of the city.

One row an evening: `evening` is the date that the night is booked under (YYYY-MM-DD), `on` a time of its afternoon
or evening, `off` a time of the next morning (HH:MM or HH:MM:SS). Evenings that are left out follow the sun.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from reprlib import repr as shown
from typing import Any

from domain.errors import ConfigError, Problem
from domain.lighting import NightTimes
from store.files.csv_table import Row, read_table
from store.files.text import contents
from store.files.values import Cell, Wrong

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_NOON = time(12)


def load_nights(path: Path) -> Sequence[NightTimes]:
    """Read a timetable file; the nights come back in the order of their evenings.

    Raises:
        ConfigError: with every mistake of the file.
    """
    file = str(path)
    table = read_table(contents(path), file, tuple(_READERS), tuple(_READERS))
    problems = list(table.problems)
    nights: dict[date, NightTimes] = {}
    lines: dict[date, int] = {}
    for row in table.rows if not table.missing else ():
        read = _read(row, file, problems)
        if read is None:
            continue
        if first := lines.get(read.evening):
            problems.append(Problem(file, row.line, "evening", f"{read.evening} stands in line {first} already"))
        lines.setdefault(read.evening, row.line)
        nights[read.evening] = read
    if problems:
        raise ConfigError(sorted(problems, key=lambda problem: problem.line))
    return tuple(nights[evening] for evening in sorted(nights))


def _read(row: Row, file: str, problems: list[Problem]) -> NightTimes | None:
    """Return the night, or None after adding what is wrong with it to `problems`."""
    found: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            found[name] = read(row.cells[name])
        except Wrong as wrong:
            problems.append(Problem(file, row.line, name, str(wrong)))
    return NightTimes(**found) if len(found) == len(_READERS) else None


def _evening(cell: Cell) -> date:
    if _DATE.fullmatch(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise Wrong(f"{cell} is not in the calendar") from None
    raise Wrong(f"{shown(cell)} is not a date, such as 2026-01-31")


def _time(cell: Cell) -> time:
    if _TIME.fullmatch(cell):
        try:
            return time.fromisoformat(cell)
        except ValueError:
            raise Wrong(f"{cell} is no time of the day") from None
    raise Wrong(f"{shown(cell)} is not a time, such as 18:05")


def _on(cell: Cell) -> time:
    found = _time(cell)
    if found < _NOON:
        raise Wrong(f"{cell} is before noon; a night begins in the afternoon or evening")
    return found


def _off(cell: Cell) -> time:
    found = _time(cell)
    if found >= _NOON:
        raise Wrong(f"{cell} is not before noon; a night ends in the next morning")
    return found


_READERS: Mapping[str, Callable[[Cell], date | time]] = {"evening": _evening, "on": _on, "off": _off}
