"""Numbers and instants in the cells of published tables, and the signs that publishers put in their place."""

import re
from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from decimal import Decimal
from typing import Final

from rules.standards.hj633_editions import BEIJING

NOT_MONITORED: Final = frozenset({"/", "*"})
"""Not monitored here: nothing is missing, the figure is published all the same."""
MISSING: Final = frozenset({"", "-", "--", "—", "——", "NA", "N/A", "NULL"})
"""Measured, but invalid or lost; words in any case. `NA` is the mark of HJ 633-2012 itself."""
_SHORT: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2})(?=:)", re.ASCII)
"""2026/3/1 1:00, as spreadsheets print it: the year first, so that nothing is guessed."""
_MIDNIGHT: Final = re.compile(r"(?<=[T ])24(?=:00(:00)?(Z|[+-]|$))")
"""24:00 ends a day in ISO 8601; `datetime` of this Python does not read it."""
_DAY: Final = len("2026-03-01")
_UNDETECTED: Final = re.compile(r"<\s*(?P<less>\S+)|(?P<limit>\S+?)\s*L")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def number(column: str, text: str) -> Decimal | None:
    """Return the number in a cell, exactly as written; None for `MISSING` and `NOT_MONITORED`.

    Raises:
        ValueError: the cell holds something else.
    """
    cell = text.strip()
    if _is_sign(cell):
        return None
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{column}: {cell!r} is no number")
    return Decimal(cell)


def amount(column: str, text: str) -> Decimal | None:
    """Return the number in a cell of what cannot be below zero, else as `number`.

    Raises:
        ValueError: the cell holds something else, or less than nothing.
    """
    found = number(column, text)
    if found is not None and found < 0:
        raise ValueError(f"{column}: {found} is negative")
    return found


def undetected(text: str) -> str | None:
    """Return the detection limit, as written, of what was not found: `0.01L`, as laboratories have it, or `<0.01`."""
    found = _UNDETECTED.fullmatch(text.strip())
    return found and (found["less"] or found["limit"])


def instant(column: str, text: str) -> datetime:
    """Return the instant in a cell; without an offset it is Beijing time, as the national publication prints it.

    Raises:
        ValueError: the cell holds no instant; a day alone is none, for it would stand for its first moment.
    """
    cell = text.strip()
    full = _SHORT.sub(lambda m: f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}T{m[4]:0>2}", cell)
    usual = _MIDNIGHT.sub("00", full)
    try:
        at = datetime.fromisoformat(usual)
    except ValueError:
        raise ValueError(f"{column}: {cell!r} is no instant") from None
    if not MINYEAR < at.year < MAXYEAR:
        raise ValueError(f"{column}: {cell!r} is no instant")
    if len(cell) <= _DAY:
        raise ValueError(f"{column}: {cell!r} is a day, the hour is missing")
    if usual != full:
        at += timedelta(days=1)
    return at if at.tzinfo is not None else at.replace(tzinfo=BEIJING)


def first_present(row: Mapping[str, str], columns: Sequence[str]) -> tuple[str, str] | None:
    """Return name and cell of the first of `columns` that a row fills; a sign counts only where none has a number."""
    sign = None
    for column in columns:
        if column in row:
            cell = row[column].strip()
            if not _is_sign(cell):
                return column, cell
            sign = sign or (column, cell)
    return sign


def _is_sign(cell: str) -> bool:
    return cell in NOT_MONITORED or cell.upper() in MISSING
