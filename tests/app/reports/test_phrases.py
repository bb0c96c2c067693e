"""A report in Chinese gives its reasons in Chinese."""

import re

import pytest

from app.reports.phrases import catalogue
from app.reports.words import reason, unit_name
from app.targets import load_targets
from domain.citytime import JINAN

ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("the plan sets no figure", "方案未规定数值"),
        ("depends on 224 of 224 that are unknown", "取决于 224 个中 224 个未知的结果"),
        ("nothing was measured for road_class:arterial", "主干道 无测量结果"),
        ("ended 2020-12-31T16:00:00+00:00", "目标期限已于 2021-01-01 00:00+08:00 截止"),
        (
            (
                "nothing was measured for city; assumed: "
                "the figure is lost; 100 %, as national plans word the same sentence"
            ),
            "全市 无测量结果；按假定：抄本数值缺失；按国家方案同句表述取 100 %",
        ),
        ("6 of the lamps are made up", "路灯中有 6 个为虚构（仿真）数据"),
        ("nobody has said this before", "nobody has said this before"),
        ("", ""),
    ],
)
def test_a_reason_reads_in_chinese_as_a_whole_in_parts_and_by_template(said: str, chinese: str) -> None:
    assert reason(said, "zh", JINAN.tz) == chinese
    assert reason(said, "en", JINAN.tz) == said


def test_nothing_that_the_shipped_targets_say_stays_english() -> None:
    for target in load_targets(None, JINAN):
        for said in filter(None, (target.not_measured_because, target.assumed and f"assumed: {target.assumed}")):
            assert not ENGLISH.search(reason(said, "zh", JINAN.tz)), f"{target.id}: {said}"


def test_every_translation_has_the_parts_of_its_phrase() -> None:
    for phrase, chinese in catalogue("verdicts").items():
        assert set(re.findall(r"\{(\d)\}", chinese)) == {str(n) for n in range(phrase.count("{}"))}, phrase


def test_what_is_counted_has_a_word_and_units_of_physics_stay() -> None:
    assert [unit_name(unit, "zh") for unit in ("{event}", "1", "kWh", "%")] == ["次", "", "kWh", "%"]
    assert unit_name("{event}", "en") == "event"
