"""Which tasks are done, in a file: a run that is cut short goes on where it was."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.recompute.task import Done


class StateFile:
    """One line per task done. `key` says what makes two runs the same: span, indicators, versions of the world."""

    def __init__(self, folder: Path, key: Mapping[str, Any]) -> None:
        """Use a file in `folder`, which is made when missing."""
        digest = hashlib.blake2b(json.dumps(key, sort_keys=True).encode(), digest_size=8).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{digest}.jsonl"

    def read(self) -> dict[str, Done]:
        """Return what is done already; a line that was cut short by a crash counts for nothing."""
        found: dict[str, Done] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    done = Done(**json.loads(line))
                except (ValueError, TypeError):
                    continue
                found[done.task] = done
        return found

    def add(self, done: Done) -> None:
        """Note that a task is done; durable after return."""
        line = json.dumps(asdict(replace(done, found=())), ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}")
            file.flush()
            os.fsync(file.fileno())

    def forget(self) -> None:
        """Begin anew."""
        self.path.unlink(missing_ok=True)


def total(all_done: Sequence[Done]) -> Mapping[str, Any]:
    """Return the sums over tasks, plain JSON."""
    names = ("periods", "measures", "readings", "points", "scalar")
    times = ("extract_s", "kernel_s", "scalar_s")
    return {
        **{name: sum(getattr(d, name) for d in all_done) for name in names},
        "columnar": sum(d.columnar for d in all_done),
        "computed_by": _computed_by(all_done),
        **{name: round(sum(getattr(d, name) for d in all_done), 3) for name in times},
    }


def _computed_by(all_done: Sequence[Done]) -> dict[str, dict[str, int]]:
    """Return for each indicator how many periods columns and how many the scalar rules computed."""
    found: dict[str, dict[str, int]] = {}
    for done in all_done:
        counts = found.setdefault(done.indicator, {"columns": 0, "rules": 0})
        counts["columns"] += done.columnar
        counts["rules"] += done.scalar
    return found
