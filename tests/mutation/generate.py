"""A tree like the repository's, in which the files of one package hold all their mutants."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name, mangled_name_from_mutant_name

from tests.mutation.report import Mutant, changed

HIDDEN: Final = (".git", ".venv", ".uv", ".mutation", "web", "tools")


def grow(root: Path, place: Path, package: str) -> dict[str, Mutant]:
    """Make or freshen the tree at `place`; return its mutants by name.

    All but the package is links. A file whose source is no newer than its mutants is left as it is.
    """
    place.mkdir(parents=True, exist_ok=True)
    target, folder = root / package, place
    _link(root, folder, {*HIDDEN, Path(package).parts[0]})
    for part, following in zip(Path(package).parts, [*Path(package).parts[1:], None], strict=True):
        folder, origin = folder / part, root / (folder / part).relative_to(place)
        folder.mkdir(exist_ok=True)
        if following is not None:
            _link(origin, folder, {following})
    mutants: dict[str, Mutant] = {}
    for source in sorted(target.glob("*.py")):
        mutants |= _freshened(source, folder / source.name, source.relative_to(root))
    _tidy(target, folder)
    return mutants


def _link(origin: Path, folder: Path, but: set[str]) -> None:
    for entry in origin.iterdir():
        link = folder / entry.name
        if entry.name not in but and entry.name != "__pycache__" and not link.exists():
            link.symlink_to(entry)


def _freshened(source: Path, out: Path, named: Path) -> dict[str, Mutant]:
    index = out.with_suffix(".json")
    if not index.exists() or index.stat().st_mtime <= source.stat().st_mtime:
        made = mutate_file_contents(str(source), source.read_text(encoding="utf-8"))
        out.write_text(made.code, encoding="utf-8")
        index.write_text(json.dumps({name: asdict(mutant) for name, mutant in _mutants(made, named)}))
    return {name: Mutant(**row) for name, row in json.loads(index.read_text()).items()}


def _mutants(made: MutatedFile, named: Path) -> Iterator[tuple[str, Mutant]]:
    lines = made.code.splitlines()

    def text(function: str) -> str:
        span = made.line_span_by_function_name[function]
        return "\n".join(lines[span.start - 1 : span.end]).replace(function, "")

    for mutant in made.mutant_names:
        function = mangled_name_from_mutant_name(mutant)
        source = made.hash_by_function_name.get(function, "")
        change = changed(text(f"{function}__mutmut_orig"), text(mutant))
        yield get_mutant_name(named, mutant), Mutant(get_mutant_name(named, function), source, change)


def _tidy(target: Path, folder: Path) -> None:
    """Take away what a file that is gone has left."""
    for out in folder.glob("*.py"):
        if not (target / out.name).exists():
            out.unlink()
            out.with_suffix(".json").unlink(missing_ok=True)
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
