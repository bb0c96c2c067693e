"""The command line: every command is there, and loads no more than it needs."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, cli
from domain.errors import ConfigError
from tests.support.service import REPOSITORY

HEAD = "id,kind,name,district,management_area,responsible_unit,road,road_class,supply_point,lighting_use,rated_power"
LAMP = "L1,streetlight,灯1,370102,370102,济南市城市照明服务中心,经十路,arterial,SP1,functional,150"
SAMPLE = REPOSITORY / "config" / "feeds.csv"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    said = CliRunner().invoke(cli, [name, "--help"])
    assert said.exit_code == 0, said.output
    assert f"quanyan {name}" in said.output


def test_a_mistyped_command_is_told_which_was_meant() -> None:
    said = CliRunner().invoke(cli, ["dty"])
    assert said.exit_code == 2
    assert "Did you mean 'duty'?" in said.output


def test_it_says_its_version() -> None:
    said = CliRunner().invoke(cli, ["--version"])
    assert (said.exit_code, said.output) == (0, f"quanyan {version('quanyan')}\n")


@pytest.mark.parametrize(
    "asked", [("reload",), ("targets",), ("ledger", "d1"), ("completeness",), ("import", str(SAMPLE))]
)
def test_a_key_that_cannot_be_read_is_told_with_its_file(asked: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "key"
    for reason in ("No such file", "is no API key"):
        said = CliRunner().invoke(cli, [*asked, "--key-file", str(file)])
        assert isinstance(said.exception, ConfigError)
        (problem,) = said.exception.problems
        assert (problem.field, problem.reason.startswith(f"{file}: {reason}")) == ("--key-file", True)
        file.write_bytes(b"\xff")


def test_check_config_names_a_mistake_in_the_rules(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.toml").write_text("[[rule]]\n", encoding="utf-8")
    file = tmp_path / "city.toml"
    file.write_text(f"rules_folder = '{rules}'\n", encoding="utf-8")
    said = CliRunner().invoke(cli, ["check-config", "--config", str(file)])
    assert isinstance(said.exception, ConfigError)
    assert "rule.1.name" in {problem.field for problem in said.exception.problems}


@pytest.mark.parametrize("command", ["duty", "keys", "register"])
def test_who_asks_a_short_question_does_not_wait_for_the_web_framework(command: str) -> None:
    program = f"import sys; from app.cli import Commands; Commands()['{command}']; print('fastapi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    file = tmp_path / "city.toml"
    file.write_text(f"data_dir = '{tmp_path / 'data'}'\n", encoding="utf-8")
    said = CliRunner().invoke(cli, ["keys", "list", "--config", str(file)])
    assert isinstance(said.exception, ConfigError)
    assert "data_dir" in {problem.field for problem in said.exception.problems}


def test_a_file_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(f"{HEAD}\n{LAMP}\n", encoding="utf-8")
    report = tmp_path / "nowhere" / "account.json"
    asked = ("simulate", "fleet", "--register", str(tmp_path / "register.csv"), "--report", str(report))
    done = subprocess.run(
        [sys.executable, "-m", "app", *asked], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"quanyan: {report}: No such file or directory\n"


def test_a_fleet_without_a_broker_says_so(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(f"{HEAD}\n{LAMP}\n", encoding="utf-8")
    (tmp_path / "city.toml").write_text("[mqtt]\nport = 1\n", encoding="utf-8")
    asked = ("simulate", "fleet", "--register", str(tmp_path / "register.csv"), "--config", str(tmp_path / "city.toml"))
    with subprocess.Popen(
        [sys.executable, "-m", "app", *asked], cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as fleet:
        assert fleet.stderr is not None
        assert fleet.stderr.readline() == b"mqtt://127.0.0.1:1: no connection yet, trying on\n"
        fleet.kill()
