"""Which tasks are done, in a file: a run that is cut short goes on where it was."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from app.recompute.task import Done

_BEGUN: Final = "begun"


class StateFile:
    """One line per task done. `key` says what makes two runs the same: span, indicators, versions of the world."""

    def __init__(self, folder: Path, key: Mapping[str, Any]) -> None:
        """Use a file in `folder`, which is made when missing."""
        self._begun: dict[str, Done] = {}
        digest = hashlib.blake2b(json.dumps(key, sort_keys=True).encode(), digest_size=8).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{digest}.jsonl"

    def read(self) -> dict[str, Done]:
        """Return what is done already; a line that was cut short by a crash counts for nothing."""
        found: dict[str, Done] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    said = json.loads(line)
                    into, done = (self._begun, said[_BEGUN]) if _BEGUN in said else (found, said)
                    into[done["task"]] = Done(**done)
                except (ValueError, TypeError, KeyError):
                    continue
        return found

    def begin(self, done: Done) -> Done:
        """Note that what a task found is about to be written down; return it with what was found before a crash then.

        Who starts again finds what was written no more; so it would be missing from what is told.
        """
        known = self._begun.get(done.task)
        if known is not None:
            new = [d for d in done.differences if d not in known.differences]
            done = replace(done, differences=[*known.differences, *new])
        self._append({_BEGUN: _plain(done)})
        return done

    def add(self, done: Done) -> None:
        """Note that a task is done; durable after return."""
        self._append(_plain(done))

    def _append(self, said: Mapping[str, Any]) -> None:
        line = json.dumps(said, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")
            file.flush()
            os.fsync(file.fileno())

    def forget(self) -> None:
        """Begin anew."""
        self.path.unlink(missing_ok=True)


def _plain(done: Done) -> dict[str, Any]:
    return asdict(replace(done, found=()))


def total(all_done: Sequence[Done]) -> Mapping[str, Any]:
    """Return the sums over tasks, plain JSON."""
    names = ("periods", "measures", "readings", "points", "scalar", "in_full")
    times = ("extract_s", "kernel_s", "scalar_s")
    return {
        **{name: sum(getattr(d, name) for d in all_done) for name in names},
        "columnar": sum(d.columnar for d in all_done),
        "computed_by": _computed_by(all_done),
        **{name: round(sum(getattr(d, name) for d in all_done), 3) for name in times},
    }


def _computed_by(all_done: Sequence[Done]) -> dict[str, dict[str, int]]:
    """Return for each indicator how many periods columns computed, by figures or in full, and the scalar rules."""
    found: dict[str, dict[str, int]] = {}
    for done in all_done:
        counts = found.setdefault(done.indicator, {"columns": 0, "in_full": 0, "rules": 0})
        counts["columns"] += done.columnar
        counts["in_full"] += done.in_full
        counts["rules"] += done.scalar
    return found
