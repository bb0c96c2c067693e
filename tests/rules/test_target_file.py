"""Targets in TOML: the shipped file, and one exact problem for each mistake."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from domain.citytime import JINAN
from domain.errors import ConfigError
from domain.measure import Direction, Target, TargetVerdict
from rules.indicators import INDICATORS
from rules.target_file import parse_targets
from rules.targets import assess
from tests.support.rules import local

ROW = """
[[target]]
id = "t"
document = "plan"
item = "10"
wording = "亮灯率达到98以上"
bureau = ["市城管局"]
scope = "road_class:arterial"
indicator = "light_on_rate"
limit = 98
direction = ">="
"""
ROOT = Path(__file__).parents[2]


def _parse(text: str) -> tuple[Target, ...]:
    return parse_targets(tomllib.loads(text), "targets.toml", JINAN.tz)


def _shipped() -> dict[str, Target]:
    return {t.id: t for t in _parse((ROOT / "config" / "targets.toml").read_text(encoding="utf-8"))}


def test_a_row_becomes_a_target() -> None:
    (target,) = _parse(ROW + 'valid_from = 2019-01-01\nvalid_to = 2020-12-31\ndeadline = 2019-12-31\nassumed = "%"')
    assert target == Target(
        id="t",
        document="plan",
        item="10",
        wording="亮灯率达到98以上",
        bureau=("市城管局",),
        indicator="light_on_rate",
        scope="road_class:arterial",
        unit="%",
        limit=98.0,
        direction=Direction.AT_LEAST,
        period="instant",
        valid_from=local("2019-01-01T00:00"),
        valid_to=local("2021-01-01T00:00"),
        deadline=local("2020-01-01T00:00"),
        assumed="%",
    )


def test_a_row_without_an_indicator_says_why_it_is_not_measured() -> None:
    text = ROW.replace('indicator = "light_on_rate"', 'not_measured_because = "no feed"')
    (target,) = _parse(text.replace("limit = 98", "").replace('direction = ">="', ""))
    assert (target.indicator, target.not_measured_because, target.limit, target.direction) == (
        None,
        "no feed",
        None,
        None,
    )


def test_an_empty_file_has_no_targets() -> None:
    assert _parse("") == ()


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("limit = 98", "limit = 98\nlimt = 1", 'target "t", limt', "unknown key"),
        ('item = "10"', "", 'target "t", item', "is missing"),
        ('bureau = ["市城管局"]', "", 'target "t", bureau', "is missing"),
        ('bureau = ["市城管局"]', "bureau = []", 'target "t", bureau', "must be a list of texts"),
        ('bureau = ["市城管局"]', 'bureau = "市城管局"', 'target "t", bureau', "must be a list of texts"),
        ('bureau = ["市城管局"]', 'bureau = [" "]', 'target "t", bureau', "must be a list of texts"),
        ('wording = "亮灯率达到98以上"', 'wording = " "', 'target "t", wording', "must be a text that is not empty"),
        ('item = "10"', "item = 10", 'target "t", item', "must be a text that is not empty"),
        ("limit = 98", 'limit = "98"', 'target "t", limit', "must be a number"),
        ("limit = 98", "limit = true", 'target "t", limit', "must be a number"),
        ("limit = 98", "limit = nan", 'target "t", limit', "must be a number"),
        ("limit = 98", "limit = inf", 'target "t", limit', "must be a number"),
        ("limit = 98", "limit = 100.1", 'target "t", limit', "must lie between 0 and 100 %"),
        ("limit = 98", "limit = -0.1", 'target "t", limit', "must lie between 0 and 100 %"),
        ("limit = 98", "", 'target "t", limit', "limit and direction belong together"),
        ('direction = ">="', "", 'target "t", limit', "limit and direction belong together"),
        ('direction = ">="', 'direction = ">"', 'target "t", direction', "must be one of >=, <="),
        ('direction = ">="', 'direction = ">="\ndeadline = "2019"', 'target "t", deadline', "must be a date"),
        (
            'direction = ">="',
            'direction = ">="\ndeadline = 2019-12-31T00:00:00',
            'target "t", deadline',
            "must be a date",
        ),
        ('indicator = "light_on_rate"', "", 'target "t", indicator', "name an indicator, or say not_measured_because"),
        (
            'indicator = "light_on_rate"',
            'indicator = "light_on_rate"\nnot_measured_because = "x"',
            'target "t", not_measured_because',
            "contradicts indicator",
        ),
        (
            'indicator = "light_on_rate"',
            'indicator = "noise"',
            'target "t", indicator',
            f"'noise' is none of {', '.join(INDICATORS)}",
        ),
        (
            'scope = "road_class:arterial"',
            'scope = "section:s1"',
            'target "t", scope',
            "light_on_rate is not defined for a section",
        ),
        ('direction = ">="', 'direction = ">="\nperiod = "month"', 'target "t", period', "light_on_rate knows instant"),
        ('direction = ">="', 'direction = ">="\nunit = "kWh"', 'target "t", unit', "light_on_rate is in %"),
        (
            'direction = ">="',
            'direction = ">="\nvalid_from = 2020-01-02\nvalid_to = 2020-01-01',
            'target "t", valid_to',
            "lies before valid_from",
        ),
        ('id = "t"', "", "target 1, id", "is missing"),
    ],
)
def test_a_mistake_is_one_problem_with_its_place(old: str, new: str, field: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _parse(ROW.replace(old, new))
    assert [(p.file, p.line, p.field, p.reason) for p in caught.value.problems] == [("targets.toml", 0, field, reason)]


def test_a_scope_that_cannot_be_read_says_what_was_expected() -> None:
    with pytest.raises(ConfigError, match="target \"t\", scope: scope 'roads'"):
        _parse(ROW.replace('scope = "road_class:arterial"', 'scope = "roads"'))


def test_every_mistake_of_the_file_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        _parse("version = 1\n" + ROW + ROW.replace("limit = 98", 'limit = "x"'))
    assert [(p.field, p.reason) for p in caught.value.problems] == [
        ("version", "unknown key; targets are [[target]] tables"),
        ('target "t", limit', "must be a number"),
        ('target "t", id', "is taken by an earlier target"),
    ]


@pytest.mark.parametrize("data", [{"target": {}}, {"target": [1]}, {"target": "x"}])
def test_targets_must_be_tables(data: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"must be \[\[target\]\] tables"):
        parse_targets(data, "targets.toml", JINAN.tz)


def test_limits_at_the_ends_of_a_percentage_are_allowed() -> None:
    assert [_parse(ROW.replace("98", n, 1).replace("limit = 98", f"limit = {n}"))[0].limit for n in ("0", "100")] == [
        0,
        100,
    ]


@pytest.mark.parametrize("indicator", ["light_on_rate_nightly", "light_on_rate"])
def test_the_plan_asks_98_of_the_larger_roads_and_96_of_the_smaller_by_night_and_just_now(indicator: str) -> None:
    rows = {t.scope: t for t in _shipped().values() if t.indicator == indicator}
    assert {scope: t.limit for scope, t in rows.items()} == {
        "road_class:expressway": 98,
        "road_class:arterial": 98,
        "road_class:secondary": 98,
        "road_class:branch": 96,
        "road_class:alley": 96,
    }
    assert all(t.direction is Direction.AT_LEAST and t.deadline == local("2020-01-01T00:00") for t in rows.values())


def test_the_exit_section_is_judged_by_closed_months_and_the_sets_have_their_dates() -> None:
    exit_section = _shipped()["22-xinfengzhuang"]
    assert (exit_section.scope, exit_section.limit) == ("section:rs-xinfengzhuang", 100)
    assert exit_section.indicator == "section_stable_compliance"
    now = local("2026-11-23T12:00")
    verdicts = {t.scope: assess(t, None, now).verdict for t in _shipped().values() if t.scope.startswith("section_set")}
    assert verdicts == {
        "section_set:plan-2019-10": TargetVerdict.EXPIRED,
        "section_set:plan-2019-57": TargetVerdict.EXPIRED,
        "section_set:assessed-2025": TargetVerdict.NO_LIMIT,
    }


def test_every_item_of_the_plan_that_telemetry_touches_has_a_row() -> None:
    assert {t.item for t in _shipped().values()} == {"7", "10", "11", "21", "22", "26", "27", "42"}


def test_every_wording_is_the_plans_own(shared_data: Path) -> None:
    plan = (shared_data.parent / "domain" / "plan_2019_excerpt.txt").read_text(encoding="utf-8")
    for target in _shipped().values():
        assert target.wording.replace("[缺]", "") in plan  # where the copy has lost a figure
        assert target.document in plan.replace("\n", "")
        assert "、".join(target.bureau) in plan
