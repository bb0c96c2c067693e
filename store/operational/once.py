"""Requests that may be repeated: a caller's Idempotency-Key is taken up once, its answer kept for a day.

What is kept is promised for the day, so nothing goes to make room: a caller with too many keys is told to wait.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from domain.errors import Conflict, TooMany
from domain.record import KeptAnswer
from store.operational.engine import Database
from store.operational.schema_duty import request_once

KEPT = timedelta(days=1)
"""How long an answer is kept (our choice; a client that repeats later than that asks anew)."""
MOST = 10_000
"""So many keys of one caller within a day (our choice): a person's thousandfold."""
_ABANDONED = timedelta(minutes=1)
"""A request that is not answered by then died with its process: it may be taken up again."""


class SqlOnce:
    """Implements `domain.ports.OnceStore`."""

    def __init__(self, database: Database, most: int = MOST) -> None:
        """Keep answers in `database`, `most` of one caller."""
        self._database, self._most = database, most

    def begin(self, caller: str, key: str, digest: str, now: datetime) -> KeptAnswer | None:
        """Take up a request; return None when it is new, else what was answered.

        Raises:
            Conflict: the key stands for another request, or the first one is not answered yet.
            TooMany: the caller has used too many keys within a day; those that are known are still answered.
        """
        ours = and_(request_once.c.caller == caller, request_once.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(request_once).where(request_once.c.at < now - KEPT))
            unanswered = and_(ours, request_once.c.status.is_(None), request_once.c.at < now - _ABANDONED)
            connection.execute(delete(request_once).where(unanswered))
            row = connection.execute(select(request_once).where(ours)).one_or_none()
            if row is None:
                self._check_room(connection, caller, now)
                values = {"caller": caller, "key": key, "digest": digest, "at": now}
                connection.execute(insert(request_once).values(values))
                return None
        if row.digest != digest:
            raise Conflict("This Idempotency-Key was used for another request.")
        if row.status is None:
            raise Conflict("The first request with this Idempotency-Key is still at work.")
        return KeptAnswer(row.status, row.body, row.location)

    def _check_room(self, connection: Connection, caller: str, now: datetime) -> None:
        count, oldest = func.count(), func.min(request_once.c.at)
        used, first = connection.execute(select(count, oldest).where(request_once.c.caller == caller)).one()
        if used >= self._most:
            wait = max(1, round((first + KEPT - now).total_seconds()) + 1)
            raise TooMany(f"{self._most} requests with an Idempotency-Key are kept of one key for a day.", wait)

    def answer(self, caller: str, key: str, answer: KeptAnswer) -> None:
        """Keep the answer."""
        ours = and_(request_once.c.caller == caller, request_once.c.key == key)
        values = {"status": answer.status, "body": answer.body, "location": answer.location}
        with self._database.write() as connection:
            connection.execute(update(request_once).where(ours).values(values))

    def release(self, caller: str, key: str) -> None:
        """Forget a request that failed, so that it can be tried again."""
        ours = and_(request_once.c.caller == caller, request_once.c.key == key)
        with self._database.write() as connection:
            connection.execute(delete(request_once).where(ours, request_once.c.status.is_(None)))
