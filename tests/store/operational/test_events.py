from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.record import EventType, LoggedEvent, NewEvent
from store.operational import OperationalStore
from tests.store.operational.builders import T0, hours


def _event(number: float = 0) -> NewEvent:
    return NewEvent(EventType.MEASURE_CHANGED, hours(number), {"value": number, "scope": "city", "路": [1.5, None]})


@pytest.fixture
def small(url: str) -> Iterator[OperationalStore]:
    store = OperationalStore(url, keep_events=10)
    yield store
    store.close()


def test_an_empty_log_has_no_bounds_and_no_tick(store: OperationalStore) -> None:
    assert store.events.bounds() == (0, 0)
    assert store.events.ticked_through() is None
    assert store.events.commit(()) == ()


def test_events_come_back_in_order_with_growing_ids(store: OperationalStore) -> None:
    logged = [*store.events.commit([_event(1), _event(2)]), *store.events.commit([_event(3)])]
    assert [entry.id for entry in logged] == [1, 2, 3]
    assert list(store.events.after(0, 100)) == logged
    assert list(store.events.after(1, 1)) == logged[1:2]
    assert store.events.after(2**70, 5) == ()
    assert store.events.bounds() == (1, 3)


def test_ticks_are_remembered_with_and_without_events(store: OperationalStore, url: str) -> None:
    store.events.commit([], hours(1))
    store.events.commit([_event()], hours(2))
    store.events.commit([_event()])
    other = OperationalStore(url)
    assert other.events.ticked_through() == hours(2)
    other.close()


def test_neither_events_nor_tick_are_kept_when_the_commit_fails(store: OperationalStore) -> None:
    store.events.commit([], hours(1))
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.events.commit([_event(1), NewEvent(EventType.MEASURE_CHANGED, T0, {"value": float("nan")})], hours(2))
    with pytest.raises(ValueError, match="no time zone"):
        store.events.commit([_event(1)], hours(2).replace(tzinfo=None))
    assert store.events.ticked_through() == hours(1)
    assert store.events.bounds() == (0, 0)
    assert store.events.commit([_event()]) == (LoggedEvent(1, _event()),)


def test_only_the_newest_events_are_kept(small: OperationalStore) -> None:
    for number in range(7):
        small.events.commit([_event(number)] * 3)
    assert small.events.bounds() == (12, 21)
    assert len(small.events.after(0, 100)) == 10
    small.events.commit([_event()] * 25)
    assert small.events.bounds() == (37, 46)


def test_a_follower_misses_nothing_while_several_write(store: OperationalStore, url: str) -> None:
    other = OperationalStore(url)
    total = 120

    def write(which: OperationalStore) -> None:
        for number in range(total // 4):
            which.events.commit([_event(number)])

    def follow() -> Sequence[int]:
        seen: list[int] = []
        while len(seen) < total:
            seen += (entry.id for entry in store.events.after(seen[-1] if seen else 0, 100))
        return seen

    with ThreadPoolExecutor(5) as pool:
        follower = pool.submit(follow)
        for job in [pool.submit(write, which) for which in (store, other, store, other)]:
            job.result(120)
        assert follower.result(120) == list(range(1, total + 1))
    other.close()
