"""The outbox of notices in SQL: posted in the transaction of what they tell of, sent at least once.

A key is taken once, so an engine that repeats a tick after a crash tells nobody twice. Instants are of the wall clock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from domain.errors import Conflict, NotFound
from domain.notice import Attempt, Notice, NoticeFilter, NoticeState, Outcome, Posted, Settled
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.engine import Database
from store.operational.notice_json import from_json, to_json
from store.operational.schema_duty import outbox, outbox_attempt
from store.operational.types import bigint

DIGEST_AFTER = timedelta(minutes=10)
"""How long a notice waits to be told with others (our choice: twice Alertmanager's group_interval)."""
_CHUNK = 500
_untried = and_(outbox.c.digest, outbox.c.attempts == 0)
"""Digested, and not tried yet: what was tried waits for its own time."""


def post(
    connection: Connection, notices: Sequence[Notice], now: datetime, digest_after: timedelta = DIGEST_AFTER
) -> int:
    """Add notices in the caller's transaction and return how many were new. `now` is the wall clock."""
    wanted = {notice.key: notice for notice in notices}
    for chunk in _chunks(list(wanted)):
        known = select(outbox.c.key).where(outbox.c.key.in_(chunk))
        for key in connection.execute(known).scalars():
            del wanted[key]
    if not wanted:
        return 0
    first = take(connection, Counter.NOTICE, len(wanted))
    rows = [
        _row(number, notice, now, now + digest_after if notice.digest else now)
        for number, notice in enumerate(wanted.values(), first)
    ]
    connection.execute(insert(outbox), rows)
    return len(rows)


class SqlOutbox:
    """Implements `domain.ports.Outbox`."""

    def __init__(self, database: Database) -> None:
        """Keep notices in `database`."""
        self._database = database

    def post(self, notices: Sequence[Notice], now: datetime, digest_after: timedelta = DIGEST_AFTER) -> int:
        """Add notices in a transaction of their own; return how many were new."""
        if not notices:
            return 0
        with self._database.write() as connection:
            return post(connection, notices, now, digest_after)

    def due(self, channel: str, now: datetime, limit: int, *, digests: bool = True) -> Sequence[Posted]:
        """Return what waits for a channel and is due, oldest first, and with it what may be told along with it.

        A channel without `digests` gets at once what others would be told later.
        """
        waiting = and_(outbox.c.state == NoticeState.WAITING, outbox.c.channel == channel)
        time = outbox.c.due_at <= now if digests else or_(outbox.c.due_at <= now, _untried)
        ripe = select(outbox).where(waiting, time).order_by(outbox.c.due_at, outbox.c.id)
        with self._database.read() as connection:
            rows = list(connection.execute(ripe.limit(limit)).mappings())
            if digests and any(row["digest"] for row in rows):
                persons = {row["person"] for row in rows if row["digest"]}
                to_them = or_(*(outbox.c.person.is_not_distinct_from(person) for person in persons))
                more = select(outbox).where(waiting, _untried, outbox.c.due_at > now, to_them).order_by(outbox.c.id)
                rows += connection.execute(more.limit(limit)).mappings()
        return tuple(_posted(dict(row), None) for row in rows)

    def settle(self, settled: Sequence[Settled]) -> None:
        """Record attempts and what follows from them."""
        with self._database.write() as connection:
            for one in settled:
                attempt = one.attempt
                known = select(func.max(outbox_attempt.c.number)).where(outbox_attempt.c.notice_id == attempt.notice)
                number = (connection.scalar(known) or 0) + 1
                connection.execute(insert(outbox_attempt).values(_attempt_row(attempt, number)))
                changed = update(outbox).where(outbox.c.id == attempt.notice)
                connection.execute(
                    changed.values(state=one.state.value, due_at=one.due_at, attempts=outbox.c.attempts + 1)
                )

    def recent(self, channel: str, since: datetime) -> Sequence[tuple[datetime, str | None]]:
        """Return when a channel was asked to tell somebody since an instant, and whom; one message, one row each."""
        asked = select(outbox_attempt.c.at, outbox_attempt.c.message, outbox.c.person).distinct()
        asked = asked.join(outbox, outbox.c.id == outbox_attempt.c.notice_id)
        with self._database.read() as connection:
            rows = connection.execute(asked.where(outbox.c.channel == channel, outbox_attempt.c.at > since)).all()
        one = {(row.at, row.message): row.person for row in rows}
        return tuple((at, person) for (at, _), person in one.items())

    def tried(self, channel: str, limit: int) -> Sequence[Attempt]:
        """Return the newest attempts of a channel, at most `limit`, newest first; one message, one attempt."""
        made = outbox_attempt.c
        first = func.min(made.notice_id).label("notice_id"), func.max(made.number).label("number")
        alike = (made.at, made.message, made.outcome, made.code, made.detail)
        asked = select(*first, *alike).join(outbox, outbox.c.id == made.notice_id).where(outbox.c.channel == channel)
        newest = asked.group_by(*alike).order_by(made.at.desc(), made.message.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(map(_attempt, connection.execute(newest).all()))

    def get(self, notice_id: int) -> tuple[Posted, Sequence[Attempt]]:
        """Return a notice with all its attempts. Raises `NotFound`."""
        with self._database.read() as connection:
            row = connection.execute(select(outbox).where(outbox.c.id == bigint(notice_id))).mappings().one_or_none()
            if row is None:
                raise NotFound(f"There is no notice {notice_id}.")
            attempts = _attempts(connection, [notice_id])
        return _posted(dict(row), attempts[-1] if attempts else None), attempts

    def list(self, wanted: NoticeFilter) -> Sequence[Posted]:
        """Return notices in the order of their ids, each with its last attempt."""
        query = select(outbox).where(outbox.c.id > bigint(wanted.after)).order_by(outbox.c.id).limit(wanted.limit)
        same = {outbox.c.state: wanted.state, outbox.c.channel: wanted.channel, outbox.c.alert_group: wanted.group}
        query = query.where(*(column == value for column, value in same.items() if value is not None))
        if wanted.since is not None:
            query = query.where(outbox.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(outbox.c.at <= wanted.until)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            last = {a.notice: a for a in _attempts(connection, [row["id"] for row in rows])}
        return tuple(_posted(dict(row), last.get(row["id"])) for row in rows)

    def counts(self) -> Mapping[tuple[str, NoticeState], int]:
        """Return how many notices are kept by channel and state."""
        query = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {(channel, NoticeState(state)): count for channel, state, count in rows}

    def resend(self, notice_id: int, author: str, now: datetime) -> Posted:
        """Let a dead letter be tried again, from now on. Raises `NotFound`; `Conflict` when it is no dead letter."""
        with self._database.write() as connection:
            found = select(outbox).where(outbox.c.id == bigint(notice_id)).with_for_update()
            row = connection.execute(found).mappings().one_or_none()
            if row is None:
                raise NotFound(f"There is no notice {notice_id}.")
            if row["state"] != NoticeState.DEAD:
                raise Conflict(f"Notice {notice_id} is {row['state']}; only a dead letter can be sent again.")
            values = {"state": NoticeState.WAITING.value, "posted_at": now, "due_at": now, "attempts": 0}
            connection.execute(update(outbox).where(outbox.c.id == notice_id).values(values))
            detail = {"notice": notice_id, "channel": row["channel"], "group": row["alert_group"]}
            write_audit(connection, now, author, Action.NOTICE_RESENT, detail)
            return _posted({**row, **values}, None)

    def forget(self, before: datetime, state: NoticeState) -> int:
        """Forget what was done before an instant, sent or dead, some in each transaction; return how many notices."""
        old, forgotten = and_(outbox.c.state == state, outbox.c.due_at < before), 0
        while gone := self._forget(old):
            forgotten += gone
        return forgotten

    def _forget(self, old: ColumnElement[bool]) -> int:
        with self._database.write() as connection:
            ids = connection.execute(select(outbox.c.id).where(old).limit(_CHUNK).with_for_update()).scalars().all()
            connection.execute(delete(outbox_attempt).where(outbox_attempt.c.notice_id.in_(ids)))
            connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
        return len(ids)


def _chunks(items: Sequence[Any]) -> Sequence[Sequence[Any]]:
    return [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]


def _attempts(connection: Connection, ids: Sequence[int]) -> Sequence[Attempt]:
    found: list[Attempt] = []
    for chunk in _chunks(ids):
        query = select(outbox_attempt).where(outbox_attempt.c.notice_id.in_(chunk))
        rows = connection.execute(query.order_by(outbox_attempt.c.notice_id, outbox_attempt.c.number)).all()
        found += map(_attempt, rows)
    return found


def _attempt(row: Any) -> Attempt:
    outcome = Outcome(row.outcome)
    return Attempt(row.notice_id, row.number, row.at, outcome, row.code, row.detail, row.message)


def _row(number: int, notice: Notice, now: datetime, due: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "key": notice.key,
        "channel": notice.channel,
        "person": notice.person,
        "alert_group": notice.group,
        "digest": notice.digest,
        "document": to_json(notice),
        "state": NoticeState.WAITING.value,
        "posted_at": now,
        "due_at": due,
        "attempts": 0,
        "at": notice.at,
    }


def _attempt_row(attempt: Attempt, number: int) -> dict[str, Any]:
    return {
        "notice_id": attempt.notice,
        "number": number,
        "at": attempt.at,
        "outcome": attempt.outcome.value,
        "code": attempt.code,
        "detail": attempt.detail,
        "message": attempt.message,
    }


def _posted(row: Mapping[str, Any], last: Attempt | None) -> Posted:
    state = NoticeState(row["state"])
    return Posted(row["id"], from_json(row), state, row["posted_at"], row["due_at"], row["attempts"], last)
