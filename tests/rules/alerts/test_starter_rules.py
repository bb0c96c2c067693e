"""The rules that ship with Quanyan: each is read, each has a case beside it, and each case comes out as written."""

from pathlib import Path

import pytest

from app.alert_rules import SHIPPED, load_book, load_cases
from app.targets import load_targets
from domain.citytime import JINAN
from rules.alerts.case_file import RuleCase

BOOK = load_book(SHIPPED)
CASES = load_cases(SHIPPED, BOOK)
TARGETS = load_targets(None, JINAN)


@pytest.mark.parametrize("case", CASES, ids=[f"{Path(c.file).stem}: {c.name}" for c in CASES])
def test_a_shipped_case_comes_out_as_written(case: RuleCase) -> None:
    assert case.run(BOOK, TARGETS) == []


def test_every_shipped_rule_is_expected_to_fire_in_some_case() -> None:
    fired = {alert["rule"] for case in CASES for expected in case.expected for alert in expected.alerts}
    assert set(BOOK.rules) - fired == set()


def test_every_shipped_rule_says_what_to_do() -> None:
    assert [r.name for r in BOOK.rules.values() if not r.runbook or not r.text] == []
