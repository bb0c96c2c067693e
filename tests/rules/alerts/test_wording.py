"""The figures in the line of an alert."""

from datetime import timedelta

import pytest

from domain.alert import Verdict
from domain.severity import Severity
from rules.alerts.condition import Silence
from rules.alerts.course import Finding, Rung, Timing
from rules.alerts.places import Place
from rules.alerts.rule import AlertRule
from rules.alerts.wording import text_of
from tests.support.rules import BEGINNING

SILENT = Silence(timedelta(hours=1), powered=False)
RULE = AlertRule("x", "x", "streetlight", SILENT, Timing((Rung(Severity.MINOR),)), "subject", text="{value}")
CITY = Place("city", "全市", "", "", synthetic=False, within=("city",), device=None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "—"), (0.0, "0"), (1 / 3, "0.3333"), (9999.4, "9999"), (10_000.4, "10000"), (-123_456.0, "-123456")],
)
def test_a_figure_has_four_digits_and_a_large_one_all_of_its_whole_ones(value: float | None, shown: str) -> None:
    assert text_of(RULE, CITY, Finding(Verdict.BREACH, BEGINNING, 0, BEGINNING, value), 0) == shown
