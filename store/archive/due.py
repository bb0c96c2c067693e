"""Which hours have got readings since they were last summarised: a small file beside the files of their day.

Whoever writes readings notes their hours before it goes on; whoever summarises takes the notes, does the work and
settles them. A crash in between leaves them taken, and they are found again: an hour is summarised twice, never not
at all.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from rules.retention import Marks

_DAY_FOLDERS: Final = "????-??-??"
_DUE: Final = "due"
_TAKEN: Final = "due.taken"
_LOCK: Final = "due.lock"
_RUN: Final = "due.run"
_BEGUN: Final = "due.begun"
_DAY_ONLY: Final = "d"


class Due:
    """The notes of an archive. Safe between threads and processes; raises `OSError`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the archive's."""
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who takes and settles. Raises `BlockingIOError` when another is at it."""
        with (self.folder / _RUN).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BlockingIOError("another run of retention is at work") from None
            yield

    def note(self, kind: str, day: date, marks: Marks) -> None:
        """Write hours down durably; the folder of the day is there."""
        with self._locked():
            self._append(self._place(kind, day) / _DUE, marks)

    def make_folder(self) -> None:
        """Make the archive's folder. One without a day in it holds nothing that was not noted."""
        if (self.folder / _BEGUN).exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if not any(self.folder.glob(f"*/{_DAY_FOLDERS}")):
            (self.folder / _BEGUN).touch()

    def begin(self) -> None:
        """Note every hour of an archive that an older release made, once: it wrote nothing down."""
        begun = self.folder / _BEGUN
        if begun.exists() or not self.folder.is_dir():
            return
        every_hour = Marks(frozenset(range(24)))
        with self._locked():
            for folder in self.folder.glob(f"*/{_DAY_FOLDERS}"):
                self._append(folder / _DUE, every_hour)
            begun.touch()

    def waiting(self, kind: str = "*") -> Mapping[tuple[str, date], Marks]:
        """Return what is noted or taken and not settled, of one kind or of all, by kind and day, in order."""
        found: dict[tuple[str, date], Marks] = {}
        days = f"{kind}/{_DAY_FOLDERS}"
        for path in sorted([*self.folder.glob(f"{days}/{_DUE}"), *self.folder.glob(f"{days}/{_TAKEN}")]):
            place = path.parent.parent.name, date.fromisoformat(path.parent.name)
            found[place] = _joined(found.get(place, Marks()), _read(path))
        return found

    def take(self, kind: str, day: date) -> Marks:
        """Take what is noted of a day, with what was taken before and never settled."""
        due, taken = self._place(kind, day) / _DUE, self._place(kind, day) / _TAKEN
        with self._locked():
            marks = _joined(_read(due), _read(taken))
            if marks:
                self._append(taken, _read(due))
                due.unlink(missing_ok=True)
        return marks

    def settle(self, kind: str, day: date, left: Marks) -> None:
        """Say that what was taken is done, but for what is left."""
        with self._locked():
            if left:
                self._append(self._place(kind, day) / _DUE, left)
            (self._place(kind, day) / _TAKEN).unlink(missing_ok=True)

    def _place(self, kind: str, day: date) -> Path:
        return self.folder / kind / day.isoformat()

    def _append(self, path: Path, marks: Marks) -> None:
        told = [*map(str, sorted(marks.hours)), *(f"{_DAY_ONLY}{hour}" for hour in sorted(marks.days))]
        if told and path.parent.is_dir():  # a day that was dropped meanwhile needs none
            with path.open("a", encoding="ascii") as file:
                file.write("\n".join(told) + "\n")
                file.flush()
                os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / _LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> Marks:
    """Return what a file says; a line that a crash cut off is whole but for its end, or is nothing."""
    try:
        lines = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return Marks()
    hours = {int(line) for line in lines if line.isdecimal()}
    days = {int(line[1:]) for line in lines if line.startswith(_DAY_ONLY) and line[1:].isdecimal()}
    return Marks(frozenset(hours), frozenset(days - hours))


def _joined(one: Marks, other: Marks) -> Marks:
    hours = one.hours | other.hours
    return Marks(hours, (one.days | other.days) - hours)
