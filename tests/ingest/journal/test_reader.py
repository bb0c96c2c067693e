"""The journal read by one process while another one appends, rolls and removes files."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.delivery import Delivery, Source
from domain.errors import ConfigError, JournalFull
from ingest.journal.reader import JournalReader
from ingest.journal.sqlite import SqliteJournal
from tests.support.ingest import ARRIVAL
from tests.support.processes import wait_until
from tests.support.service import REPOSITORY

CAP, ROLL = 8 * 2**20, 2**16
CONSUMERS = ["store", "engine"]
WRITER = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from domain.delivery import Delivery, Source
from ingest.journal.sqlite import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]), ["store", "engine"], {cap}, {roll})
for number in range({count}):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    journal.append([Delivery(f"t/{{number}}/{{n}}", bytes(500), at, Source.MQTT, n) for n in range(10)])
    journal.commit("store", journal.end)
print("done", flush=True)
sys.stdin.read()
"""


def delivery(number: int, size: int = 10) -> Delivery:
    return Delivery(f"topic/{number}", bytes(size), ARRIVAL, Source.MQTT, number)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(folder, CONSUMERS, CAP, ROLL)
    yield opened
    opened.close()


@pytest.fixture
def reader(folder: Path) -> Iterator[JournalReader]:
    opened = JournalReader(folder, "engine", CONSUMERS, CAP)
    yield opened
    opened.close()


def test_a_reader_may_be_there_before_the_journal_has_begun(reader: JournalReader, folder: Path) -> None:
    assert (reader.end, reader.read(0, 10), reader.committed("engine"), reader.bytes_kept) == (0, [], 0, 0)
    assert not reader.wait(0, 0.01)

    journal = SqliteJournal(folder, CONSUMERS, CAP, ROLL)
    journal.append([delivery(0)])
    assert [entry.delivery for entry in reader.read(0, 10)] == [delivery(0)]
    journal.close()


def test_what_is_appended_wakes_a_reader_that_waits(journal: SqliteJournal, reader: JournalReader) -> None:
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(reader.wait(0, 60)))
    waiting.start()
    journal.append([delivery(0)])
    waiting.join(60)
    assert woken == [True]


def test_a_reader_sees_what_the_journal_itself_sees_over_many_files(
    journal: SqliteJournal, reader: JournalReader, folder: Path
) -> None:
    for number in range(60):
        journal.append([delivery(number, 5000)])
        assert reader.end == journal.end
    assert len(list(folder.glob("journal-*.sqlite"))) > 3
    for offset in (0, 7, 31, 59, 60):
        assert reader.read(offset, 20) == journal.read(offset, 20)


def test_each_process_moves_its_own_consumer_and_a_file_goes_when_both_have_passed(
    journal: SqliteJournal, reader: JournalReader, folder: Path
) -> None:
    for number in range(60):
        journal.append([delivery(number, 5000)])
    journal.commit("store", 60)
    kept = len(list(folder.glob("journal-*.sqlite")))
    reader.commit("engine", 60)
    assert journal.committed("engine") == 60
    assert reader.committed("store") == 60
    journal.append([delivery(60)])
    journal.commit("store", 61)

    assert len(list(folder.glob("journal-*.sqlite"))) < kept
    assert [entry.offset for entry in reader.read(60, 10)] == [60]


def test_a_journal_at_its_cap_takes_again_once_a_reader_has_passed(folder: Path) -> None:
    journal = SqliteJournal(folder, CONSUMERS, 2**20, ROLL)
    reader = JournalReader(folder, "engine", CONSUMERS, 2**20)
    with contextlib.suppress(JournalFull):
        for number in range(1000):
            journal.append([delivery(number, 5000)])
    journal.commit("store", journal.end)
    with pytest.raises(JournalFull):
        journal.append([delivery(0, 5000)])

    reader.commit("engine", reader.end)
    journal.append([delivery(0, 5000)])
    reader.close()
    journal.close()


def test_a_consumer_that_is_known_keeps_its_offset_when_another_process_declares_it(
    journal: SqliteJournal, folder: Path
) -> None:
    journal.append([delivery(n) for n in range(5)])
    journal.commit("store", 5)
    reader = JournalReader(folder, "auditor", [*CONSUMERS, "new"], CAP)
    assert [reader.committed(name) for name in ("store", "engine", "new")] == [5, 0, 0]
    assert journal.committed("store") == 5
    reader.close()


def test_there_is_one_engine_for_a_journal_and_the_error_says_who_it_is(folder: Path) -> None:
    first = JournalReader(folder, "engine", CONSUMERS, CAP)
    with pytest.raises(ConfigError, match=r"another process \(pid \d+\)"):
        JournalReader(folder, "engine", CONSUMERS, CAP)
    JournalReader(folder, "auditor", CONSUMERS, CAP).close()
    first.close()
    JournalReader(folder, "engine", CONSUMERS, CAP).close()


def test_a_reader_follows_a_process_that_appends_rolls_and_is_killed(reader: JournalReader, folder: Path) -> None:
    count = 300
    code = WRITER.format(cap=CAP, roll=ROLL, count=count)
    command = [sys.executable, "-c", code, str(folder)]
    child = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen: list[str] = []

    def all_read() -> bool:
        found = reader.read(len(seen), 500)
        seen.extend(entry.delivery.topic for entry in found)
        reader.commit("engine", len(seen))
        return len(seen) == 10 * count

    wait_until(all_read, "everything is read")
    child.kill()
    child.communicate()
    assert seen == [f"t/{number}/{n}" for number in range(count) for n in range(10)]

    again = SqliteJournal(folder, CONSUMERS, CAP, ROLL)
    assert again.append([Delivery("t/after", b"", datetime(2026, 1, 2, tzinfo=UTC), Source.MQTT, 0)]) == 10 * count
    assert [entry.delivery.topic for entry in reader.read(10 * count, 10)] == ["t/after"]
    again.close()
