"""Today's release on the data of earlier ones: nothing is lost, all of it is readable; data of a newer one is refused.

`upgrade/form-NNNN.tar.xz` is the data folder of a release whose operational database had that form, after it was
stopped: a register of three lamps, a key, sixty readings and a revision in DuckDB, an entry in the quarantine, a
snapshot of the engine; and four deliveries in its journal that no consumer had passed, one of them no reading.
"""

import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.ledger import settled
from tests.support.processes import wait_until
from tests.support.service import Service

FOLDER = Path(__file__).parent / "upgrade"
FORMS = sorted(path.name.removesuffix(".tar.xz") for path in FOLDER.glob("form-*.tar.xz"))
CALM = {"QUANYAN_MQTT__PORT": "1", "QUANYAN_ARCHIVE__FLUSH_S": "1"}
FOR_EVER = {f"QUANYAN_RETENTION__{part}_DAYS": "0" for part in ("RAW", "HOUR", "DAY")}
"""The readings are of the day on which the data were made; they must not be too old when the test is run."""


def unpacked(form: str, folder: Path) -> dict[str, str]:
    """Unpack a data folder; return its key and the instant that its readings are counted back from."""
    with tarfile.open(FOLDER / f"{form}.tar.xz") as file:
        file.extractall(folder, filter="data")
    about: dict[str, str] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return about


@pytest.fixture(params=FORMS)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Service, datetime]]:
    about = unpacked(request.param, tmp_path)
    service = Service(tmp_path, CALM | FOR_EVER, key=about["key"])
    yield service, datetime.fromisoformat(about["at"])
    service.close()


def test_the_data_of_an_older_release_are_whole_and_go_on(older: tuple[Service, datetime]) -> None:
    service, made = older
    service.start(ready=False)  # with the key of the older release
    span = {"from": (made - timedelta(days=1)).isoformat(), "to": (made + timedelta(days=1)).isoformat()}

    def readings(lamp: int) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = service.get(f"devices/L{lamp}/readings", **span)["items"]
        return items

    wait_until(lambda: all(len(readings(lamp)) == 21 for lamp in range(3)), "what was journaled is stored too", 60)
    instants = [(made - timedelta(minutes=15 * n)).isoformat().replace("+00:00", "Z") for n in range(20, -1, -1)]
    assert [r["at"] for r in readings(2)] == instants
    [revised] = [r for r in readings(0) if r["revision"]]
    assert (revised["values"]["power"], revised["at"]) == (1.0, instants[15])
    settled(service)
    reasons = [entry["reason"] for entry in service.get("quarantine")["items"]]
    assert sorted(reasons)[-1:] == ["out_of_range"]
    assert len(reasons) == 2
    assert service.get("ingest")["accounting"]["readings"]["conflict"] == 0
    assert [d["id"] for d in service.get("devices")["items"]] == ["L0", "L1", "L2"]
    assert service.get("devices/L1/latest")["reading"]["at"] == instants[-1]
    assert service.stop() == 0


def newer_database(folder: Path) -> None:
    connection = sqlite3.connect(folder / "operational.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


def newer_journal(folder: Path) -> None:
    connection = sqlite3.connect(next((folder / "journal").glob("journal-*.sqlite")))
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def newer_readings(folder: Path) -> None:
    connection = duckdb.connect(str(folder / "telemetry.duckdb"))
    connection.execute("CREATE TABLE quanyan_form (form INTEGER)")
    connection.execute("INSERT INTO quanyan_form VALUES (99)")
    connection.close()


@pytest.mark.parametrize(
    ("make_newer", "file"),
    [(newer_database, "operational database"), (newer_journal, "journal-"), (newer_readings, "telemetry.duckdb")],
)
def test_the_data_of_a_newer_release_are_refused_with_the_file_and_left_alone(
    tmp_path: Path, make_newer: Callable[[Path], None], file: str
) -> None:
    unpacked(FORMS[-1], tmp_path)
    make_newer(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*/journal-*.sqlite")}
    refused = Service(tmp_path, CALM).cli("serve", check=False)
    assert refused.returncode == 2
    assert file in refused.stderr
    assert "newer release" in refused.stderr
    assert before == {path: path.read_bytes() for path in tmp_path.glob("*/journal-*.sqlite")}
