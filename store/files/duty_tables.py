"""The four tables of a roster as rows of text: from CSV files, from the sheets of an XLSX file, from JSON."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from domain.duty import ContactKind
from domain.errors import ConfigError, Problem
from store.files.csv_table import Row, read_table
from store.files.text import contents, decoded
from store.files.values import Cell

_CONTACTS: Final = tuple(kind.value for kind in ContactKind)
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "people": ("id", "name", "unit", "language", "unit_contact", *_CONTACTS),
    "shifts": ("id", "title", "start", "end"),
    "rotations": ("id", "shift", "role", "teams", "first_day", "days", "until", "weekdays"),
    "table": ("day", "shift", "role", "people"),
}
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "people": ("id", "name"),
    "shifts": ("id", "title", "start", "end"),
    "rotations": ("id", "shift", "role", "teams", "first_day"),
    "table": ("day", "shift", "role", "people"),
}
SHEETS: Final = {"人员": "people", "班次": "shifts", "轮班": "rotations", "值班表": "table"}
"""The Chinese names that sheets may have, beside those of the tables."""
_TELLING: Final = {"teams": "rotations", "day": "table", "start": "shifts"}
"""A column that only one table has."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it came in. `file` and the row's line say where."""

    name: str
    file: str
    rows: Sequence[Row]
    counted: bool = True
    """Whether rows have lines; those of JSON are named by their place in the list."""

    def problem(self, row: Row, field: str, reason: str) -> Problem:
        """Return what is wrong with a field of a row."""
        if self.counted:
            return Problem(self.file, row.line, field, reason)
        return Problem(self.file, 0, f"{self.name}[{row.line}].{field}", reason)


def tables_of(paths: Sequence[Path]) -> tuple[Sequence[Table], list[Problem]]:
    """Return the tables of CSV files (one each) and XLSX files (a sheet each), and what is wrong with their form.

    Raises:
        ConfigError: a file cannot be read, or is of another kind.
    """
    tables: list[Table] = []
    problems: list[Problem] = []
    for path in paths:
        match path.suffix.lower():
            case ".csv":
                found, wrong = _from_csv(contents(path), str(path))
            case ".xlsx":
                found, wrong = _from_xlsx(contents(path), str(path))
            case _:
                raise ConfigError([Problem(str(path), 0, "", "its name must end in .csv or .xlsx")])
        tables += found
        problems += wrong
    seen: dict[str, str] = {}
    for table in tables:
        if table.name in seen:
            problems.append(Problem(table.file, 0, "", f"the table {table.name} came with {seen[table.name]} already"))
        seen[table.name] = table.file
    return tables, problems


def tables_of_json(document: Mapping[str, object]) -> tuple[Sequence[Table], list[Problem]]:
    """Return the tables of a JSON object: a list of objects for each. A list in a cell is its parts."""
    tables: list[Table] = []
    problems: list[Problem] = []
    for name, rows in document.items():
        if name not in COLUMNS:
            problems.append(Problem("body", 0, name, f"is none of the tables {', '.join(COLUMNS)}"))
        elif not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problems.append(Problem("body", 0, name, "must be a list of objects"))
        else:
            cells = [{key: _json_cell(value) for key, value in row.items()} for row in rows]
            for number, row in enumerate(cells):
                problems += [
                    Problem("body", 0, f"{name}[{number}].{key}", "is unknown")
                    for key in row
                    if key not in COLUMNS[name]
                ]
                problems += [
                    Problem("body", 0, f"{name}[{number}].{key}", "is missing")
                    for key in REQUIRED[name]
                    if key not in row
                ]
            tables.append(Table(name, "body", [Row(n, row) for n, row in enumerate(cells)], counted=False))
    return tables, problems


def _json_cell(value: Any) -> Cell:
    if isinstance(value, list):
        return Cell(";".join("+".join(map(str, v)) if isinstance(v, list) else str(v) for v in value))
    if isinstance(value, bool):
        return Cell(str(value).lower())
    return Cell("" if value is None else str(value))


def _from_csv(data: bytes, file: str) -> tuple[list[Table], list[Problem]]:
    first = decoded(data, file).lstrip("\ufeff").splitlines()[0]
    names = [part.strip().strip('"') for part in first.split(",")]
    name = next((table for column, table in _TELLING.items() if column in names), "people")
    table = read_table(data, file, COLUMNS[name], REQUIRED[name])
    return [Table(name, file, table.rows if not table.missing else ())], list(table.problems)


def _from_xlsx(data: bytes, file: str) -> tuple[list[Table], list[Problem]]:
    from openpyxl import load_workbook  # late: it is large, and few rosters come as XLSX
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise ConfigError([Problem(file, 0, "", f"is no XLSX file: {error.__class__.__name__}")]) from None
    tables: list[Table] = []
    problems: list[Problem] = []
    try:
        for sheet in book.worksheets:
            name = SHEETS.get(sheet.title.strip(), sheet.title.strip().lower())
            where = f"{file}[{sheet.title}]"
            if name in COLUMNS:
                table, wrong = _from_sheet(name, where, [list(row) for row in sheet.iter_rows(values_only=True)])
                tables.append(table)
                problems += wrong
    finally:
        book.close()
    if not tables:
        problems.append(Problem(file, 0, "", f"has no sheet named {', '.join([*COLUMNS, *SHEETS])}"))
    return tables, problems


def _from_sheet(name: str, where: str, rows: list[list[Any]]) -> tuple[Table, list[Problem]]:
    header = [_cell(value).strip() for value in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    problems = [
        Problem(where, 1, column or f"column {n}", f"is an unknown column; known are {', '.join(COLUMNS[name])}")
        for n, column in enumerate(header, 1)
        if column not in COLUMNS[name]
    ]
    problems += [Problem(where, 1, c, "is the name of two columns") for c in set(header) if header.count(c) > 1]
    lacking = [column for column in REQUIRED[name] if column not in header]
    problems += [Problem(where, 1, column, "is a required column and is missing") for column in lacking]
    found = [
        Row(line, {column: Cell(_cell(value).strip()) for column, value in zip(header, row, strict=False)})
        for line, row in enumerate(rows[1:], 2)
        if any(value is not None and _cell(value).strip() for value in row)
    ]
    return Table(name, where, [] if lacking else found), problems


def _cell(value: Any) -> str:
    """Return a cell of a spreadsheet as the text that a CSV file would have."""
    text = "" if value is None else str(value)
    if isinstance(value, bool):
        text = text.lower()
    elif isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time() else value.isoformat()
    elif isinstance(value, time):
        text = value.isoformat("minutes" if value.second == 0 else "seconds")
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return text
