"""`quanyan notices` on the command line: what could not be told is seen with its reason, and sent again."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from domain.errors import ConfigError, Conflict
from domain.notice import Attempt, NoticeState, Outcome, Settled
from store.operational import OperationalStore
from tests.notify.support import NOON, notice


@pytest.fixture(autouse=True)
def dead_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANYAN_DATA_DIR", str(tmp_path))
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    store.outbox.post([notice("a", "robot"), notice("b", "robot"), notice("c", "hook")], NOON)
    refused = (Attempt(n, 1, NOON, Outcome.REFUSED, "310000", "sign not match", n) for n in (1, 2))
    store.outbox.settle([Settled(attempt, NoticeState.DEAD, NOON) for attempt in refused])
    store.close()


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, ["notices", *arguments], catch_exceptions=False).output


def test_what_could_not_be_told_is_listed_with_its_reason() -> None:
    *lines, first, second = run("list", "--state", "dead").splitlines()
    assert len(lines) == 2
    assert all("refused 310000" in line and "robot/ann" in line for line in lines)
    assert (first, second) == ("hook: 1 waiting", "robot: 2 dead")
    assert "sign not match" in run("show", "1")


def test_all_of_a_channel_is_sent_again_once_it_is_mended() -> None:
    assert run("resend", "--channel", "robot") == "2 notices are tried again\n"
    assert run("list", "--state", "dead").splitlines() == ["hook: 1 waiting", "robot: 2 waiting"]


def test_one_is_sent_again_by_its_number_and_what_is_no_dead_letter_is_refused() -> None:
    assert run("resend", "2") == "1 notices are tried again\n"
    with pytest.raises(Conflict, match="Notice 3 is waiting; only a dead letter can be sent again"):
        run("resend", "3")
    with pytest.raises(ConfigError, match="name notices, or a channel"):
        run("resend")
