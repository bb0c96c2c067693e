"""What the tests of DuckDB do in another process. Imports little, so that such a process starts quickly."""

import multiprocessing
import resource
import signal
from dataclasses import replace
from pathlib import Path

from domain.errors import StoreUnavailable
from domain.reading import Reading
from store.telemetry.duckdb_store import DuckDbStore
from tests.store.telemetry.builders import MINUTE, T0, reading


def refusal(path: Path) -> str:
    """Open a file that another process has."""
    try:
        DuckDbStore(path)
    except StoreUnavailable as error:
        return str(error)
    return "opened"


def append_for_ever(path: Path, acknowledged: Path) -> None:
    """Write the number of each batch that is stored, with ten of its readings revised."""
    store = DuckDbStore(path)
    with acknowledged.open("a", encoding="utf-8", buffering=1) as done:
        for batch in range(100_000):
            offered = [reading(f"LD-{n}", T0 + batch * MINUTE) for n in range(100)]
            revised = [replace(r, revision=1, values={"power": 1.0}) for r in offered[:10]]
            store.append(offered)
            store.append(revised)
            print(batch, file=done)


def fill_the_disk(path: Path, checkpoint: str, results: "multiprocessing.Queue[str]") -> None:
    """A limit on the size of files stands for a full disk; lifting it, for space that was made."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = DuckDbStore(path)
    with store._file.cursor() as cursor:
        cursor.execute(f"SET wal_autocheckpoint = '{checkpoint}'")
    store.append([reading("first")])
    limit = path.stat().st_size + 300_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    stored = 0
    try:
        while True:
            stored += len(store.append(_batch(stored)))
    except StoreUnavailable as error:
        results.put(str(error))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.append(_batch(stored))
    [again] = store.append([reading("first")])
    found = [r.key for r in store.window("streetlight", T0, T0 + MINUTE)]
    results.put(f"{again.outcome}; {len(found) - stored - 1} more, {len(set(found)) - stored - 1} identities")
    store.close()


def _batch(first: int) -> list[Reading]:
    return [reading(f"LD-{first + n:07}") for n in range(2000)]
