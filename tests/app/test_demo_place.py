"""Two demos never meet, and no folder is emptied that a demo did not make."""

import socket
from pathlib import Path

import pytest

from app.demo_place import LOOPBACK, claim_folder, free_port
from domain.errors import ConfigError


def test_a_second_demo_takes_another_folder_while_the_first_runs(tmp_path: Path) -> None:
    first = claim_folder(tmp_path / "demo", keep=False)
    second = claim_folder(tmp_path / "demo", keep=False)
    assert (first.path.name, second.path.name) == ("demo", "demo-2")
    first.release()
    third = claim_folder(tmp_path / "demo", keep=False)
    assert third.path == first.path
    second.release()
    third.release()


def test_a_start_begins_afresh_unless_told_to_keep(tmp_path: Path) -> None:
    first = claim_folder(tmp_path / "demo", keep=False)
    (first.path / "journal").mkdir()
    (first.path / "journal" / "0").touch()
    first.release()
    kept = claim_folder(tmp_path / "demo", keep=True)
    assert (kept.fresh, (kept.path / "journal" / "0").exists()) == (False, True)
    kept.release()
    afresh = claim_folder(tmp_path / "demo", keep=False)
    assert (afresh.fresh, (afresh.path / "journal").exists()) == (True, False)
    afresh.release()


def test_a_folder_with_files_of_others_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ConfigError, match="no demo made"):
        claim_folder(tmp_path, keep=False)
    assert (tmp_path / "thesis.txt").exists()


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
