"""SIGKILL and Ctrl-C of `quanyan recompute` at random instants: what is computed again is whole, and written once."""

import contextlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.recompute.run import Wish, run
from app.settings import Settings
from tests.support.past_city import DAY, NAMES, NOW, START, PastCity
from tests.support.processes import children, wait_until
from tests.support.service import REPOSITORY

DAYS = 6
KILLS = signal.SIGKILL, signal.SIGINT
PUBLISHED = """SELECT indicator, scope, every, start, revision, value, numerator, denominator, unknown, detail, why
FROM measure ORDER BY indicator, scope, every, start, revision"""


def command(folder: Path) -> list[str]:
    span = ["--from", START.isoformat(), "--to", (START + DAYS * DAY).isoformat()]
    names = ["--indicator", "aqi", "--indicator", "light_on_rate", "--indicator", "section_compliance"]
    options = ["--exact", "--write", "--jobs", "2", "--output", "json", "--config", str(folder / "city.toml")]
    return [sys.executable, "-m", "app", "recompute", *span, *names, *options]


def published(folder: Path) -> list[tuple[Any, ...]]:
    """Every row of what was published, without when it was."""
    with contextlib.closing(sqlite3.connect(folder / "operational.sqlite")) as database:
        return database.execute(PUBLISHED).fetchall()


def noted(folder: Path) -> int:
    """How many lines the files of what is done have."""
    files = (folder / "recompute").glob("*.jsonl")
    return sum(file.read_text(encoding="utf-8").count("\n") for file in files)


def gone(pid: int) -> bool:
    """Whether a process runs no more; who should bury it may not have done so."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    return True


def run_or_die(folder: Path, chance: random.Random, kill: signal.Signals | None) -> str | None:
    """Start a run and end it by a signal, if there is one; return what it told if it was whole. Nobody outlives it."""
    pool: list[int] = []
    with subprocess.Popen(command(folder), cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as started:
        if kill is not None:
            more = noted(folder) + chance.randint(1, 3)
            wait_until(lambda: started.poll() is not None or noted(folder) >= more, "some tasks more are done")
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(chance.uniform(0, 0.3))
            pool = children(started.pid) if started.poll() is None else []
            started.send_signal(kill)
        told, _ = started.communicate()
    wait_until(lambda: all(gone(pid) for pid in pool), "the processes of the pool have ended", 60)
    return told if started.returncode == 0 else None


def test_a_recomputation_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    city = PastCity(killed, days=DAYS, publishes=False)
    city.run(end=START + DAY, write=True)
    city.falsify(numerator=77.0)
    city.operational.close()
    shutil.copytree(killed, whole)
    for folder in (killed, whole):
        (folder / "city.toml").write_text(f'data_dir = "{folder}"\n', encoding="utf-8")
    wish = Wish(START, START + DAYS * DAY, NAMES, exact=True, write=True)
    expected = run(Settings(data_dir=whole), wish, NOW, lambda _done, _whole: None)

    chance = random.Random(7)
    told = [run_or_die(killed, chance, kill) for kill in (*KILLS, None)]
    found = json.loads(next(text for text in told if text is not None))
    assert told[0] is None
    assert found["differences"] == expected.differences
    assert len(expected.differences) > 100
    assert (found["tasks"], found["resumed"] > 0) == (len(expected.done), True)
    assert published(killed) == published(whole)
