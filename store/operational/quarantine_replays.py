"""Replays of the quarantine in SQL. Every function works inside a transaction of its caller."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from domain.delivery import Delivery, Reason, Source
from domain.errors import NotFound
from domain.quarantine import Intended, Replay, ReplayWish, Settlement
from domain.record import QuarantineItem, QuarantineState
from store.operational.audit import Action, write_audit
from store.operational.counters import Counter, take
from store.operational.schema import quarantine_delivery, quarantine_item, quarantine_replay

_WHOLE: Final = -1
_ITEM, _DELIVERY, _REPLAY = quarantine_item.c, quarantine_delivery.c, quarantine_replay.c
_REPLAYING: Final = QuarantineState.REPLAYING.value


def intend(connection: Connection, chosen: Select[tuple[int]], wish: ReplayWish, author: str, now: datetime) -> Replay:
    """Take up the chosen entries and record the replay."""
    take(connection, Counter.QUARANTINE_DELIVERY, 0)  # the lock: nobody settles or expires meanwhile
    number = take(connection, Counter.QUARANTINE_REPLAY)
    values = {"state": _REPLAYING, "replay_id": number, "replay_offset": None}
    ids = chosen.subquery()
    done = connection.execute(update(quarantine_item).where(_ITEM.id.in_(select(ids.c.id))).values(values))
    items = done.rowcount
    row = {"id": number, "at": now, "author": author, "wish": _written(wish), "items": items, "replayed": 0, "again": 0}
    connection.execute(insert(quarantine_replay), [{**row, "finished_at": None if items else now}])
    write_audit(
        connection, now, author, Action.QUARANTINE_REPLAYED, {"replay": number, "items": items, **_written(wish)}
    )
    return Replay(number, now, author, wish, items, items, finished_at=None if items else now)


def _written(wish: ReplayWish) -> dict[str, Any]:
    return {
        "reason": None if wish.reason is None else wish.reason.value,
        "device": wish.device,
        "since": None if wish.since is None else wish.since.isoformat(),
        "entries": list(wish.entries),
        "limit": wish.limit,
    }


def _read(row: Row[Any]) -> Replay:
    wish = row.wish
    return Replay(
        row.id,
        row.at,
        row.author,
        ReplayWish(
            None if wish["reason"] is None else Reason(wish["reason"]),
            wish["device"],
            None if wish["since"] is None else datetime.fromisoformat(wish["since"]),
            tuple(wish["entries"]),
            wish["limit"],
        ),
        row.items,
        row.items - row.replayed - row.again,
        row.replayed,
        row.again,
        row.finished_at,
    )


def one(connection: Connection, number: int) -> Replay:
    """Return a replay. Raises `NotFound`."""
    row = connection.execute(select(quarantine_replay).where(_REPLAY.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"there is no replay {number}")
    return _read(row)


def newest(connection: Connection, before: int | None, limit: int) -> Sequence[Replay]:
    """Return replays, newest first."""
    query = select(quarantine_replay).order_by(_REPLAY.id.desc()).limit(limit)
    rows = connection.execute(query if before is None else query.where(_REPLAY.id < before))
    return [_read(row) for row in rows]


# -- into the journal ---------------------------------------------------------------------------------------------


def intended(connection: Connection, limit: int) -> Sequence[Intended]:
    """Return deliveries that are not in the journal yet, in the order in which they were taken up."""
    pending = and_(_ITEM.state == _REPLAYING, _ITEM.replay_offset.is_(None))
    first = select(_ITEM.replay_id, _ITEM.delivery_id).where(pending).group_by(_ITEM.replay_id, _ITEM.delivery_id)
    some = first.order_by(_ITEM.replay_id, _ITEM.delivery_id).limit(limit).subquery()
    query = (
        select(_ITEM.replay_id, _ITEM.delivery_id, _ITEM.position, quarantine_delivery)
        .join_from(quarantine_item, quarantine_delivery)
        .join(some, and_(some.c.replay_id == _ITEM.replay_id, some.c.delivery_id == _ITEM.delivery_id))
        .where(pending)
        .order_by(_ITEM.replay_id, _ITEM.delivery_id, _ITEM.position)
    )
    rows = connection.execute(query).all()
    return [_intended(list(group)) for _, group in groupby(rows, key=lambda row: (row.replay_id, row.delivery_id))]


def _intended(rows: Sequence[Row[Any]]) -> Intended:
    row = rows[0]
    places = None if row.position == _WHOLE else tuple(r.position for r in rows)
    delivery = Delivery(row.topic, row.payload, row.arrival, Source(row.source), row.epoch)
    return Intended(row.replay_id, row.delivery_id, delivery, places)


def appended(connection: Connection, done: Sequence[tuple[Intended, int]]) -> None:
    """Note where deliveries stand in the journal."""
    for what, offset in done:
        ours = and_(_ITEM.delivery_id == what.delivery_id, _ITEM.replay_id == what.replay, _ITEM.state == _REPLAYING)
        connection.execute(update(quarantine_item).where(ours).values(replay_offset=offset))


def reclaim(connection: Connection, settled: int, end: int) -> int:
    """Forget offsets that cannot be settled any more: the journal that held them is gone."""
    lost = or_(_ITEM.replay_offset < settled, _ITEM.replay_offset >= end)
    query = update(quarantine_item).where(_ITEM.state == _REPLAYING, lost).values(replay_offset=None)
    return connection.execute(query).rowcount


# -- what came of it ----------------------------------------------------------------------------------------------


def settle(
    connection: Connection,
    result: Settlement,
    row_of: Callable[[QuarantineItem, int], dict[str, Any]],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """Mark what came of one delivery and yield rows of entries that are new: rejects of what was rejected whole."""
    ours = and_(_ITEM.delivery_id == result.delivery_id, _ITEM.replay_id == result.replay, _ITEM.state == _REPLAYING)
    rejected = {_WHOLE if item.index is None else item.index: item for item in result.rejected}
    accepted = [*result.accepted, *([_WHOLE] if result.whole and _WHOLE not in rejected else [])]
    good = update(quarantine_item).where(ours, _ITEM.position.in_(accepted))
    done = connection.execute(good.values(state=QuarantineState.REPLAYED.value, settled_at=now)).rowcount
    again = 0
    for position, item in rejected.items():
        told = {name: value for name, value in row_of(item, 0).items() if name in {"reason", "detail", "device", "at"}}
        bad = update(quarantine_item).where(ours, _ITEM.position == position)
        values = {**told, "state": QuarantineState.WAITING.value, "attempts": _ITEM.attempts + 1, "replay_offset": None}
        marked = connection.execute(bad.values(values)).rowcount
        again += marked
        if not marked and result.whole and not _known(connection, result.delivery_id, position):
            yield row_of(item, result.delivery_id)
    take(connection, Counter.QUARANTINE_REPLAYED, done)
    sums = {"replayed": _REPLAY.replayed + done, "again": _REPLAY.again + again}
    connection.execute(update(quarantine_replay).where(_REPLAY.id == result.replay).values(sums))


def _known(connection: Connection, delivery_id: int, position: int) -> bool:
    """Whether there is such an entry, or its delivery is gone: then nothing is to be added."""
    entry = select(_ITEM.id).where(_ITEM.delivery_id == delivery_id, _ITEM.position == position)
    delivery = select(_DELIVERY.id).where(_DELIVERY.id == delivery_id)
    return connection.scalar(entry) is not None or connection.scalar(delivery) is None


def finish(connection: Connection, replays: Collection[int], now: datetime) -> None:
    """Note that replays are done of which nothing is on its way any more."""
    on_its_way = select(func.count()).where(_ITEM.replay_id == _REPLAY.id, _ITEM.state == _REPLAYING)
    query = update(quarantine_replay).where(
        _REPLAY.id.in_(sorted(replays)), _REPLAY.finished_at.is_(None), on_its_way.scalar_subquery() == 0
    )
    connection.execute(query.values(finished_at=now))
