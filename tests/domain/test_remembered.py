"""A cache that is full forgets what was not asked for, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from domain.remembered import Remembered


def counted(most: int, longest: int = 256) -> tuple[Remembered[str, str], list[str]]:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    return Remembered(make, most, longest), made


def test_as_many_keys_as_it_may_hold_are_made_once_however_often_they_come_round() -> None:
    cache, made = counted(1000)
    keys = [f"d{n}" for n in range(1000)]
    for _ in range(5):
        assert [cache[key] for key in keys] == [key.upper() for key in keys]
    assert len(made) == 1000


def test_half_more_keys_than_that_cost_some_and_not_all() -> None:
    cache, made = counted(1000)
    keys = [f"d{n}" for n in range(1500)]
    for key in keys * 3:
        _ = cache[key]
    made.clear()
    for key in keys * 10:
        _ = cache[key]
    assert 0 < len(made) < 0.75 * 10 * 1500  # a cache that is cleared whole, or the oldest first, makes every one again


def test_a_flood_of_keys_that_never_come_again_pushes_out_none_that_do() -> None:
    cache, made = counted(1000)
    ours = [f"ours{n}" for n in range(200)]
    for key in ours:
        _ = cache[key]
    for first in range(0, 50_000, 400):
        for n in range(first, first + 400):
            _ = cache[f"flood{n}"]
        for key in ours:
            _ = cache[key]
    assert sum(key.startswith("ours") for key in made) == 200


def test_long_keys_are_answered_and_not_kept() -> None:
    cache, made = counted(10, longest=8)
    assert [cache["a" * 9] for _ in range(3)] == ["A" * 9] * 3
    assert (len(made), cache.held) == (3, 0)


def test_what_is_made_may_be_nothing_and_is_remembered_all_the_same() -> None:
    calls: list[str] = []
    cache: Remembered[str, None] = Remembered(calls.append, 2)
    for key in ["a", "b", "c", "a", "b", "c"]:
        assert cache[key] is None
    assert calls == ["a", "b", "c"]


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=2)), st.integers(1, 20))
def test_it_answers_right_within_twice_its_ceiling(keys: list[str], most: int) -> None:
    cache, made = counted(most)
    for key in keys:
        assert cache[key] == key.upper()
        assert cache.held <= 2 * most
    recent: list[str] = []
    for key in reversed(keys):
        if len(set(recent) | {key}) > most:
            break
        recent.append(key)
    made.clear()
    for key in set(recent):
        _ = cache[key]
    assert not made
