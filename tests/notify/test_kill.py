"""SIGKILL of a lane at any instant: every notice is told, and only what was in the air is told twice."""

import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from app.clock import wall_now
from domain.notice import NoticeFilter, NoticeState
from store.operational import OperationalStore
from tests.notify.support import notice
from tests.support.processes import wait_until
from tests.support.servers import ROOT
from tests.support.vendors import Asked, Said, served

ROUNDS, EACH = 4, 15


def test_killed_again_and_again_it_loses_nothing(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'operational.db'}"
    store = OperationalStore(database)
    told: Counter[str] = Counter()
    lock = threading.Lock()

    def take(asked: Asked) -> Said:
        with lock:
            told.update(n["key"] for n in asked.json["notices"])
        return Said()

    def all_told() -> bool:
        return len(store.outbox.list(NoticeFilter(NoticeState.SENT, limit=1000))) == ROUNDS * EACH

    rng = random.Random(20261125)
    with served(take) as server:
        command = [sys.executable, "-m", "tests.notify.lane_process", database, server.url]
        for round_ in range(ROUNDS):
            store.outbox.post([notice(f"{round_}-{n}", "hook") for n in range(EACH)], wall_now())
            before = told.total()
            child = subprocess.Popen(command, cwd=ROOT)
            try:
                some = before + rng.randint(1, EACH - 1)
                wait_until(lambda enough=some: told.total() >= enough, "some are told")  # type: ignore[misc]
            finally:
                child.kill()
                child.wait()
        child = subprocess.Popen(command, cwd=ROOT)
        try:
            wait_until(all_told, "all are recorded as sent")
        finally:
            child.kill()
            child.wait()
    store.close()
    assert set(told) == {f"{r}-{n}" for r in range(ROUNDS) for n in range(EACH)}
    assert sum(count - 1 for count in told.values()) <= ROUNDS
