"""The life of an entry: waits, is replayed, is stored or rejected again, expires. The books balance at every step."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.delivery import Delivery, Journaled, Reason
from domain.errors import NotFound
from domain.quarantine import Books, Expiry, ReplayWish, Settlement
from domain.record import QuarantineFilter, QuarantineItem, QuarantineState
from store.operational import OperationalStore
from store.operational.audit import Action
from tests.store.operational.builders import T0, hours

FOREVER = Expiry(None, T0 - timedelta(days=1), 1_000_000, 1 << 40)


def item(place: int | None, reason: Reason = Reason.UNKNOWN_DEVICE, device: str | None = "SL-1") -> QuarantineItem:
    return QuarantineItem(0, place, reason, "why", device, T0)


def keep(
    store: OperationalStore, offset: int, *places: int | None, device: str = "SL-1", payload: bytes = b"{}"
) -> None:
    delivery = Delivery("city/v1/streetlight/370102/GW-1/batch", payload, hours(offset), epoch=3)
    items = [replace(item(place, device=device), offset=offset) for place in places]
    store.quarantine.add([(Journaled(offset, delivery), items)])


def balanced(store: OperationalStore) -> Books:
    books = store.quarantine.books()
    assert books.ever == books.waiting + books.replaying + books.replayed + books.expired
    return books


def states(store: OperationalStore, replay: int | None = None) -> list[tuple[int | None, QuarantineState, int]]:
    found = store.quarantine.list(QuarantineFilter(limit=1000, replay=replay))
    return [(entry.item.index, entry.state, entry.attempts) for entry in found]


def settled(store: OperationalStore, *results: Settlement) -> None:
    store.quarantine.settle(results, hours(100))
    before = balanced(store), store.quarantine.replays()
    store.quarantine.settle(results, hours(101))
    assert (balanced(store), store.quarantine.replays()) == before


def test_a_replay_takes_up_what_agrees_and_leaves_an_audit_record(store: OperationalStore) -> None:
    keep(store, 0, 0, 2)
    keep(store, 5, 1, device="SL-2")
    keep(store, 6, 1)
    replay = store.quarantine.intend(ReplayWish(Reason.UNKNOWN_DEVICE, "SL-1", hours(0)), "li", hours(7))
    assert (replay.items, replay.waiting, replay.finished_at) == (3, 3, None)
    assert balanced(store) == Books(4, 1, 3, 0, 0)
    assert [(i.delivery.arrival, i.positions) for i in store.quarantine.intended(10)] == [
        (hours(0), (0, 2)),
        (hours(6), (1,)),
    ]
    (audit,) = [e for e in store.audit.list() if e.action is Action.QUARANTINE_REPLAYED]
    assert (audit.author, audit.detail["items"], audit.detail["reason"]) == ("li", 3, "unknown_device")
    assert store.quarantine.replay(replay.id) == replay
    assert store.quarantine.replays() == [replay]


def test_what_is_on_its_way_is_not_taken_up_twice(store: OperationalStore) -> None:
    keep(store, 0, 0)
    store.quarantine.intend(ReplayWish(), "li", T0)
    second = store.quarantine.intend(ReplayWish(), "li", T0)
    assert (second.items, second.finished_at) == (0, T0)


@pytest.mark.parametrize(
    ("wish", "places"),
    [
        (ReplayWish(since=hours(2)), [2, 3]),
        (ReplayWish(limit=1), [0]),
        (ReplayWish(entries=[2, 4]), [1, 3]),
        (ReplayWish(Reason.NOT_JSON), []),
    ],
)
def test_a_wish_chooses_by_arrival_number_and_id(store: OperationalStore, wish: ReplayWish, places: list[int]) -> None:
    for offset in range(4):
        keep(store, offset, offset)
    assert store.quarantine.intend(wish, "li", T0).items == len(places)
    assert [i.positions for i in store.quarantine.intended(10)] == [(place,) for place in places]


def test_what_is_stored_is_marked_and_what_is_rejected_waits_with_the_newest_reason(store: OperationalStore) -> None:
    keep(store, 0, 0, 1, 2)
    replay = store.quarantine.intend(ReplayWish(), "li", T0)
    (one,) = store.quarantine.intended(10)
    store.quarantine.appended([(one, 17)])
    assert store.quarantine.intended(10) == []
    settled(store, Settlement(replay.id, one.delivery_id, [0, 2], [item(1, Reason.OUT_OF_RANGE)]))
    assert balanced(store) == Books(3, 1, 0, 2, 0)
    done = store.quarantine.replay(replay.id)
    assert (done.waiting, done.replayed, done.again, done.finished_at) == (0, 2, 1, hours(100))
    (left,) = store.quarantine.list(QuarantineFilter())
    assert (left.item.reason, left.item.index, left.attempts, left.replay) == (Reason.OUT_OF_RANGE, 1, 1, replay.id)
    assert store.quarantine.counts()[Reason.OUT_OF_RANGE] == 1
    assert [s for _, s, _ in states(store, replay.id)].count(QuarantineState.REPLAYED) == 2


def test_a_delivery_that_can_be_taken_apart_now_leaves_entries_of_the_readings_that_cannot(
    store: OperationalStore,
) -> None:
    keep(store, 0, None)
    replay = store.quarantine.intend(ReplayWish(), "li", T0)
    (one,) = store.quarantine.intended(10)
    assert one.positions is None
    settled(store, Settlement(replay.id, one.delivery_id, [0, 2], [item(1)], whole=True))
    assert states(store) == [(1, QuarantineState.WAITING, 0)]
    assert balanced(store) == Books(2, 1, 0, 1, 0)


def test_a_late_copy_of_an_older_replay_changes_nothing_of_a_newer_one(store: OperationalStore) -> None:
    keep(store, 0, 0)
    first = store.quarantine.intend(ReplayWish(), "li", T0)
    (one,) = store.quarantine.intended(10)
    rejected = Settlement(first.id, one.delivery_id, [], [item(0)])
    store.quarantine.settle([rejected], T0)
    second = store.quarantine.intend(ReplayWish(), "li", T0)
    store.quarantine.settle([rejected], T0)
    assert store.quarantine.replay(second.id).waiting == 1
    assert states(store) == [(0, QuarantineState.REPLAYING, 1)]


def test_after_the_journal_was_lost_what_it_held_goes_in_anew(store: OperationalStore) -> None:
    for offset in range(3):
        keep(store, offset, 0)
    store.quarantine.intend(ReplayWish(), "li", T0)
    pending = store.quarantine.intended(10)
    store.quarantine.appended([(one, offset) for one, offset in zip(pending, (4, 5, 90), strict=True)])
    assert store.quarantine.reclaim(settled=5, end=6) == 2
    assert [i.delivery.arrival for i in store.quarantine.intended(10)] == [hours(0), hours(2)]


def test_the_counts_by_device_come_most_first(store: OperationalStore) -> None:
    keep(store, 0, 0, 1, device="SL-2")
    keep(store, 1, 0)
    assert store.quarantine.by_device(10) == [
        ("SL-2", Reason.UNKNOWN_DEVICE, 2),
        ("SL-1", Reason.UNKNOWN_DEVICE, 1),
    ]
    assert len(store.quarantine.by_device(1)) == 1


def remaining(store: OperationalStore) -> Sequence[int]:
    return [entry.item.offset for entry in store.quarantine.list(QuarantineFilter(limit=10_000))]


def test_what_is_too_old_goes_and_is_counted_by_reason(store: OperationalStore) -> None:
    for offset in range(6):
        keep(store, offset, 0)
    assert store.quarantine.expire(FOREVER) == {}
    assert store.quarantine.expire(replace(FOREVER, before=hours(4))) == {Reason.UNKNOWN_DEVICE: 4}
    assert remaining(store) == [4, 5]
    assert balanced(store) == Books(6, 2, 0, 0, 4)


def test_beyond_the_number_or_the_bytes_the_oldest_go(store: OperationalStore) -> None:
    for offset in range(1_200):
        keep(store, offset, 0, payload=json.dumps({"n": offset}).encode())
    store.quarantine.expire(replace(FOREVER, max_items=1_050))
    assert remaining(store)[0] == 150
    store.quarantine.expire(replace(FOREVER, max_bytes=7_000))
    assert 0 < len(remaining(store)) <= 7_000 // 9
    assert remaining(store)[-1] == 1_199
    balanced(store)


def test_what_is_on_its_way_never_expires_and_what_was_replayed_goes_after_its_time(store: OperationalStore) -> None:
    keep(store, 0, 0)
    keep(store, 1, 0)
    replay = store.quarantine.intend(ReplayWish(), "li", T0)
    first, _ = store.quarantine.intended(10)
    store.quarantine.settle([Settlement(replay.id, first.delivery_id, [0], [])], hours(100))
    everything = Expiry(hours(9999), hours(101), 0, 0)
    assert store.quarantine.expire(everything) == {}
    assert states(store) == [(0, QuarantineState.REPLAYING, 0)]
    assert states(store, replay.id) == [(0, QuarantineState.REPLAYING, 0)]
    assert balanced(store) == Books(2, 0, 1, 1, 0)
    with pytest.raises(NotFound):
        store.quarantine.get(1)


def test_a_replay_that_is_not_there_is_not_found(store: OperationalStore) -> None:
    with pytest.raises(NotFound):
        store.quarantine.replay(7)
    assert store.quarantine.replays(before=2**70) == []
