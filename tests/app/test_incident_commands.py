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


def test_a_ticket_joins_what_it_is_plainly_about_and_the_others_are_opened(case_id: str, tmp_path: Path) -> None:
    head = "ticket,title,lon,lat,text\n"
    (tmp_path / "first.csv").write_text(f"{head}T-1,路灯不亮,117.0,36.65,\n", encoding="utf-8")
    more = "T-2,好几盏路灯灭灯,117.0003,36.65,\nT-3,邻居吵架,117.0,36.65,\nT-1,路灯不亮,117.0,36.65,\n"
    (tmp_path / "more.csv").write_text(head + more, encoding="utf-8")
    first = run("import", str(tmp_path / "first.csv")).splitlines()
    assert first[-1] == "1 of 1 opened, 0 joined"
    lamp_case = first[0].split()[1]
    said = run("import", "--join", str(tmp_path / "more.csv"))
    assert f"T-2: joins {lamp_case}, 27 m away: 路灯不亮" in said
    assert f"    may be about {lamp_case} (路灯不亮), 0 m away, by its place alone" in said
    assert "T-1: " in said
    assert "already" in said
    assert said.splitlines()[-1] == "1 of 3 opened, 1 joined"


def test_an_officer_upgrades_and_reports(case_id: str) -> None:
    said = run("upgrade", case_id, "larger").splitlines()
    assert len(said) == 2
    assert all(line.startswith(case_id) and line.endswith("to 市政府总值班室") for line in said)
    first, second = run("report", case_id, "phone", "--to", "市政府总值班室").splitlines()
    assert ("made" in first, "made" in second) == (True, False)
    assert "大面积停电" in run("list")
