"""What every indicator says of a made-up city and how it explains it, held against files that a person has read.

The words, clauses and inputs of an explanation are what a bureau is shown, so a change of them is seen as a change of
these files: `python -m tests.rules.test_told` writes them anew. A new indicator is covered by being registered.
"""

import json
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from pydantic_core import to_jsonable_python

from domain.scope import ScopeKind
from rules.indicators import INDICATORS
from tests.support.made_up import NOW, state_of, world_of

FOLDER: Final = Path(__file__).parent / "told"
SEEDS: Final = {4: len(ScopeKind), 11: 1}
"""Cities, and of how many kinds of scopes what is said of the first is held."""
INPUTS: Final = 4
"""So many of the inputs are held: each is written like the others."""


def told(name: str) -> list[dict[str, Any]]:
    """Return what is said of the first scope of each kind, as plain JSON."""
    found = []
    for seed, kinds in SEEDS.items():
        indicator = INDICATORS[name]
        city, shown = state_of(indicator, *world_of(indicator, Random(seed)))
        seen: set[ScopeKind] = set()
        for scope in shown.scopes():
            if scope.kind in seen or len(seen) == kinds:
                continue
            seen.add(scope.kind)
            measure, explanation = shown.measure(scope), shown.explain(scope)
            assert explanation.measure == measure
            assert explanation.source == indicator.source
            assert (measure.indicator, measure.scope, measure.at) == (name, str(scope), NOW)
            assert measure.register_version == city.world.register.version
            said = _rounded(to_jsonable_python(explanation))
            found.append({"seed": seed, **said, "inputs": said["inputs"][:INPUTS]})
    return found


def _rounded(said: Any) -> Any:
    """Return plain JSON with nine digits of each number: what is beyond differs between processors' libraries."""
    if isinstance(said, float):
        return float(f"{said:.9g}")
    if isinstance(said, dict):
        return {key: _rounded(value) for key, value in said.items()}
    return [_rounded(each) for each in said] if isinstance(said, list) else said


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_says_and_explains_what_was_read_and_found_right(name: str) -> None:
    assert told(name) == json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_there_is_no_file_of_an_indicator_that_is_gone() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(INDICATORS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in INDICATORS:
        text = json.dumps(told(each), ensure_ascii=False, indent=1)
        (FOLDER / f"{each}.json").write_text(text + "\n", encoding="utf-8")
