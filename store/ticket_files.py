"""Tickets of the 12345 hotline from CSV: each becomes a case file. Nothing of the callers is read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from domain.errors import ConfigError, Problem
from domain.incident import Incident, IncidentState, Origin
from domain.severity import Severity
from store.files import values
from store.files.csv_table import read_table
from store.files.values import Cell, Wrong

REQUIRED: Final = ("ticket", "title")
_LONG: Final = 1000


def load_tickets(path: Path, categories: Sequence[str], author: str, now: datetime) -> list[Incident]:
    """Read tickets as case files without ids, opened by `author` at `now`.

    Columns: `ticket`, `title`, and any of `category` (default hotline), `severity` (default minor), `unit`, `district`,
    `lon` and `lat` (WGS-84), `text`.

    Raises:
        ConfigError: with every mistake: file, line, field and reason. Nothing was opened.
    """
    readers = _readers(categories)
    try:
        table = read_table(path.read_bytes(), str(path), readers, REQUIRED)
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, "", error.strerror or "cannot be read")]) from None
    problems, cases, seen = list(table.problems), [], dict[str, int]()
    for row in table.rows:
        found, mistakes = _read(row.cells, readers)
        if (first := seen.setdefault(found.get("ticket", ""), row.line)) != row.line:
            mistakes.append(("ticket", f"stands in line {first} already"))
        problems += [Problem(str(path), row.line, field, reason) for field, reason in mistakes]
        if not mistakes:
            cases.append(_case(found, author, now))
    if problems:
        raise ConfigError(problems)
    return cases


def _readers(categories: Sequence[str]) -> Mapping[str, Callable[[object], Any]]:
    return {
        "ticket": values.ident,
        "title": values.text,
        "category": partial(values.choice, choices=categories),
        "severity": partial(values.choice, choices=list(Severity)),
        "unit": values.text,
        "district": values.district,
        "lon": partial(values.number, lowest=-180, highest=180),
        "lat": partial(values.number, lowest=-90, highest=90),
        "text": partial(values.text, longest=_LONG),
    }


def _read(
    cells: Mapping[str, Cell], readers: Mapping[str, Callable[[object], Any]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    found: dict[str, Any] = {}
    mistakes = [(name, "must not be empty") for name in REQUIRED if not cells.get(name)]
    for name, cell in cells.items():
        try:
            if cell:
                found[name] = readers[name](cell)
        except Wrong as wrong:
            mistakes.append((name, str(wrong)))
    if ("lon" in found) != ("lat" in found) and not mistakes:
        mistakes.append(("lat", "a place needs both lon and lat"))
    return found, mistakes


def _case(found: Mapping[str, Any], author: str, now: datetime) -> Incident:
    return Incident(
        id="",
        category=found.get("category", "hotline"),
        origin=Origin.HOTLINE,
        severity=Severity(found.get("severity", Severity.MINOR)),
        state=IncidentState.NEW,
        opened_at=now,
        opened_by=author,
        **{name: value for name, value in found.items() if name not in {"category", "severity"}},
    )
