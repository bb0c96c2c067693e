"""A short run of `make fuzz`, and the corpus: never a crash, always a verdict."""

import pytest

from tests.fuzz.mutate import cases, corpus
from tests.fuzz.targets import TARGETS

COUNTS = {"codec": 600, "topic": 3000, "config": 120, "lines": 2000, "body": 600}


@pytest.mark.parametrize("target", TARGETS)
def test_every_case_has_a_verdict(target: str) -> None:
    for case in cases(target, COUNTS[target], seed=7):
        TARGETS[target](case)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_has_a_corpus_and_equal_seeds_give_equal_cases(target: str) -> None:
    assert (known := len(corpus(target)))
    assert (
        list(cases(target, known + 50, 3)) == list(cases(target, known + 50, 3)) != list(cases(target, known + 50, 4))
    )
