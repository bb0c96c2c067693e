"""Notes on hours survive whatever happens between taking and settling them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.reading import Reading
from rules.retention import Marks
from store.archive import ParquetArchive
from store.archive.due import Due

DAY = date(2026, 11, 23)
KIND = "streetlight"


def marks(*hours: int, days: tuple[int, ...] = ()) -> Marks:
    return Marks(frozenset(hours), frozenset(days))


@pytest.fixture
def due(tmp_path: Path) -> Due:
    (tmp_path / KIND / DAY.isoformat()).mkdir(parents=True)
    return Due(tmp_path)


def test_the_archive_notes_the_hours_of_what_it_keeps(tmp_path: Path) -> None:
    archive = ParquetArchive(tmp_path)
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    instants = [midnight + timedelta(hours=h) for h in (0, 1.5, 1.9, 23.99, 24)]
    archive.gather([(n, 0, Reading("L", KIND, at, at, {"power": 1.0})) for n, at in enumerate(instants)])
    archive.write()
    assert archive.due.waiting() == {(KIND, DAY): marks(0, 1, 23), (KIND, date(2026, 11, 24)): marks(0)}


def test_what_is_taken_is_waiting_until_it_is_settled(due: Due) -> None:
    due.note(KIND, DAY, marks(3, 4, days=(5,)))
    assert due.take(KIND, DAY) == marks(3, 4, days=(5,))
    assert due.waiting() == {(KIND, DAY): marks(3, 4, days=(5,))}
    due.settle(KIND, DAY, marks())
    assert due.waiting() == {}


def test_what_is_noted_while_work_goes_on_is_not_settled_with_it(due: Due) -> None:
    due.note(KIND, DAY, marks(3))
    due.take(KIND, DAY)
    due.note(KIND, DAY, marks(3, 9))
    due.settle(KIND, DAY, marks(days=(3,)))
    assert due.waiting() == {(KIND, DAY): marks(3, 9)}


def test_what_a_crash_left_taken_is_taken_again(due: Due) -> None:
    due.note(KIND, DAY, marks(3))
    due.take(KIND, DAY)
    due.note(KIND, DAY, marks(4, days=(3,)))
    assert Due(due.folder).take(KIND, DAY) == marks(3, 4)


def test_an_archive_of_an_older_release_is_noted_whole_and_once(due: Due) -> None:
    due.begin()
    assert due.waiting() == {(KIND, DAY): marks(*range(24))}
    due.take(KIND, DAY)
    due.settle(KIND, DAY, marks())
    due.begin()
    assert due.waiting() == {}


def test_only_one_run_is_at_work(due: Due) -> None:
    with due.alone(), pytest.raises(BlockingIOError, match="another run"), Due(due.folder).alone():
        pass
    with due.alone():
        pass


def test_notes_of_many_threads_are_all_there(due: Due) -> None:
    taken: set[int] = set()
    with ThreadPoolExecutor(4) as pool:
        noted = [pool.submit(due.note, KIND, DAY, marks(hour)) for hour in range(24) for _ in range(5)]
        for _ in range(20):
            taken |= due.take(KIND, DAY).hours
            due.settle(KIND, DAY, marks())
        for one in noted:
            one.result()
    assert taken | due.take(KIND, DAY).hours == set(range(24))


def test_a_day_that_was_dropped_meanwhile_needs_no_note(due: Due) -> None:
    due.settle(KIND, date(2020, 1, 1), marks(3))
    assert due.waiting() == {}
