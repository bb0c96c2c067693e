"""Numbers and instants in the cells of published tables, and the signs that publishers put in their place."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from rules.standards.hj633_editions import BEIJING

NOT_MONITORED: Final = frozenset({"/", "*"})
"""Not monitored here: nothing is missing, the figure is published all the same."""
MISSING: Final = frozenset({"", "-", "--", "—", "——"})
"""Measured, but invalid or lost."""
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


def number(column: str, text: str) -> Decimal | None:
    """Return the number in a cell, exactly as written; None for `MISSING` and `NOT_MONITORED`.

    Raises:
        ValueError: the cell holds something else.
    """
    cell = text.strip()
    if cell in MISSING or cell in NOT_MONITORED:
        return None
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{column}: {cell!r} is no number")
    return Decimal(cell)


def instant(column: str, text: str) -> datetime:
    """Return the instant in a cell; without an offset it is Beijing time, as the national publication prints it.

    Raises:
        ValueError: the cell holds no instant.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{column}: {text.strip()!r} is no instant") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=BEIJING)


def first_present(row: Mapping[str, str], columns: Sequence[str]) -> tuple[str, str] | None:
    """Return name and cell of the first of `columns` that a row fills; a sign counts only where none has a number."""
    found = [(column, row[column].strip()) for column in columns if column in row]
    filled = [(column, cell) for column, cell in found if cell not in MISSING and cell not in NOT_MONITORED]
    return next(iter(filled or found), None)
