"""What a grade says of one reading."""

from rules.alerts.condition import Grader
from rules.alerts.graders import grade
from tests.support.rules import BEGINNING, section, water

PHOSPHORUS = 0.08
"""mg/L. GB 3838-2002, table 1: class Ⅱ of a river, class Ⅳ of a lake."""


def test_the_class_of_a_lake_goes_by_the_lake_s_limits() -> None:
    said = water("s1", BEGINNING, {"tp": PHOSPHORUS})
    assert grade(Grader.WATER_CLASS, section("s1"), said) == 2
    assert grade(Grader.WATER_CLASS, section("s1", body_type="lake"), said) == 4
