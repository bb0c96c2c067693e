"""The history in SQL: measures of closed periods, their revisions, and marks of what is to be looked at again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, select

from domain.history import HistoryQuery, Mark, Published, Revised, differs
from domain.period import PeriodKind
from domain.record import NewEvent
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.events import KEEP, log_events
from store.operational.history_marks import MAX_MARKS, add_marks, mark_of
from store.operational.history_rows import from_row, to_row
from store.operational.history_schema import history_mark, measure

_CHUNK = 300
_M = measure.c
Identity = tuple[str, str, str, datetime]


class SqlMeasureStore:
    """Implements `domain.ports.MeasureStore`."""

    def __init__(self, database: Database, keep_events: int = KEEP, max_marks: int = MAX_MARKS) -> None:
        """Keep the history in `database`, beside an event log of `keep_events` events."""
        self._database, self._keep, self._max_marks = database, keep_events, max_marks

    def publish(self, found: Sequence[Published], now: datetime) -> int:
        """Write down what is not there yet, as revision 0; return how much that was. Repeating changes nothing."""
        if not found:
            return 0
        with self._database.write() as connection:
            take(connection, Counter.MEASURE, 0)  # the lock: nobody else looks and then adds meanwhile
            known = _newest(connection, found)
            new = [p for p in {_identity(p): p for p in found}.values() if _identity(p) not in known]
            _add(connection, [(p, 0) for p in new], now)
        return len(new)

    def revise(
        self, found: Sequence[Published], now: datetime, tell: Callable[[Sequence[Revised]], Sequence[NewEvent]]
    ) -> Sequence[Revised]:
        """Write down what differs from the newest revision; return it, and log what `tell` says in the same commit."""
        with self._database.write() as connection:
            take(connection, Counter.MEASURE, 0)
            known = _newest(connection, found)
            revised = []
            for new in found:
                old = known.get(_identity(new))
                if old is None or differs(old.measure, new.measure):
                    revised.append(Revised(old, new))
            numbered = [(r.new, 0 if r.old is None else r.old.revision + 1) for r in revised]
            _add(connection, numbered, now)
            events = tell(revised) if revised else ()
            if events:
                log_events(connection, events, self._keep)
        return revised

    def history(self, asked: HistoryQuery) -> Sequence[Published]:
        """Return the newest revision of each period asked for, in the order of the periods."""
        later = measure.alias("later")
        same = [later.c[n] == _M[n] for n in ("indicator", "scope", "every", "start")]
        superseded = select(later.c.id).where(*same, later.c.revision > _M.revision).exists()
        query = _asked(asked).where(~superseded).order_by(_M.start)
        with self._database.read() as connection:
            if asked.ends is None:
                return [from_row(row) for row in connection.execute(query.limit(asked.limit))]
            found: list[Published] = []
            for ends in _chunks(sorted(asked.ends)):
                rows = connection.execute(query.where(_M.end.in_(ends)).limit(asked.limit - len(found)))
                found += [from_row(row) for row in rows]
                if len(found) >= asked.limit:
                    break
            return found

    def revisions(self, asked: HistoryQuery) -> Sequence[Published]:
        """Return every revision of the periods that have more than one, by period, oldest first.

        `limit` counts revisions; a period is never cut, so a little more may come.
        """
        more = measure.alias("more")
        same = [more.c[n] == _M[n] for n in ("indicator", "scope", "every", "start")]
        several = select(more.c.id).where(*same, more.c.revision > 0).exists()
        query = _asked(asked).where(several).order_by(_M.start, _M.revision)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(asked.limit)).all()
            if len(rows) == asked.limit:
                rest = query.where(_M.start == rows[-1].start)
                rows = [r for r in rows if r.start != rows[-1].start] + list(connection.execute(rest))
        return [from_row(row) for row in rows]

    def of_periods(self, indicator: str, every: PeriodKind, first: datetime, last: datetime) -> Sequence[Published]:
        """Return the newest revisions of all scopes for the periods that start in [first, last]."""
        query = select(measure).where(_M.indicator == indicator, _M.every == every.value, _M.start.between(first, last))
        with self._database.read() as connection:
            rows = [from_row(row) for row in connection.execute(query.order_by(_M.start, _M.scope, _M.revision))]
        return [list(group)[-1] for _, group in groupby(rows, key=_identity)]

    def instants(self, indicator: str, every: PeriodKind, first: datetime, last: datetime) -> Sequence[datetime]:
        """Return the instants in [first, last] as of which something was published, in order."""
        query = select(_M.at).where(_M.indicator == indicator, _M.every == every.value, _M.at.between(first, last))
        with self._database.read() as connection:
            return list(connection.scalars(query.distinct().order_by(_M.at)))

    def prune(self, before: datetime | None, rows: int) -> int:
        """Forget periods that ended before an instant, and the oldest records beyond `rows`; return how many."""
        with self._database.write() as connection:
            newest = take(connection, Counter.MEASURE, 0)
            gone = connection.execute(delete(measure).where(_M.id < newest - rows)).rowcount
            if before is not None:
                gone += connection.execute(delete(measure).where(_M.end < before)).rowcount
        return gone

    # -- marks --------------------------------------------------------------------------------------------------

    def mark(self, marks: Sequence[Mark]) -> None:
        """Remember durably what may have changed closed periods. At the bound, marks of a kind are joined."""
        if not marks:
            return
        with self._database.write() as connection:
            add_marks(connection, marks, self._max_marks)

    def marks(self, limit: int) -> Mapping[int, Mark]:
        """Return the oldest marks by id."""
        with self._database.read() as connection:
            rows = connection.execute(select(history_mark).order_by(history_mark.c.id).limit(limit)).all()
        return {row.id: mark_of(row) for row in rows}

    def unmark(self, ids: Iterable[int]) -> None:
        """Forget marks: what they touch has been looked at again."""
        with self._database.write() as connection:
            for part in _chunks(sorted(ids)):
                connection.execute(delete(history_mark).where(history_mark.c.id.in_(part)))

    def waiting(self) -> int:
        """Return how many marks wait."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(history_mark)) or 0


def _asked(asked: HistoryQuery) -> Select[Any]:
    return select(measure).where(
        _M.indicator == asked.indicator,
        _M.scope == asked.scope,
        _M.every == asked.every.value,
        and_(_M.start >= asked.start, _M.start < asked.end),
    )


def _identity(found: Published) -> Identity:
    return found.measure.indicator, found.measure.scope, found.every.value, found.start


def _newest(connection: Connection, found: Sequence[Published]) -> dict[Identity, Published]:
    """Return the newest revision of what is there already of the same periods."""
    periods: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    for each in found:
        periods[each.measure.indicator, each.every.value].add(each.start)
    wanted = {_identity(each) for each in found}
    known: dict[Identity, Published] = {}
    for (indicator, every), starts in periods.items():
        for part in _chunks(sorted(starts)):
            query = select(measure).where(_M.indicator == indicator, _M.every == every, _M.start.in_(part))
            for row in connection.execute(query.order_by(_M.revision)):
                there = from_row(row)
                if _identity(there) in wanted:
                    known[_identity(there)] = there
    return known


def _add(connection: Connection, numbered: Sequence[tuple[Published, int]], now: datetime) -> None:
    if not numbered:
        return
    first = take(connection, Counter.MEASURE, len(numbered))
    rows = [
        {**to_row(found), "id": number, "revision": revision, "recorded_at": now}
        for number, (found, revision) in enumerate(numbered, first)
    ]
    connection.execute(insert(measure), rows)


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
