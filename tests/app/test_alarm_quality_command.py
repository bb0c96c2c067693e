"""`quanyan alerts quality` on the command line: the same figures as the API's, by the names of what rang."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from domain.alert import AlertChange, ChangeKind
from domain.alert_ports import TickRecord
from domain.errors import ConfigError
from store.operational import OperationalStore
from tests.support.alerts import dark_lamp

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ALERT = dark_lamp(1, NOON, name="1 号灯")


@pytest.fixture(autouse=True)
def rang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One alert that rang at noon and is open still; the engine has come to the next midnight but one."""
    monkeypatch.setenv("QUANYAN_DATA_DIR", str(tmp_path))
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    store.alerts.commit(TickRecord(NOON, changes=[AlertChange(ChangeKind.RAISED, ALERT, NOON)]))
    store.alerts.commit(TickRecord(NOON + timedelta(hours=36)))
    store.close()


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, ["alerts", "quality", *arguments], catch_exceptions=False).output


def test_what_rang_and_what_stands_is_told_by_its_name() -> None:
    said = run("--from", "2026-11-23T00:00:00+08:00", "--to", "2026-11-25T00:00:00+08:00")
    assert "top  1 × lamp-dark 1 号灯 (device:L1) (100.0 %)" in said
    assert "stale  a1 lamp-dark 1 号灯 (device:L1) since 11-23 12:00" in said


def test_what_cannot_be_told_names_the_option() -> None:
    with pytest.raises(ConfigError, match="--by: the roster has no shifts"):
        run("--by", "shift")
    with pytest.raises(ConfigError, match="--from: no more than 93 days"):
        run("--from", "2026-01-01T00:00:00+08:00", "--to", "2026-11-25T00:00:00+08:00")
