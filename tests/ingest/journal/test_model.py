"""The journal against a list: append, commit, roll, crash and restart in any order."""

from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typing_extensions import override

from domain.delivery import Delivery, Source
from domain.errors import JournalFull
from ingest.journal.sqlite import SqliteJournal
from tests.support.ingest import ARRIVAL

CONSUMERS = ("store", "engine")
CAP = 400_000


class JournalModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory()
        self.lives = 0
        self.kept: list[Delivery] = []
        self.committed = dict.fromkeys(CONSUMERS, 0)

    @initialize()
    def begin(self) -> None:
        self.journal = self._open(self._folder())

    def _folder(self) -> Path:
        return Path(self.scratch.name) / str(self.lives)

    def _open(self, folder: Path) -> SqliteJournal:
        return SqliteJournal(folder, CONSUMERS, CAP, 50_000)

    @rule(count=st.integers(1, 5), size=st.sampled_from([0, 10, 20_000]))
    def append(self, count: int, size: int) -> None:
        new = [Delivery(f"t/{len(self.kept) + n}", b"x" * size, ARRIVAL, Source.HTTP, n) for n in range(count)]
        try:
            first = self.journal.append(new)
        except JournalFull:
            assert self.journal.bytes_kept + sum(len(d.payload) for d in new) > CAP // 2
        else:
            assert first == len(self.kept)
            self.kept += new

    @rule(consumer=st.sampled_from(CONSUMERS), ahead=st.integers(0, 8))
    def commit(self, consumer: str, ahead: int) -> None:
        offset = min(self.committed[consumer] + ahead, len(self.kept))
        self.journal.commit(consumer, offset)
        self.committed[consumer] = offset

    @rule()
    def crash(self) -> None:
        """What the disk holds while the journal is still open is what a crash leaves."""
        before = self._folder()
        self.lives += 1
        copytree(before, self._folder())
        self.journal.close()
        self.journal = self._open(self._folder())

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = self._open(self._folder())

    @rule(data=st.data(), limit=st.integers(1, 7))
    def read(self, data: st.DataObject, limit: int) -> None:
        offset = data.draw(st.integers(min(self.committed.values()), len(self.kept)))
        found = self.journal.read(offset, limit)
        assert [entry.offset for entry in found] == list(range(offset, min(offset + limit, len(self.kept))))
        assert [entry.delivery for entry in found] == self.kept[offset : offset + limit]

    @invariant()
    def agrees(self) -> None:
        assert self.journal.end == len(self.kept)
        assert {name: self.journal.committed(name) for name in CONSUMERS} == self.committed
        assert not self.journal.wait(len(self.kept), 0)
        assert self.journal.bytes_kept <= CAP + 150_000  # pages and write-ahead log come on top of what is counted

    @override
    def teardown(self) -> None:
        self.journal.close()
        self.scratch.cleanup()


TestJournalModel = JournalModel.TestCase
TestJournalModel.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
