"""The engine's lock: who waits has it before it comes back."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.fair_lock import FairLock
from tests.support.processes import wait_until


@contextmanager
def waiting(lock: FairLock, seen: list[str]) -> Iterator[None]:
    """Have another thread wait for a lock that is held; it notes when it has had it."""

    def take() -> None:
        with lock:
            seen.append("other")

    thread = threading.Thread(target=take)
    thread.start()
    wait_until(lambda: lock.wanted, "the other thread waits")
    yield
    thread.join(10)
    assert not thread.is_alive()


def test_who_waits_has_it_before_it_comes_back() -> None:
    lock, seen = FairLock(), list[str]()
    with ExitStack() as held:
        with lock:
            held.enter_context(waiting(lock, seen))
            assert seen == []
        with lock:
            assert seen == ["other"]


def test_who_holds_it_lets_others_have_it_in_between() -> None:
    lock, seen = FairLock(), list[str]()
    with lock:
        lock.give_way()
        with waiting(lock, seen):
            lock.give_way()
            assert seen == ["other"]


def test_it_is_let_go_of_with_the_outermost_hold() -> None:
    lock, seen = FairLock(), list[str]()
    with ExitStack() as held:
        with lock:
            with lock:
                held.enter_context(waiting(lock, seen))
            assert seen == []
        wait_until(lambda: seen == ["other"], "the other thread has it")
    assert not lock.wanted
