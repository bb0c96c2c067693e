"""Change one package a little at a time and see whether its tests notice; print what was killed and what was not.

Run: python -m tests.mutation rules/standards [--tests tests/rules/standards …] [--sample 300] [--seed 1] [--judges 2]

Works in .mutation, which keeps verdicts: what was killed is judged again only when its function has changed.
Property tests run few examples and do not shrink (the profile `mutation` of tests/conftest.py); tests that need a
server or recorded data, and slow ones, are left out.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.mutation.generate import grow
from tests.mutation.report import Mutant, Verdict, report

ROOT: Final = Path(__file__).parents[2]
PLACE: Final = ROOT / ".mutation"
ELSEWHERE: Final = (
    *("alertmanager", "broker", "browser", "compiler", "faketime"),
    *("influx", "postgres", "promtool", "shared", "toxiproxy"),
)
"""Markers of tests that need a server, a tool or recorded data."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when all chosen mutants were judged, else the exit code of pytest."""
    asked = _arguments(arguments)
    place = PLACE / asked.package.replace("/", "-")
    mutants = grow(ROOT, place, asked.package)
    kept = place / "verdicts.jsonl"
    names = sorted(mutants)
    random.Random(asked.seed).shuffle(names)  # so that a larger sample holds the smaller one
    chosen = names[: asked.sample or None]
    known = _verdicts(kept, mutants)
    todo = [name for name in chosen if known.get(name) is not Verdict.KILLED]
    listed = place / "todo.txt"
    listed.write_text("".join(f"{name} {mutants[name].function} {mutants[name].source}\n" for name in todo))
    code = _pytest(place, asked.tests or [f"tests/{asked.package}"], asked.judges) if todo else 0
    known = _verdicts(kept, mutants)
    judged = {name: known[name] for name in chosen if name in known}
    sys.stdout.write(report(asked.package, mutants, judged))
    return code


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("package", help="a folder of the tree: rules/standards")
    parser.add_argument("--tests", nargs="+", help="what to run; by default the folder of tests that mirrors it")
    parser.add_argument("--sample", type=int, default=0, help="judge so many mutants, drawn by the seed; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--judges", type=int, default=2, help="processes")
    return parser.parse_args(arguments)


def _verdicts(kept: Path, mutants: Mapping[str, Mutant]) -> dict[str, Verdict]:
    """Return the last verdict on each mutant whose function is still what it was."""
    lines = kept.read_text().splitlines() if kept.exists() else []
    rows = [json.loads(line) for line in lines]
    return {name: Verdict(said) for name, source, said in rows if name in mutants and mutants[name].source == source}


def _pytest(place: Path, tests: Sequence[str], judges: int) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutation.judge", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "--hypothesis-profile=mutation", "-m", f"not ({' or '.join(ELSEWHERE)})"]
    command += ["--mutants=todo.txt", "--verdicts=verdicts.jsonl", f"--judges={judges}", *tests]
    told = {"PYTHONPATH": str(place), "MUTANT_UNDER_TEST": "stats"}  # mutmut's word for watching which functions run
    return subprocess.run(command, cwd=place, env={**os.environ, **told}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
