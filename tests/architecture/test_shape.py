"""Arrows point inwards (invariant 7), every package is under the contracts, and files stay small."""

import ast
import importlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import ROOT

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = CONFIG["tool"]["importlinter"]["root_packages"]
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40


def test_the_arrows_point_inwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_package_is_under_the_contracts() -> None:
    beside = {"tests", "benchmarks", "docs"}
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - beside
    assert on_disk == set(PACKAGES)
    assert set(CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)
    assert set(PACKAGES) <= set(CONFIG["tool"]["mypy"]["packages"])


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_ours_and_not_a_namesake(package: str) -> None:
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found).is_relative_to(ROOT / package)


def test_files_stay_small() -> None:
    long = {str(p.relative_to(ROOT)): n for p in FILES if (n := _lines(p)) > MAX_FILE_LINES}
    # What the inside asks of the outside is read as one page.
    assert set(long) <= {"domain/ports.py"}


def test_functions_stay_small() -> None:
    long = [name for path in FILES for name, lines in _functions(path) if lines > MAX_FUNCTION_LINES]
    assert long == []


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function with its lines, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) is not None else None
            told = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
            yield f"{path.relative_to(ROOT)}::{node.name}", (node.end_lineno or 0) - node.lineno + 1 - told
