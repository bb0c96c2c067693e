"""Categories and checklists in TOML: what ships is right, and each mistake is named."""

import tomllib
from typing import Any

import pytest

from app.incidents import SHIPPED, load_plan, working_days
from domain.errors import ConfigError
from domain.incident import LimitKind
from rules.incidents.plan_file import parse_plan

GOOD = """
holidays = "CN"
[[category]]
id = "other"
title = "其他"
title_en = "Other"
working_days = 5
"""
WORDING = '[[wording]]\nwords = ["灯"]\nkinds = ["streetlight"]\ncategory = "other"'


def parsed(text: str) -> Any:
    return parse_plan(tomllib.loads(text), "incidents.toml")


def test_what_ships_is_right() -> None:
    plan = load_plan(SHIPPED)
    assert plan.limit("lamps").kind is LimitKind.HOURS
    assert plan.limit("never heard of") == plan.limit("other")
    assert len(plan.measures["yellow"]) < len(plan.measures["orange"]) < len(plan.measures["red"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace('"CN"', "7"), "holidays: must be a country"),
        (
            GOOD.replace("working_days = 5", "working_days = 1.5"),
            "category other, working_days: must be a whole",
        ),
        (GOOD.replace("working_days = 5", "hours = 0"), "category other, hours: must be a number above 0"),
        (GOOD + "hours = 3", "category other, hours: give either"),
        (GOOD.replace('"other"', '"lamps"'), "category: there must be one with the id 'other'"),
        (GOOD.replace('title = "其他"', 'title = " "'), "category other, title: must be a text"),
        (GOOD + 'colour = "red"', "category other, colour: unknown key"),
        (GOOD + GOOD.replace('holidays = "CN"', ""), "category other, id: is taken by an earlier category"),
        (
            GOOD + '[[wording]]\nwords = []\nkinds = ["streetlight"]\ncategory = "other"',
            "wording 1, words: must be a list",
        ),
        (GOOD + WORDING.replace('["灯"]', "[]"), "wording 1, words: must be a list"),
        (GOOD + WORDING.replace("streetlight", "ufo"), "'ufo' is no kind of device"),
        (GOOD + WORDING.replace("other", "x"), "category: must be one of other"),
        (GOOD + '[[wording]]\nword = "灯"', "wording 1, word: unknown key"),
        (GOOD + '[[measure]]\nid = "a"\nlevel = "pink"\nunit = "u"\ntext = "t"', "measure a, level: must be one of"),
    ],
)
def test_a_mistake_is_named(wrong: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parsed(wrong)


def test_a_country_without_a_calendar_is_an_error() -> None:
    with pytest.raises(NotImplementedError):
        working_days("XX")
