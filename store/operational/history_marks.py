"""Marks of what may have changed closed periods, written in the transaction that changes it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from domain.history import Mark, joined
from store.operational.counters import Counter, take
from store.operational.history_schema import history_mark

MAX_MARKS = 10_000
"""Beyond so many, the marks of a kind are joined into one: more is looked at again, nothing is forgotten."""


def add_marks(connection: Connection, marks: Sequence[Mark], most: int = MAX_MARKS) -> None:
    """Remember marks. At the bound, those of a kind are joined."""
    if not marks:
        return
    first = take(connection, Counter.HISTORY_MARK, len(marks))
    connection.execute(insert(history_mark), [_row(m, n) for n, m in enumerate(marks, first)])
    held = connection.scalar(select(func.count()).select_from(history_mark)) or 0
    if held > most:
        _join(connection)


def mark_of(row: Any) -> Mark:
    """Return the mark of a row."""
    return Mark(row.kind, row.first, row.last, row.closed, row.why)


def _row(mark: Mark, number: int) -> dict[str, Any]:
    cells = {"kind": mark.kind, "first": mark.first, "last": mark.last, "closed": mark.closed, "why": mark.why}
    return {"id": number, **cells}


def _join(connection: Connection) -> None:
    by_kind: dict[str, list[Mark]] = defaultdict(list)
    for row in connection.execute(select(history_mark).order_by(history_mark.c.id)).all():
        by_kind[row.kind].append(mark_of(row))
    connection.execute(delete(history_mark))
    first = take(connection, Counter.HISTORY_MARK, len(by_kind))
    rows = [_row(joined(marks), number) for number, marks in enumerate(by_kind.values(), first)]
    connection.execute(insert(history_mark), rows)
