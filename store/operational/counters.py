"""Numbers that grow: versions and ids, handed out in the order of commit.

A database sequence would not do: PostgreSQL hands out ids before the commit, so that a reader who goes on from the
newest id it saw would miss a smaller one that is committed later. Here the row stays locked until the commit.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from store.operational.schema import counter


class Counter(StrEnum):
    """The rows of the table `counter`. Whoever advances several takes them in this order, so that nobody deadlocks."""

    REGISTER = "register"
    DEVICE_VERSION = "device_version"
    LIGHTING = "lighting"
    QUARANTINE_DELIVERY = "quarantine_delivery"
    QUARANTINE_ITEM = "quarantine_item"
    QUARANTINE_REPLAY = "quarantine_replay"
    QUARANTINE_REPLAYED = "quarantine_replayed"
    QUARANTINE_EXPIRED = "quarantine_expired"
    MEASURE = "measure"
    HISTORY_MARK = "history_mark"
    ALERT = "alert"
    ALERT_EXPIRED = "alert_expired"
    ALERT_COMMAND = "alert_command"
    ALERT_MUTE = "alert_mute"
    INCIDENT = "incident"
    EVENT = "event"
    DUTY = "duty"
    NOTICE = "notice"
    AUDIT = "audit"


class Turn(NamedTuple):
    """A version number, and the recorded time that belongs to it."""

    version: int
    at: datetime


def take(connection: Connection, which: Counter, count: int = 1) -> int:
    """Reserve `count` consecutive numbers and return the first."""
    reserve = update(counter).where(counter.c.name == which).values(value=counter.c.value + count)
    last: int = connection.execute(reserve.returning(counter.c.value)).scalar_one()
    return last - count + 1


def next_turn(connection: Connection, which: Counter, now: datetime) -> Turn:
    """Lock the counter and return the version that would come next, with its recorded time; nothing is written yet.

    Recorded time never runs backwards, even if the clock was set back: an as-of question has one answer for ever.
    """
    row = connection.execute(select(counter).where(counter.c.name == which).with_for_update()).one()
    return Turn(row.value + 1, now if row.at is None else max(now, row.at))


def begin(connection: Connection, which: Counter, turn: Turn) -> None:
    """Make `turn` the current version."""
    connection.execute(update(counter).where(counter.c.name == which).values(value=turn.version, at=turn.at))


def current(connection: Connection, which: Counter) -> int:
    """Return the newest number handed out; 0 before the first."""
    value: int = connection.execute(select(counter.c.value).where(counter.c.name == which)).scalar_one()
    return value
