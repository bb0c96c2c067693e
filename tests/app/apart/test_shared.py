"""Answers that many ask for at once are fetched once, and hold for a moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.apart.shared import Shared
from domain.errors import StoreUnavailable


class Steady:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_holds_for_its_moment_and_is_then_fetched_anew() -> None:
    steady, asked = Steady(), iter(range(10))
    shared = Shared(0.5, steady)
    assert [shared.get("x", lambda: next(asked)) for _ in range(3)] == [0, 0, 0]
    assert shared.get("y", lambda: next(asked)) == 1
    steady.now = 0.5
    assert shared.get("x", lambda: next(asked)) == 0
    steady.now = 0.51
    assert shared.get("x", lambda: next(asked)) == 2


def test_who_asks_while_an_answer_is_fetched_waits_for_it_instead_of_asking_too() -> None:
    shared, all_there, fetched = Shared(60), threading.Barrier(16, timeout=60), []

    def fetch() -> int:
        fetched.append(1)
        return 7

    def ask(_: int) -> int:
        all_there.wait()
        return shared.get("x", fetch)

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == [7] * 16
    assert len(fetched) == 1


def test_an_error_is_told_and_not_held() -> None:
    shared = Shared(60)

    def fail() -> int:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        shared.get("x", fail)
    assert shared.get("x", lambda: 1) == 1


def test_what_is_held_has_a_ceiling() -> None:
    shared = Shared(60)
    for number in range(25_000):
        shared.get(number, lambda: None)
    assert len(shared) <= 10_000
