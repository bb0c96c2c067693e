"""A disk that is read-only for a while: the journal takes again once it is not, whoever read meanwhile."""

import os
import subprocess
import sys

from tests.support.disk import FailingDisk
from tests.support.servers import ROOT

WRITE_READ_WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from domain.delivery import Delivery
from domain.errors import JournalFull
from ingest.journal.sqlite import SqliteJournal

journal = SqliteJournal(Path(sys.argv[1]), ("store",), 1 << 30, 1 << 20)


def kept():
    try:
        journal.append([Delivery("t", b"x", datetime.now(UTC))])
    except JournalFull:
        return False
    return True


for line in sys.stdin:
    print(kept(), len(journal.read(0, 10)), flush=True)
    if line == "rest\\n":
        journal._segments[-1].rest()  # as a file is left that nobody has read for a while
"""


def test_who_reads_while_the_disk_is_read_only_does_not_keep_the_journal_from_writing_later(
    failing_disk: FailingDisk,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_READ_WRITE, str(failing_disk.folder)],
        env={**os.environ, **failing_disk.environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:

        def asked(then: str = "") -> str:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(f"{then}\n")
            child.stdin.flush()
            return child.stdout.readline().strip()

        assert asked("rest") == "True 1"
        failing_disk.fail("readonly")
        assert asked() == "False 1"
        assert asked() == "False 1"
        failing_disk.heal()
        asked()  # this attempt may be the one that finds out
        assert asked().startswith("True ")
        child.kill()
