"""The archive: every identity once, whatever came twice, late or after a crash; any Parquet reader reads it."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import StoreUnavailable
from domain.instants import micros
from domain.reading import DeviceEvent, Phase, Reading
from store.archive import ParquetArchive
from store.archive.archive import PARTS
from store.telemetry.memory import MemoryStore

DAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
FOREVER = (DAY - 99 * 24 * HOUR, DAY + 99 * 24 * HOUR)


def lamp(name: str, hours: float, watts: float = 100.0, **changes: object) -> Reading:
    at = DAY + hours * HOUR
    reading = Reading(name, "streetlight", at, at + timedelta(seconds=2), {"power": watts, "on": watts > 0})
    return replace(reading, **changes)  # type: ignore[arg-type]


@pytest.fixture
def archive(tmp_path: Path) -> ParquetArchive:
    return ParquetArchive(tmp_path / "archive")


def rows(*readings: Reading, offset: int = 0) -> list[tuple[int, int, Reading]]:
    return [(offset + n, 0, reading) for n, reading in enumerate(readings)]


def put(archive: ParquetArchive, readings: list[tuple[int, int, Reading]]) -> int:
    misfits = archive.gather(readings)
    archive.write()
    return misfits


def held(archive: ParquetArchive, kind: str = "streetlight") -> list[Reading]:
    return sorted(archive.window(kind, *FOREVER), key=lambda r: (r.device, r.at))


def files(archive: ParquetArchive) -> list[Path]:
    return sorted(archive._folder.rglob("*.parquet"))


def test_what_is_gathered_is_written_at_once_and_again_after_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    archive = ParquetArchive(folder)
    assert archive.gather(rows(lamp("l1", 0), lamp("l2", 0, values={"power": "much"}))) == 1
    archive.gather(rows(lamp("l1", 1), lamp("l1", 25), offset=2))
    assert held(archive) == []
    folder.write_text("in the way")
    with pytest.raises(StoreUnavailable):
        archive.write()
    folder.unlink()
    archive.write()
    archive.write()
    assert [r.at for r in held(archive)] == [DAY, DAY + HOUR, DAY + 25 * HOUR]
    assert len(files(archive)) == 2


def test_a_reading_comes_back_as_it_was(archive: ParquetArchive) -> None:
    whole = lamp(
        *("灯1", 1.5),
        faults=("lampFailure", "overheat"),
        events=(DeviceEvent("lampFailure", Phase.BEGIN), DeviceEvent("door", Phase.ONCE)),
        seq=7,
        revision=2,
        backfill=True,
    )
    bare = Reading("a1", "air_station", DAY, DAY, {})
    assert put(archive, rows(whole, bare)) == 0
    assert held(archive) == [whole]
    assert held(archive, "air_station") == [bare]
    assert [str(f.parent.relative_to(archive._folder)) for f in files(archive)] == [
        "air_station/2026-11-23",
        "streetlight/2026-11-23",
    ]


def test_the_window_is_half_open_and_crosses_days(archive: ParquetArchive) -> None:
    put(archive, rows(*(lamp("l1", h) for h in (-1, 0, 23.5, 24, 25))))
    found = archive.window("streetlight", DAY, DAY + 25 * HOUR)
    assert [r.at for r in found] == [DAY + h * HOUR for h in (0, 23.5, 24)]
    assert list(archive.window("river_section", *FOREVER)) == []


def test_a_batch_that_comes_again_after_a_crash_changes_nothing(archive: ParquetArchive) -> None:
    batch = rows(*(lamp("l1", h) for h in range(5)))
    put(archive, batch)
    put(archive, [*batch, *rows(lamp("l1", 9), offset=5)])
    assert len(held(archive)) == 6
    assert len(files(archive)) == 1


def test_what_was_being_written_when_the_process_died_is_not_seen(archive: ParquetArchive) -> None:
    put(archive, rows(lamp("l1", 0)))
    (written,) = files(archive)
    (written.parent / f".{written.name}.tmp").write_bytes(written.read_bytes()[:100])
    assert len(held(archive)) == 1


def test_a_reading_that_fits_no_store_is_counted_and_left_out(archive: ParquetArchive) -> None:
    assert put(archive, rows(lamp("l1", 0), lamp("l2", 0, values={"power": "much"}))) == 1
    assert [r.device for r in held(archive)] == ["l1"]


def test_small_files_become_one_when_the_day_is_over_or_they_are_many(archive: ParquetArchive) -> None:
    for n in range(3):
        put(archive, rows(lamp("l1", n), lamp("l2", n), lamp("l1", 0), offset=10 * n))
    before = held(archive)
    assert archive.tidy(DAY + 20 * HOUR) == 0
    assert archive.tidy(DAY + 27 * HOUR) == 1
    assert (held(archive), len(files(archive))) == (before, 1)
    put(archive, rows(lamp("l1", 0, 50.0, revision=1), offset=90))
    assert archive.tidy(DAY + 27 * HOUR) == 1
    assert held(archive)[0].values["power"] == 50.0
    for n in range(PARTS):
        put(archive, rows(lamp("l3", 24 + n / 60), offset=100 + n))
    assert archive.tidy(DAY + 25 * HOUR) == 1
    assert len(held(archive)) == len(before) + PARTS


def test_files_that_were_joined_but_not_yet_removed_do_no_harm(archive: ParquetArchive, tmp_path: Path) -> None:
    for n in range(3):
        put(archive, rows(lamp("l1", n), offset=n))
    before = held(archive)
    shutil.copytree(archive._folder, tmp_path / "copy")
    archive.tidy(DAY + 48 * HOUR)
    shutil.copytree(tmp_path / "copy", archive._folder, dirs_exist_ok=True)
    assert (held(archive), len(files(archive))) == (before, 4)
    archive.tidy(DAY + 48 * HOUR)
    assert (held(archive), len(files(archive))) == (before, 1)


def test_a_revised_reading_stays_in_the_file_beside_its_revision(archive: ParquetArchive) -> None:
    put(archive, rows(lamp("l1", 0), lamp("l1", 0, 5.0, revision=1), lamp("l1", 0)))
    put(archive, rows(lamp("l1", 0), offset=9))
    archive.tidy(DAY + 48 * HOUR)
    (path,) = files(archive)
    query = "SELECT revision, power FROM read_parquet(?) ORDER BY revision"
    assert duckdb.connect().execute(query, [str(path)]).fetchall() == [(0, 100.0), (1, 5.0)]


def test_days_beyond_the_retention_go(archive: ParquetArchive) -> None:
    put(archive, rows(*(lamp("l1", 24 * n) for n in range(5))))
    archive.tidy(DAY + 120 * HOUR, keep=timedelta(days=2))
    assert [d.day for d in archive.days("streetlight")] == [25, 26, 27]


def test_a_full_disk_is_told_and_the_call_may_be_repeated(archive: ParquetArchive) -> None:
    archive._folder.write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        put(archive, rows(lamp("l1", 0)))
    archive._folder.unlink()
    put(archive, rows(lamp("l1", 0)))
    assert len(held(archive)) == 1


def test_a_damaged_file_is_named(archive: ParquetArchive) -> None:
    put(archive, rows(lamp("l1", 0)))
    files(archive)[0].write_bytes(b"no parquet")
    with pytest.raises(StoreUnavailable, match="archive"):
        held(archive)


def test_columns_say_what_the_readings_say(archive: ParquetArchive) -> None:
    put(archive, rows(lamp("b", 1, faults=("x",)), lamp("a", 2), lamp("a", 1, values={"on": True})))
    table = archive.columns("streetlight", *FOREVER, ["power", "on"])
    assert (list(table.devices), table.device.tolist()) == (["a", "b"], [0, 0, 1])
    assert table.at.tolist() == [micros(DAY + h * HOUR) for h in (1, 2, 1)]
    assert np.isnan(table.values["power"]).tolist() == [True, False, False]
    assert table.values["on"].tolist() == [1, 1, 1]
    assert table.faulty(frozenset({"x", "y"})).tolist() == [False, False, True]
    assert table.bounds().tolist() == [0, 2, 3]
    assert len(archive.columns("river_section", *FOREVER, ["ph"])) == 0


def test_a_kind_that_has_got_a_metric_since_reads_its_old_files(archive: ParquetArchive, tmp_path: Path) -> None:
    put(archive, rows(lamp("l1", 0)))
    (path,) = files(archive)
    import pyarrow.parquet as pq

    pq.write_table(pq.read_table(path).drop_columns(["energy"]), path)
    assert held(archive) == [lamp("l1", 0)]


READINGS = st.lists(
    st.builds(
        lambda name, hour, watts, revision: lamp(name, hour, watts, revision=revision),
        st.sampled_from(["a", "b"]),
        st.integers(0, 30),
        st.sampled_from([0.0, 50.0, 100.0]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive")


@given(readings=READINGS, cuts=st.lists(st.integers(1, 10), max_size=4), tidied=st.booleans())
def test_the_archive_says_what_the_telemetry_store_says(
    folder: Path, readings: list[Reading], cuts: list[int], *, tidied: bool
) -> None:
    """Duplicates, conflicts and revisions in any order, in any batches, joined or not."""
    shutil.rmtree(folder, ignore_errors=True)
    archive, store, offset = ParquetArchive(folder), MemoryStore(), 0
    for cut in [*cuts, len(readings)]:
        batch = readings[offset : offset + cut]
        if batch:
            put(archive, [(offset + n, 0, r) for n, r in enumerate(batch)])
        offset += len(batch)
    store.append(readings)
    if tidied:
        archive.tidy(DAY + 9 * 24 * HOUR)
    expected = sorted(store.window("streetlight", *FOREVER), key=lambda r: (r.device, r.at))
    assert held(archive) == expected
