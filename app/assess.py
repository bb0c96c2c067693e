"""CSV in, CSV out for `quanyan assess`: every column and row is kept, the computed columns are added.

A malformed row keeps its place, has a note and no computed values.
"""

import csv
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Protocol, TextIO

from domain.errors import ConfigError, Problem

STDIN: Final = "stdin"
NOTE: Final = "note"
LONGEST_RECORD: Final = 50
"""A quoted cell may hold line breaks; one that does not end within so many lines is taken for a stray quote."""

csv.field_size_limit(sys.maxsize)  # a long cell is no error, and the limit is the module's alone

Assess = Callable[[Mapping[str, str]], dict[str, str]]
"""Computes cells from a row; a `ValueError` says what is malformed."""


class Writer(Protocol):
    """What rows are written to."""

    def writerow(self, row: Sequence[str], /) -> Any:
        """Write one row."""
        ...


class UnixLines:
    """What a CSV writer writes to: its own lines end in CR LF, so that it quotes a CR; what comes out ends in LF."""

    def __init__(self, out: TextIO) -> None:
        """Pass lines on to `out`."""
        self._out = out

    def write(self, line: str) -> int:
        """Write one record."""
        return self._out.write(line.removesuffix("\r\n") + "\n")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file: the line it begins at, its cells, and why they cannot be read, if so."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is done to a table: the columns it is judged by, those added, whether its head will do, and the rows."""

    used: Collection[str]
    computed: Sequence[str]
    check: Callable[[Sequence[str]], None]
    """Raises a `ConfigError` for names of columns that cannot be judged."""
    assess: Assess


def assess_rows(lines: Iterator[str], out: Writer, judgement: Judgement) -> Iterator[Problem]:
    """Write the assessed rows in order; yield the problem of each malformed one as it is met.

    Raises:
        ConfigError: there is no head, a column used is there twice, or the check refuses it; nothing was written.
    """
    rows = records(lines)
    first = next(rows, None)
    if first is None:
        raise ConfigError([Problem(STDIN, 1, "", "is empty; the first line must name the columns")])
    head = [cell.strip() for cell in first.cells]
    names = columns(head, judgement.used)
    if twice := [name for name in judgement.used if names.count(name) > 1]:
        raise ConfigError([Problem(STDIN, first.line, name, "the column is there twice") for name in twice])
    judgement.check(names)
    kept = [n for n, name in enumerate(names) if name not in judgement.computed]
    out.writerow([*(head[n] for n in kept), *judgement.computed])
    for record in rows:
        cells = [*record.cells, *[""] * (len(names) - len(record.cells))]
        found, problem = _judge(record, dict(zip(names, cells, strict=False)), len(names), judgement.assess)
        out.writerow([*(cells[n] for n in kept), *(found.get(name, "") for name in judgement.computed)])
        if problem is not None:
            yield problem


def columns(head: Iterable[str], used: Iterable[str]) -> list[str]:
    """Return the names of the columns; those in use are known in capitals, too."""
    known = {name.lower(): name for name in used}
    return [known.get(cell.strip().lower(), cell.strip()) for cell in head]


def in_one_encoding(lines: Iterable[str]) -> Iterator[str]:
    """Read again, as GB18030, each line that is no UTF-8: spreadsheets in China save so. Bytes of neither are kept.

    `lines` were decoded with `surrogateescape`.
    """
    for line in lines:
        try:
            line.encode()
        except UnicodeEncodeError:
            yield line.encode("utf-8", "surrogateescape").decode("gb18030", "surrogateescape")
        else:
            yield line


def misfit(record: Record, width: int) -> str:
    """Return why a row does not go with a head of so many columns; nothing if it does. Empty cells beyond it do."""
    if record.problem or (len(record.cells) >= width and not any(record.cells[width:])):
        return record.problem
    return f"the row has {len(record.cells)} cells, the head {width}"


def _judge(record: Record, row: Mapping[str, str], width: int, assess: Assess) -> tuple[dict[str, str], Problem | None]:
    reason = misfit(record, width)
    if not reason:
        try:
            return assess(row), None
        except ValueError as error:
            reason = str(error)
    return {NOTE: f"error: {reason}"}, Problem(STDIN, record.line, "", reason)


def records(lines: Iterator[str]) -> Iterator[Record]:
    """Yield the rows of a CSV text; blank lines are none. A stray quote spoils its own line, not the rest."""
    number, ahead = 0, list[str]()
    while ahead or (ahead := list(islice(lines, 1))):
        taken, cells = 1, _parse(ahead[:1])
        while cells is None and taken < LONGEST_RECORD:
            if taken == len(ahead):
                ahead += islice(lines, 1)
            if taken == len(ahead):
                break
            taken += 1
            cells = _parse(ahead[:taken])
        if cells is None:
            taken = 1
            alone = next(csv.reader([ahead[0].rstrip("\r\n")]))
            yield Record(number + 1, alone, "a quote is not closed, or text follows one")
        elif cells:
            yield Record(number + 1, cells)
        number += taken
        ahead = ahead[taken:]


def _parse(lines: list[str]) -> list[str] | None:
    """Return the cells of one record that takes exactly these lines; None if it does not."""
    try:
        found = list(csv.reader(lines, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
