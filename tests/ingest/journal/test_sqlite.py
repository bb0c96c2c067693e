import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from domain.delivery import Delivery, Source
from domain.errors import ConfigError, JournalFull, Unavailable
from ingest.journal.segment import Segment
from ingest.journal.sqlite import SqliteJournal
from tests.support.ingest import ARRIVAL

CAP, ROLL = 64 * 2**20, 2**20


def delivery(number: int, size: int = 10, minutes: int = 0) -> Delivery:
    arrival = ARRIVAL + timedelta(minutes=minutes)
    return Delivery(f"topic/{number}", bytes([number % 256]) * size, arrival, Source.MQTT, number)


def deliveries(first: int, count: int, size: int = 10) -> list[Delivery]:
    return [delivery(number, size) for number in range(first, first + count)]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("journal-*.sqlite"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(folder, ["store", "engine"], CAP, ROLL)
    yield opened
    opened.close()


def test_offsets_count_from_zero_without_gaps(journal: SqliteJournal) -> None:
    assert [journal.append(deliveries(0, 3)), journal.append(deliveries(3, 1)), journal.end] == [0, 3, 4]


def test_what_was_appended_is_read_back_from_any_offset(journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 5))
    journal.append(deliveries(5, 5))

    for offset in range(11):
        found = journal.read(offset, 4)
        assert [entry.offset for entry in found] == list(range(offset, min(offset + 4, 10)))
        assert [entry.delivery for entry in found] == deliveries(offset, len(found))


def test_an_empty_append_is_a_mistake(journal: SqliteJournal) -> None:
    with pytest.raises(ValueError, match="nothing"):
        journal.append([])


