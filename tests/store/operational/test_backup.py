"""A backup holds one state of the whole database; a restore brings back the same, also into the other database."""

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from domain.alert_ports import AlertFilter
from domain.delivery import Delivery, Journaled, Reason, Source
from domain.errors import ConfigError
from domain.ports import DeviceChange
from domain.record import QuarantineFilter, QuarantineItem, Role
from store.operational import OperationalStore
from store.operational.backup import MANIFEST, back_up, restore
from store.operational.engine import Database, connect, migrate
from store.operational.keys import new_key
from tests.store.operational.builders import T0, lamp
from tests.store.operational.test_alerts import alert, raise_, wish
from tests.support.duty import roster

LATER = T0 + timedelta(days=1)


def filled(url: str) -> None:
    """A database with something of everything that has a type of its own: instants, JSON, bytes, NULL, booleans."""
    store = OperationalStore(url)
    store.register.record([DeviceChange(lamp(f"L{n}"), T0) for n in range(1500)], "tests", T0)
    store.duty.put(roster(), "tests", T0)
    raise_(store, [alert(1), alert(2, silenced_by="m", text="熄灯 \u2028")])
    store.alerts.request(wish())
    store.keys.add(new_key("first", Role.READ, T0)[0])
    delivery = Journaled(7, Delivery("city/v1/x", b"\x00\xff{", T0, Source.MQTT, 1))
    store.quarantine.add([(delivery, [QuarantineItem(7, None, Reason.NOT_JSON, "no", None, None)])])
    store.close()


def content(url: str) -> Mapping[str, Sequence[Any]]:
    """Every row of every table, as the database itself writes it."""
    database = Database(connect(url))
    with database.read() as connection:
        names = sorted(inspect(connection).get_table_names())
        queries = {name: f"SELECT * FROM {name}" for name in names}  # noqa: S608 - names of our own tables
        rows = {name: sorted(map(str, connection.exec_driver_sql(query))) for name, query in queries.items()}
    database.close()
    return rows


@pytest.fixture
def backup(url: str, tmp_path: Path) -> Path:
    filled(url)
    folder = tmp_path / "backup"
    rows = back_up(url, folder, LATER)
    assert rows["device_version"] == 1500
    return folder


def fresh(tmp_path: Path, name: str = "other.db") -> str:
    return f"sqlite:///{tmp_path / name}"


def test_a_restore_brings_back_every_row(url: str, backup: Path, tmp_path: Path) -> None:
    other = fresh(tmp_path)
    restore(other, backup)
    again = tmp_path / "again"
    back_up(other, again, LATER)
    if url.startswith("sqlite"):
        assert content(other) == content(url)
        assert (again / MANIFEST).read_text(encoding="utf-8") == (backup / MANIFEST).read_text(encoding="utf-8")
    store = OperationalStore(other)
    assert len(store.register.load()) == 1500
    assert [n.alert for n in store.alerts.list(AlertFilter())] == [
        alert(2, silenced_by="m", text="熄灯 \u2028"),
        alert(1),
    ]
    (item,) = store.quarantine.list(QuarantineFilter())
    assert item.delivery.payload == b"\x00\xff{"
    assert store.duty.load().people == roster().people
    store.alerts.request(wish("a2"))  # counters go on where they were
    assert [w.id for w, _ in store.alerts.commands(None)] == [1, 2]
    store.close()


@pytest.mark.postgres
def test_a_backup_of_sqlite_goes_into_postgresql(tmp_path: Path, postgres_url: str) -> None:
    url = fresh(tmp_path, "first.db")
    filled(url)
    back_up(url, tmp_path / "backup", LATER)
    restore(postgres_url, tmp_path / "backup")
    store = OperationalStore(postgres_url)
    assert len(store.register.load()) == 1500
    assert store.alerts.get("a1") == alert(1)
    store.close()


def test_a_backup_of_an_older_release_is_brought_to_the_newest_form(tmp_path: Path) -> None:
    url = fresh(tmp_path, "old.db")
    database = Database(connect(url))
    migrate(database, "0004")
    database.close()
    back_up(url, tmp_path / "backup", LATER)
    assert json.loads((tmp_path / "backup" / MANIFEST).read_text(encoding="utf-8"))["version"] == "0004"
    restore(fresh(tmp_path), tmp_path / "backup")
    assert "incident" in content(fresh(tmp_path))


def test_nothing_is_restored_over_what_is_there(url: str, backup: Path) -> None:
    before = content(url)
    with pytest.raises(ConfigError, match="is not empty"):
        restore(url, backup)
    assert content(url) == before
    with pytest.raises(ConfigError, match="is there already"):
        back_up(url, backup, LATER)


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest", "other format"])
def test_a_damaged_backup_is_refused_before_anything_is_written(harm: str, tmp_path: Path) -> None:
    url = fresh(tmp_path, "first.db")
    filled(url)
    folder = tmp_path / "backup"
    back_up(url, folder, LATER)
    table = folder / "device_version.jsonl.gz"
    match harm:
        case "changed":
            table.write_bytes(gzip.compress(gzip.decompress(table.read_bytes()).replace(b"L7", b"L8", 1)))
        case "missing":
            table.unlink()
        case "no manifest":
            (folder / MANIFEST).unlink()
        case _:
            (folder / MANIFEST).write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        restore(fresh(tmp_path), folder)
    assert str(folder) in caught.value.problems[0].file
    assert not (tmp_path / "other.db").exists()


def test_what_was_cut_short_leaves_no_backup_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no tables"):
        back_up(fresh(tmp_path), tmp_path / "backup", LATER)
    assert not list(tmp_path.glob("backup*"))
