"""The suite on DuckDB, and what only a file can suffer: a crash, a full disk, a second process, an older schema."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from domain.errors import ConfigError, StoreUnavailable
from domain.kind import MetricSpec, SensorKind, ValueType
from store.telemetry.duckdb_store import DuckDbStore
from tests.store.telemetry import duckdb_children
from tests.store.telemetry.builders import ALL_KINDS, MINUTE, PROBE, REPLACED, STORED, T0, probe, reading
from tests.store.telemetry.suite import EVER, Opener, TelemetryStoreSuite, all_of, outcomes
from tests.store.telemetry.summary_suite import SummaryStoreSuite

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.duckdb"


class TestDuckDbStore(SummaryStoreSuite, TelemetryStoreSuite):
    @pytest.fixture
    @override
    def open_store(self, path: Path) -> Iterator[Opener]:
        opened: list[DuckDbStore] = []

        def open_again() -> DuckDbStore:
            for store in opened:
                store.close()
            opened.append(DuckDbStore(path, ALL_KINDS))
            return opened[-1]

        yield open_again
        opened[-1].close()


def probe_kind(*metrics: MetricSpec) -> dict[str, SensorKind]:
    return {"probe": replace(PROBE, metrics=metrics)}


def test_a_metric_that_a_kind_gets_later_becomes_a_column(path: Path) -> None:
    level, extra = MetricSpec("level", "", "m"), MetricSpec("extra", "", "1", type=ValueType.TEXT)
    old, new = probe(level=1.0), replace(probe(level=2.0, extra="x"), at=T0 + MINUTE)
    store = DuckDbStore(path, probe_kind(level))
    store.append([old])
    store.close()
    store = DuckDbStore(path, probe_kind(extra, level))
    assert outcomes(store, new, replace(old, values={"extra": "y"}, revision=1)) == STORED + REPLACED
    assert all_of(store, "probe") == [replace(old, values={"extra": "y"}, revision=1), new]
    assert store.superseded("P-1", "probe", T0) == [old]
    store.close()


def test_a_metric_that_changed_its_type_is_named(path: Path) -> None:
    DuckDbStore(path, probe_kind(MetricSpec("level", "", "m"))).close()
    with pytest.raises(ConfigError, match=r"telemetry\.duckdb: probe\.level: .*DOUBLE.*BIGINT"):
        DuckDbStore(path, probe_kind(MetricSpec("level", "", "m", type=ValueType.INT)))
    DuckDbStore(path, probe_kind(MetricSpec("level", "", "m"))).close()


def test_a_second_process_is_told_that_the_file_is_taken(path: Path) -> None:
    store = DuckDbStore(path)
    with ProcessPoolExecutor(1, mp_context=SPAWN) as other:
        assert str(path) in other.submit(duckdb_children.refusal, path).result(timeout=60)
    store.close()


def test_a_closed_store_is_unavailable(path: Path) -> None:
    store = DuckDbStore(path)
    store.close()
    assert not store.healthy()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.append([reading()])


def test_readers_see_whole_batches_while_a_writer_appends(path: Path) -> None:
    store = DuckDbStore(path)
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(len(list(store.window("streetlight", EVER.start, EVER.end))))
            assert store.find([reading("LD-0").key], "streetlight") is not None

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for batch in range(20):
        store.append([reading(f"LD-{n}", T0 + batch * MINUTE) for n in range(50)])
    done.set()
    for reader in readers:
        reader.join()
    assert seen
    assert all(count % 50 == 0 for count in seen)
    store.close()


def test_a_reader_that_stops_early_holds_nothing_up(path: Path) -> None:
    store = DuckDbStore(path)
    store.append([reading(f"LD-{n}") for n in range(100)])
    assert next(iter(store.window("streetlight", EVER.start, EVER.end))).device.startswith("LD-")
    assert outcomes(store, reading("other")) == STORED
    store.close()


def test_what_was_acknowledged_survives_sigkill_and_nothing_is_there_twice(path: Path, tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    for wanted in (3, 6, 9):
        process = SPAWN.Process(target=duckdb_children.append_for_ever, args=(path, acknowledged))
        process.start()
        while len(acknowledged.read_text(encoding="utf-8").split()) < wanted:
            assert process.is_alive()
            process.join(0.02)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        process.close()
        batches = max(int(batch) for batch in acknowledged.read_text(encoding="utf-8").split()) + 1
        store = DuckDbStore(path)
        found = all_of(store)
        assert len({r.key for r in found}) == len(found) >= batches * 100
        for r in found[:10]:
            assert len(store.superseded(r.device, r.kind, r.at)) == r.revision
        store.close()


@pytest.mark.parametrize(
    ("checkpoint", "said"), [("1GB", "Failed to commit"), ("150KB", "Failed to create checkpoint")]
)
def test_a_full_disk_is_unavailable_and_nothing_is_lost_when_there_is_space_again(
    path: Path, checkpoint: str, said: str
) -> None:
    """The second case is fatal to DuckDB: what it refused is stored, and it must be opened anew."""
    results: multiprocessing.Queue[str] = SPAWN.Queue()
    process = SPAWN.Process(target=duckdb_children.fill_the_disk, args=(path, checkpoint, results))
    process.start()
    assert said in results.get(timeout=120)
    assert results.get(timeout=120) == "duplicate; 2000 more, 2000 identities"
    process.join()
    process.close()
    results.close()
    results.join_thread()
