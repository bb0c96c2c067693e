"""What is said of judged mutants, and how a tree with mutants is made."""

from pathlib import Path

import pytest

from tests.mutation.generate import grow
from tests.mutation.report import Mutant, Verdict, changed, report, verdict_of

SOURCE = '''"""A module."""

LIMIT = 3


def over(value: int) -> bool:
    """Return whether it is over the limit."""
    return value > LIMIT
'''


@pytest.mark.parametrize(
    ("code", "verdict"),
    [(0, Verdict.SURVIVED), (1, Verdict.KILLED), (-24, Verdict.TIMEOUT), (-9, Verdict.TIMEOUT)],
)
def test_a_mutant_that_a_signal_ended_is_not_killed(code: int, verdict: Verdict) -> None:
    assert verdict_of(code) is verdict


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a\n  b\nc", "a\n  x\nc", "- b\n+ x"),
        ("a\nb\nb\nc", "a\nb\nc", "- b"),
        ("a", "a\nb", "+ b"),
        ("a\nb", "a\nb", ""),
    ],
)
def test_a_change_is_told_by_the_lines_that_differ(old: str, new: str, said: str) -> None:
    assert changed(old, new) == said


def test_only_what_was_judged_counts_and_every_mutant_that_lives_is_told() -> None:
    mutants = {name: Mutant("m.x_f", "0", f"- {name}\n+ x") for name in ("a", "b", "c", "d", "e")}
    verdicts = {"a": Verdict.KILLED, "b": Verdict.SURVIVED, "c": Verdict.UNREACHED, "d": Verdict.KILLED}
    assert report("rules/x", mutants, verdicts).splitlines() == [
        "rules/x: 5 made, 4 judged, 2 killed: 50.0 %",
        "  2 killed",
        "  1 survived",
        "  1 no test reaches it",
        "survived: b",
        "    - b",
        "    + x",
        "no test reaches it: c",
        "    - c",
        "    + x",
    ]
    assert report("rules/x", mutants, {}) == "rules/x: 5 made, 0 judged, 0 killed: none\n"


def test_a_tree_holds_the_mutants_of_one_package_and_links_to_the_rest(tmp_path: Path) -> None:
    root, place = tmp_path / "root", tmp_path / "place"
    for folder in ("rules/standards", "rules/air", "tests"):
        (root / folder).mkdir(parents=True)
    (root / "rules/standards/limits.py").write_text(SOURCE)
    mutants = grow(root, place, "rules/standards")
    changes = {mutant.change.partition("+ ")[2] for mutant in mutants.values()}
    assert changes == {"return value >= LIMIT"}
    assert {mutant.function for mutant in mutants.values()} == {"rules.standards.limits.x_over"}
    assert (place / "rules/air").is_symlink()
    assert not (place / "rules/standards").is_symlink()
    assert grow(root, place, "rules/standards") == mutants
    (root / "rules/standards/limits.py").unlink()
    assert grow(root, place, "rules/standards") == {}
    assert not (place / "rules/standards/limits.py").exists()
