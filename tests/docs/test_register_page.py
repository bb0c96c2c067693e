"""docs/register.md: the files it shows load, the mistakes it shows are told in these words, no column is left out."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import ConfigError
from store.files.device_fields import COLUMNS, REQUIRED
from store.register_files import load_register
from store.timetable_files import load_nights
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def _block(language: str, name: str) -> str:
    found = re.search(rf"^```{language} {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize(("language", "devices"), [("csv", 3), ("json", 1)])
def test_the_files_on_the_page_load(tmp_path: Path, language: str, devices: int) -> None:
    file = tmp_path / f"devices.{language}"
    file.write_text(_block(language, "register"), encoding="utf-8")
    assert len(load_register(file, NOW)) == devices


def test_the_nights_on_the_page_load(tmp_path: Path) -> None:
    file = tmp_path / "nights.csv"
    file.write_text(_block("csv", "nights"), encoding="utf-8")
    assert len(load_nights(file)) == 2


def test_the_mistakes_are_told_as_the_page_shows_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("devices.csv").write_text(_block("csv", "errors"), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_register(Path("devices.csv"), NOW)
    assert str(error.value) == _block("text", "errors").rstrip("\n")


def test_every_column_that_devices_share_is_on_the_page() -> None:
    cells = " ".join(re.findall(r"^\| (`[^|]+) \|", PAGE, re.MULTILINE))
    shared = COLUMNS[: COLUMNS.index("valid_to") + 1]
    assert set(re.findall(r"`(\w+)`", cells)) == set(shared)
    for column in REQUIRED:
        assert f"| `{column}` | required |" in PAGE
