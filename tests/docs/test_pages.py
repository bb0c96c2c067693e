"""Every page of the documentation leads where it says: links, files, tests and make targets exist."""

import re
from pathlib import Path

import pytest

from tests.support.servers import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@each_page
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", _text(page))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert not missing


@each_page
def test_every_file_named_in_code_marks_exists(page: Path) -> None:
    pattern = r"`((?:domain|rules|ingest|store|api|simulators|app|tests|tools|config|docs|benchmarks)/[\w./-]*)`"
    missing = [name for name in re.findall(pattern, _text(page)) if not (ROOT / name).exists()]
    assert not missing


@each_page
def test_every_test_that_is_named_as_proof_exists(page: Path) -> None:
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _text(page)):
        assert re.search(rf"^\s*(?:async )?def {name}\(", _text(ROOT / path), re.MULTILINE), f"{path}::{name}"


@each_page
def test_every_make_target_exists(page: Path) -> None:
    for target in re.findall(r"`make (\w+)`", _text(page)):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
