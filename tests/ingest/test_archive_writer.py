"""The archive's consumer: the offset moves only after the files are there; a full disk is waited for."""

import contextlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from domain.errors import StoreUnavailable
from ingest.archive_writer import CONSUMER, ArchiveOptions, ArchiveWriter
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from store.archive import ParquetArchive
from tests.support.ingest import ARRIVAL, FixedClock, batch, reading, register, single
from tests.support.processes import wait_until

FOREVER = (ARRIVAL - timedelta(days=9), ARRIVAL + timedelta(days=9))
WORLD = register("lamp-1", "lamp-2")


class Disk(ParquetArchive):
    """A real archive whose disk may be full."""

    full = False
    refused = 0

    @override
    def write(self) -> None:
        if self.full:
            self.refused += 1
            raise StoreUnavailable("no space left on device")
        super().write()

    def held(self) -> int:
        return len(list(self.window("streetlight", *FOREVER)))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(tmp_path / "journal", (CONSUMER,), 1 << 30, 1 << 20)
    yield opened
    opened.close()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "archive")


def writer(journal: SqliteJournal, disk: Disk, **options: float) -> ArchiveWriter:
    feed = DecodedFeed(journal, Decoder(lambda: WORLD))
    given = ArchiveOptions(**{"flush_s": 0.05, "longest_wait": timedelta(milliseconds=20), **options})  # type: ignore[arg-type]
    return ArchiveWriter(journal, feed, disk, FixedClock(), given)


def test_readings_are_archived_and_then_the_offset_moves(journal: SqliteJournal, disk: Disk) -> None:
    bad = reading(values={"nothing": 1})
    journal.append([single(), batch(reading("lamp-2"), bad, reading("lamp-1", at="2026-03-01T19:00:00+08:00"))])
    subject = writer(journal, disk)
    subject.start()
    wait_until(lambda: journal.committed(CONSUMER) == 2, "both deliveries are archived")
    assert disk.held() == 3
    assert subject.alive()
    subject.stop(5)
    assert not subject.alive()


def test_what_was_gathered_is_written_when_it_stops(journal: SqliteJournal, disk: Disk) -> None:
    subject = writer(journal, disk, flush_s=3600)
    subject.start()
    journal.append([single(seq=n, at=f"2026-03-01T19:{n:02}:00+08:00") for n in range(20)])
    wait_until(lambda: len(subject._rows) == 20, "gathered")
    assert journal.committed(CONSUMER) == 0
    subject.stop(5)
    assert (journal.committed(CONSUMER), disk.held()) == (20, 20)


def test_many_readings_are_written_before_their_time(journal: SqliteJournal, disk: Disk) -> None:
    subject = writer(journal, disk, flush_s=3600, flush_readings=5)
    subject.start()
    journal.append([single(at=f"2026-03-01T19:{n:02}:00+08:00") for n in range(20)])
    wait_until(lambda: journal.committed(CONSUMER) == 20, "written")
    subject.stop(5)


def test_a_full_disk_is_waited_for_and_nothing_is_lost(journal: SqliteJournal, disk: Disk) -> None:
    disk.full = True
    subject = writer(journal, disk)
    subject.start()
    journal.append([single()])
    wait_until(lambda: disk.refused > 2, "it tries again")
    assert journal.committed(CONSUMER) == 0
    assert subject.failure is not None
    disk.full = False
    wait_until(lambda: journal.committed(CONSUMER) == 1, "archived")
    assert disk.held() == 1
    wait_until(lambda: subject.failure is None, "all is well")
    subject.stop(5)


def test_stopping_does_not_wait_for_a_full_disk(journal: SqliteJournal, disk: Disk) -> None:
    disk.full = True
    subject = writer(journal, disk)
    subject.start()
    journal.append([single()])
    wait_until(lambda: disk.refused > 0, "it tries")
    subject.stop(5)
    assert not subject.alive()
    disk.full = False
    following = writer(journal, disk)
    following.start()
    wait_until(lambda: disk.held() == 1, "the next one finds it")
    following.stop(5)


def test_deliveries_without_readings_are_passed(journal: SqliteJournal, disk: Disk) -> None:
    journal.append([single("unknown-lamp")] * 3)
    subject = writer(journal, disk)
    subject.start()
    wait_until(lambda: journal.committed(CONSUMER) == 3, "passed")
    subject.stop(5)


CHILD = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.ingest.test_archive_writer import CONSUMER, Disk, SqliteJournal, writer
from tests.support.processes import wait_until
folder = Path(sys.argv[1])
journal = SqliteJournal(folder / "journal", (CONSUMER,), 1 << 30, 1 << 20)
subject = writer(journal, Disk(folder / "archive"), flush_s=0, flush_readings=30, deliveries=7, tidy_s=0.05)
print("ready", flush=True)
subject.start()
wait_until(lambda: journal.committed(CONSUMER) == journal.end, "everything is archived", 60)
"""
"""The consumer by itself, on what stands in the journal; small files, joined all the time."""
SAID, DEATHS = 2000, 4


def test_sigkill_loses_nothing_and_doubles_nothing(tmp_path: Path, journal: SqliteJournal) -> None:
    at = [f"2026-02-{26 + n % 3}T{n // 100:02}:{n % 60:02}:{n % 59:02}+08:00" for n in range(SAID)]
    journal.append([single(f"lamp-{1 + n % 2}", at=said) for n, said in enumerate(at)])
    journal.close()
    expected = {(f"lamp-{1 + n % 2}", datetime.fromisoformat(said)) for n, said in enumerate(at)}
    chance, killed, running = random.Random(5), 0, True
    while running:
        with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(None if killed == DEATHS else chance.uniform(0, 0.4) if killed else 0)  # at once at first
            child.send_signal(signal.SIGKILL)
            running = child.wait() != 0
            killed += running
        if running and killed > DEATHS:
            raise AssertionError("it fails by itself")
    assert killed
    held = [(r.device, r.at) for r in Disk(tmp_path / "archive").window("streetlight", *FOREVER)]
    assert (len(held), set(held)) == (len(expected), expected)