def test_offsets_go_on_after_a_restart(folder: Path, journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    journal.commit("store", 2)
    journal.close()

    again = SqliteJournal(folder, ["store", "engine"], CAP, ROLL)

    assert (again.end, again.committed("store"), again.committed("engine")) == (3, 2, 0)
    assert again.append(deliveries(3, 1)) == 3
    assert [entry.delivery for entry in again.read(0, 9)] == deliveries(0, 4)
    again.close()


def test_files_are_rolled_by_size_and_go_when_every_consumer_has_passed(folder: Path, journal: SqliteJournal) -> None:
    for number in range(0, 40, 4):
        journal.append(deliveries(number, 4, size=100_000))
    rolled = files(folder)
    assert len(rolled) > 2

    journal.commit("store", journal.end)
    assert files(folder) == rolled
    journal.commit("engine", 20)
    assert files(folder) == [name for name in rolled if name >= "journal-00000000000000000012.sqlite"]
    assert journal.read(0, 1)[0].offset == 12
    assert [entry.delivery for entry in journal.read(20, 100)] == deliveries(20, 20, size=100_000)
    journal.commit("engine", journal.end)
    assert files(folder) == rolled[-1:]


def test_files_are_rolled_by_age_of_arrival(folder: Path) -> None:
    journal = SqliteJournal(folder, ["store"], CAP, ROLL, roll_age=timedelta(minutes=10))
    for number, minutes in enumerate([0, 9, 10, 15, 21]):
        journal.append([delivery(number, minutes=minutes)])

    assert len(files(folder)) == 3
    assert [entry.offset for entry in journal.read(0, 9)] == [0, 1, 2, 3, 4]
    journal.close()


def test_at_the_cap_nothing_is_kept_until_consumers_make_room(folder: Path) -> None:
    journal = SqliteJournal(folder, ["store"], 2**20, 2**18)
    kept = 0
    while journal.bytes_kept + 60_000 < journal.bytes_cap:
        journal.append([delivery(kept, 50_000)])
        kept += 1
    with pytest.raises(JournalFull, match="cap"):
        journal.append(deliveries(kept, 2, 50_000))

    assert journal.end == kept
    assert len(journal.read(0, 100)) == kept
    assert journal.bytes_kept <= journal.bytes_cap
    journal.commit("store", kept)
    assert journal.append([delivery(kept, 50_000)]) == kept
    journal.close()


def test_wait_returns_when_the_offset_is_there_and_false_when_it_is_not(journal: SqliteJournal) -> None:
    assert not journal.wait(0, 0.01)
    seen: list[bool] = []
    waiting = threading.Thread(target=lambda: seen.append(journal.wait(1, 30)))
    waiting.start()
    journal.append([delivery(0)])
    journal.append([delivery(1)])
    waiting.join(30)

    assert seen == [True]


def test_closing_wakes_those_who_wait(journal: SqliteJournal) -> None:
    waiting = threading.Thread(target=journal.wait, args=(0, 60))
    waiting.start()
    journal.close()
    waiting.join(30)

    assert not waiting.is_alive()
    with pytest.raises(JournalFull, match="closed"):
        journal.append([delivery(0)])


def test_a_new_consumer_starts_at_the_oldest_kept(folder: Path, journal: SqliteJournal) -> None:
    for number in range(0, 40, 4):
        journal.append(deliveries(number, 4, size=100_000))
    journal.commit("store", 30)
    journal.commit("engine", 30)
    oldest = journal.read(0, 1)[0].offset
    journal.close()

    again = SqliteJournal(folder, ["store", "archive"], CAP, ROLL)

    assert again.committed("archive") == oldest
    assert again.committed("store") == 30
    again.close()


def test_a_commit_never_goes_back_and_never_beyond_the_end(journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    journal.commit("store", 3)
    journal.commit("store", 1)

    assert journal.committed("store") == 3
    with pytest.raises(ValueError, match="beyond"):
        journal.commit("store", 4)
    with pytest.raises(KeyError):
        journal.commit("stranger", 1)


def test_a_second_user_of_the_folder_is_told_who_has_it(folder: Path, journal: SqliteJournal) -> None:
    with pytest.raises(ConfigError, match=f"pid {os.getpid()}"):
        SqliteJournal(folder, ["store"], CAP, ROLL)
    journal.append([delivery(0)])


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match=r"journal\.folder"):
        SqliteJournal(tmp_path / "file" / "journal", ["store"], CAP, ROLL)


def test_a_damaged_last_file_is_named_and_the_folder_is_free_again(folder: Path, journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    journal.commit("store", 3)
    journal.close()
    last = folder / files(folder)[-1]
    last.write_bytes(b"this is no database" * 1000)

    for _ in range(2):
        with pytest.raises(ConfigError, match=last.name):
            SqliteJournal(folder, ["store"], CAP, ROLL)

    last.unlink()
    again = SqliteJournal(folder, ["store", "engine"], CAP, ROLL)
    assert again.end == 3  # offsets that a consumer has passed are never given again
    assert again.committed("engine") == 3
    assert not again.wait(3, 0.01)
    assert again.append([delivery(3)]) == 3
    assert [entry.offset for entry in again.read(0, 9)] == [3]
    again.close()


def test_a_missing_file_in_the_middle_is_told_and_passed_over(
    folder: Path, journal: SqliteJournal, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(0, 40, 4):
        journal.append(deliveries(number, 4, size=100_000))
    journal.close()
    lost = folder / files(folder)[1]
    lost.unlink()

    again = SqliteJournal(folder, ["store", "engine"], CAP, ROLL)

    assert "journal_has_a_gap" in caplog.messages
    found: list[int] = []
    while entries := again.read(found[-1] + 1 if found else 0, 5):
        found += [entry.offset for entry in entries]
    assert found == [*range(12), *range(24, 40)]
    again.close()


def test_damage_found_while_reading_is_not_silence(folder: Path, journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    other = sqlite3.connect(folder / files(folder)[0], isolation_level=None)
    other.execute("UPDATE batch SET deliveries = X'0102'")
    other.close()

    with pytest.raises(Unavailable, match="damaged"):
        journal.read(0, 1)


def test_a_file_that_a_crash_left_empty_is_taken_over(folder: Path, journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    journal.close()
    (folder / "journal-00000000000000000003.sqlite").touch()

    again = SqliteJournal(folder, ["store"], CAP, ROLL)

    assert again.append([delivery(3)]) == 3
    assert [entry.delivery for entry in again.read(0, 9)] == deliveries(0, 4)
    again.close()


@pytest.mark.parametrize("later", [[], [5]])
def test_the_file_of_a_roll_that_failed_hides_nothing_that_was_appended_since(
    folder: Path, journal: SqliteJournal, later: list[int]
) -> None:
    journal.append(deliveries(0, 5))
    journal.close()
    for first in (2, *later):  # opened while the file before could not be sealed
        abortive = Segment(folder, first)
        abortive.open()
        abortive.close()
    (folder / "journal-00000000000000000004.sqlite").touch()  # a full disk took no more than the name

    again = SqliteJournal(folder, ["store"], CAP, ROLL)

    assert again.append(deliveries(5, 2)) == 5
    assert [entry.delivery for entry in again.read(0, 9)] == deliveries(0, 7)
    assert [entry.delivery for entry in again.read(3, 9)] == deliveries(3, 4)
    again.close()


def test_a_commit_that_was_cut_short_is_not_there_and_what_came_before_is(folder: Path, journal: SqliteJournal) -> None:
    journal.append(deliveries(0, 3))
    journal.append(deliveries(3, 3))
    crashed = folder.parent / "crashed"
    copytree(folder, crashed)
    log = crashed / "journal-00000000000000000000.sqlite-wal"
    os.truncate(log, log.stat().st_size - 100)

    again = SqliteJournal(crashed, ["store"], CAP, ROLL)

    assert again.end == 3
    assert again.append(deliveries(3, 1)) == 3
    assert [entry.delivery for entry in again.read(0, 9)] == deliveries(0, 4)
    again.close()


def test_what_a_crash_left_in_the_log_is_folded_into_the_file_before_more_is_appended(
    folder: Path, journal: SqliteJournal
) -> None:
    journal.append(deliveries(0, 3))
    crashed = folder.parent / "crashed"
    copytree(folder, crashed)
    log = crashed / "journal-00000000000000000000.sqlite-wal"
    assert log.stat().st_size > 0

    again = SqliteJournal(crashed, ["store"], CAP, ROLL)

    assert log.stat().st_size == 0  # its fsync may have failed in the process that is gone: nothing may rest on it
    assert again.append(deliveries(3, 1)) == 3
    assert [entry.delivery for entry in again.read(0, 9)] == deliveries(0, 4)
    again.close()


def test_several_readers_and_one_appender_agree(journal: SqliteJournal) -> None:
    total, wrong = 400, []

    def follow() -> None:
        offset = 0
        while offset < total:
            journal.wait(offset, 10)
            for entry in journal.read(offset, 7):
                if entry.offset != offset or entry.delivery != delivery(offset, 3000):
                    wrong.append(entry)
                offset += 1

    readers = [threading.Thread(target=follow) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(0, total, 5):
        journal.append(deliveries(number, 5, size=3000))
    for reader in readers:
        reader.join(60)

    assert not wrong
    assert not any(reader.is_alive() for reader in readers)


FULL_DISK = """
import resource, sys
from pathlib import Path
from domain.errors import JournalFull
from ingest.journal.sqlite import SqliteJournal
from tests.ingest.journal.test_sqlite import CAP, deliveries

journal = SqliteJournal(Path(sys.argv[1]), ["store"], CAP, CAP)
journal.append(deliveries(0, 3))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
refused = 0
for _ in range(3):
    try:
        journal.append(deliveries(3, 5, size=100_000))
    except JournalFull as error:
        refused += "cannot be written" in str(error)
kept = journal.end, len(journal.read(0, 100))
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
first = journal.append(deliveries(3, 5, size=100_000))
same = [entry.delivery for entry in journal.read(0, 100)] == deliveries(0, 3) + deliveries(3, 5, size=100_000)
print(refused, kept, first, same)
"""


def test_a_full_disk_refuses_keeps_nothing_and_recovers_by_itself(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder)], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout.strip() == "3 (3, 3) 3 True", done.stderr


APPENDER = """
import sys
from pathlib import Path
from ingest.journal.sqlite import SqliteJournal
from tests.ingest.journal.test_sqlite import ROLL, deliveries

journal = SqliteJournal(Path(sys.argv[1]), ["store"], 2**40, ROLL)
number = journal.end
while True:
    first = journal.append(deliveries(number, 7, size=2000))
    number += 7
    print(first, flush=True)
"""


def test_sigkill_loses_nothing_for_which_an_offset_was_returned(folder: Path) -> None:
    told = -1
    for round_ in range(1, 4):
        with subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(folder)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for _ in range(100 * round_):
                told = int(child.stdout.readline())
            child.send_signal(signal.SIGKILL)
            told = max([told, *(int(line) for line in child.stdout.read().split("\n")[:-1])])

        journal = SqliteJournal(folder, ["store"], CAP, ROLL)
        assert journal.end >= told + 7
        assert journal.end % 7 == 0
        offset = 0
        while found := journal.read(offset, 500):
            assert [entry.delivery for entry in found] == deliveries(offset, len(found), size=2000)
            offset += len(found)
        assert offset == journal.end
        journal.close()
