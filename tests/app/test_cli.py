"""The command line: every command is there, and loads no more than it needs."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, cli
from tests.support.service import REPOSITORY


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    said = CliRunner().invoke(cli, [name, "--help"])
    assert said.exit_code == 0, said.output
    assert f"quanyan {name}" in said.output


def test_a_mistyped_command_is_told_which_was_meant() -> None:
    said = CliRunner().invoke(cli, ["dty"])
    assert said.exit_code == 2
    assert "Did you mean 'duty'?" in said.output


@pytest.mark.parametrize("command", ["duty", "keys", "register"])
def test_who_asks_a_short_question_does_not_wait_for_the_web_framework(command: str) -> None:
    program = f"import sys; from app.cli import Commands; Commands()['{command}']; print('fastapi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
