"""`make fuzz-guided CASES=1000000 SEED=1`: the same targets, with cases that Atheris chooses by what code they reach.

What reaches code that nothing in the corpus reaches is added to it, and so is what breaks something.
"""

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.fuzz.asked import asked
from tests.fuzz.mutate import CORPUS, SPICE, corpus, keep
from tests.fuzz.targets import TARGETS

LIBFUZZER: Final = ("-verbosity=0", "-max_len=20000", "-timeout=60")
"""Longer cases are slow, and `make fuzz` has them; one that takes a minute breaks something, too."""
LONGEST_WORD: Final = 64
"""Bytes of a word of libFuzzer's dictionary."""


def guided(name: str, count: int, seed: int) -> bool:
    """Run a target so many times; return whether something broke."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="quanyan-fuzz-") as scratch:
        folder = Path(scratch)
        reached, kept = (_filled(folder / place, corpus(name)) for place in ("reached", "kept"))
        words = folder / "words"
        words.write_text("".join(f'"{_escaped(w)}"\n' for w in SPICE if len(w) <= LONGEST_WORD), encoding="ascii")
        options = (f"-runs={count}", f"-seed={seed}", f"-dict={words}", f"-artifact_prefix={CORPUS / name}-found-")
        whole = _run(name, folder, *options, str(reached))
        new = _new(name, kept) if whole and _run(name, folder, "-merge=1", str(kept), str(reached)) else []
    _filled(CORPUS, new, f"{name}-reached-")
    took, said = time.perf_counter() - began, "nothing broke" if whole else "something broke"
    print(f"{name}: {count} cases in {took:.0f} s, {len(new)} new in the corpus, {said}", flush=True)  # noqa: T201
    return not whole


def _run(name: str, folder: Path, *options: str) -> bool:
    """Run libFuzzer and return whether it came to its end. It starts itself anew by its own name: hence the script."""
    script = folder / "libfuzzer"
    command = shlex.join((sys.executable, "-m", "tests.fuzz.led", name))
    script.write_text(f'#!/bin/sh\nexec {command} "$0" "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    done = subprocess.run([script, *LIBFUZZER, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n")  # noqa: T201
    return not done.returncode


def _filled(folder: Path, cases: Iterable[bytes], prefix: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for case in cases:
        keep(folder, prefix, case)
    return folder


def _new(name: str, kept: Path) -> list[bytes]:
    known = set(corpus(name))
    return [case for path in sorted(kept.iterdir()) if (case := path.read_bytes()) not in known]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main() -> int:
    """Run; return 1 when something broke."""
    chosen = asked("make fuzz-guided")
    broken = [name for name in chosen.target or TARGETS if guided(name, chosen.cases, chosen.seed)]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
