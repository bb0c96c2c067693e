"""The snapshot is replaced whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

from app.snapshot import Snapshot, SnapshotFile

SNAPSHOT = Snapshot(
    offset=7,
    ticked=datetime(2026, 11, 23, 9, 0, 0, 500000, tzinfo=UTC),
    gateways={"gw-1": True},
    verdicts={"t": "met"},
    city={"lamps": [["灯", 1.5]]},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = SnapshotFile(tmp_path / "deep" / "engine.json.gz")
    assert file.read() is None
    file.write(SNAPSHOT)
    assert file.read() == SNAPSHOT


def test_a_torn_file_is_kept_aside_and_not_used(tmp_path: Path) -> None:
    path = tmp_path / "engine.json.gz"
    file = SnapshotFile(path)
    file.write(SNAPSHOT)
    path.write_bytes(path.read_bytes()[:-20])
    assert file.read() is None
    assert (tmp_path / "engine.json.unusable").exists()
