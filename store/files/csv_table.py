"""A CSV file (RFC 4180, UTF-8) as rows that know their line. All mistakes of form are collected."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.errors import ConfigError, Problem
from store.files.text import decoded
from store.files.values import Cell


class Row(NamedTuple):
    """One record: the line where it starts (from 1), and its cells by column, without blanks around them."""

    line: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """What could be read, and what was wrong. `missing` are the required columns that the header lacks."""

    rows: Sequence[Row]
    problems: Sequence[Problem]
    missing: Collection[str]


def read_table(data: bytes, file: str, columns: Collection[str], required: Collection[str]) -> Table:
    """Read a table with a header of `columns`, in any order, at least those `required`.

    Raises:
        ConfigError: the file is empty, not UTF-8, or has no row below its header.
    """
    records = _records(decoded(data, file), file)
    problems: list[Problem] = []
    line, header = _first(records, file)
    names = [name.strip() for name in header]
    problems += (Problem(file, line, name, reason) for name, reason in _header_faults(names, columns, required))
    known = [(place, name) for place, name in enumerate(names) if name in columns]
    rows: list[Row] = []
    try:
        for row_line, cells in records:
            if len(cells) == len(names):
                rows.append(Row(row_line, {name: Cell(cells[place].strip()) for place, name in known}))
            else:
                problems.append(Problem(file, row_line, "", f"has {len(cells)} cells, the header has {len(names)}"))
    except ConfigError as broken:
        problems += broken.problems
    if not rows and not problems:
        problems.append(Problem(file, 0, "", "has no row below its header"))
    return Table(rows, problems, set(required) - set(names))


def _first(records: Iterator[tuple[int, list[str]]], file: str) -> tuple[int, list[str]]:
    first = next(records, None)
    if first is None:
        raise ConfigError([Problem(file, 0, "", "is empty")])
    return first


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the line it starts at."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ConfigError([Problem(file, line, "", f"is not CSV from here on: {error}")]) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header_faults(
    names: Sequence[str], columns: Collection[str], required: Collection[str]
) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(names, 1):
        if not name:
            yield f"column {number}", "has no name"
        elif name in names[: number - 1]:
            yield name, "is the name of two columns"
        elif name not in columns:
            yield name, f"is an unknown column; known are {', '.join(columns)}"
    for name in required:
        if name not in names:
            yield name, "is a required column and is missing"
