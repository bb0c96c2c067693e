"""How much of what is wrong is kept: of one sender, of all together, and for how long the books remember."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.budget import BYTES_OF_ONE, Allowance, Budget
from tests.support.ingest import ARRIVAL

SMALL, LARGE = Allowance(10, 3600), Allowance(1000, 3600)
SECOND = timedelta(seconds=1)


def budget(of_sender: Allowance = SMALL, of_all: Allowance = LARGE) -> Budget:
    return Budget(lambda sender: sender.startswith("L"), of_sender, of_all)


def test_so_much_is_kept_at_once_and_then_a_sample() -> None:
    book = budget()
    assert [book.take("L1", ARRIVAL, 1, 0) for _ in range(12)] == [True] * 10 + [False] * 2
    later = [book.take("L1", ARRIVAL + n * SECOND / 10, 1, 0) for n in range(100)]
    assert sum(later) == 9
    assert book.take("L2", ARRIVAL, 1, 0), "the others have budgets of their own"


def test_a_large_delivery_is_kept_whole_and_owed_for() -> None:
    book = budget()
    assert book.take("L1", ARRIVAL, 20, 5 * BYTES_OF_ONE)
    assert book.spent("L1", ARRIVAL + 15 * SECOND)
    assert not book.spent("L1", ARRIVAL + 16 * SECOND)


def test_a_thousand_names_are_one_purse_and_strangers_do_not_spend_that_of_the_register() -> None:
    book = budget(of_all=Allowance(50, 3600))
    assert sum(book.take(f"X{n}", ARRIVAL, 1, 0) for n in range(1000)) == 50
    assert book.spent("X-new", ARRIVAL)
    assert not book.spent("L1", ARRIVAL)


def test_asking_changes_nothing() -> None:
    book = budget()
    assert not any(book.spent("L1", ARRIVAL) for _ in range(100))
    assert book.remembered == 0


def test_a_clock_that_was_set_back_does_not_stop_the_sample_for_as_long() -> None:
    book = budget()
    for _ in range(9):
        book.take("L1", ARRIVAL, 1, 0)
    back = ARRIVAL - timedelta(days=1)
    assert book.take("L1", back, 1, 0)
    assert book.take("L1", back + SECOND, 1, 0)


def test_the_purses_are_bounded() -> None:
    book = Budget(lambda _: False, Allowance(1, 1), Allowance(10**9, 1), most=1000)
    for n in range(1200):
        book.take(f"X{n}", ARRIVAL, 1, 0)
    assert book.remembered == 1000
    book.take("X-new", ARRIVAL + timedelta(hours=2), 1, 0)
    assert book.remembered == 1, "those that are full again are forgotten"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 5)), max_size=60))
def test_never_more_is_kept_than_the_allowance_and_one_delivery(taken: list[tuple[int, int]]) -> None:
    book, now, kept = budget(), ARRIVAL, 0
    for wait, entries in taken:
        now += timedelta(milliseconds=100 * wait)
        kept += entries * book.take("L1", now, entries, 0)
    assert kept <= 10 + (now - ARRIVAL).total_seconds() + 5
