"""`quanyan incidents` on the command line: an emergency, its deadlines, and that they were met."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from domain.incident import Incident, IncidentState, Origin
from domain.severity import Severity
from store.operational import OperationalStore


@pytest.fixture
def case_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("QUANYAN_DATA_DIR", str(tmp_path))
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    now = datetime(2026, 11, 25, 1, tzinfo=UTC)
    wish = Incident("", "大面积停电", "lamps", Origin.PHONE, Severity.CRITICAL, IncidentState.NEW, now, "ann")
    try:
        return store.incidents.open(wish, "20261125").id
    finally:
        store.close()


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["incidents", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_officer_upgrades_and_reports(case_id: str) -> None:
    said = run("upgrade", case_id, "larger").splitlines()
    assert len(said) == 2
    assert all(line.startswith(case_id) and line.endswith("to 市政府总值班室") for line in said)
    first, second = run("report", case_id, "phone", "--to", "市政府总值班室").splitlines()
    assert ("made" in first, "made" in second) == (True, False)
    assert "大面积停电" in run("list")
