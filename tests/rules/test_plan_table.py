"""The plan's table (city_operations.md, section 1) held against config/targets.toml: no row of it is forgotten."""

from datetime import datetime
from pathlib import Path

import pytest

from app.targets import load_targets
from domain.citytime import JINAN
from domain.measure import Direction, Target, TargetVerdict
from rules.targets import assess
from tests.support.rules import local

DOCUMENT = "关于全面开展城市品质“十化”提升行动加快建设“大强美富通”现代化国际大都市的实施方案（2019）"
LIGHTING = ("市城管局", "市住房城乡建设局", "市园林和林业绿化局")
AIR = ("市生态环境局", "市发展改革委", "市住房城乡建设局", "市城管局")
WATER = ("市生态环境局", "市水务局", "市园林和林业绿化局")
DATA = ("市工业和信息化局", "市大数据局")
SEVEN = (
    *("市工业和信息化局", "市公安局", "市交通运输局", "市卫生健康委"),
    *("市地方金融监管局", "市大数据局", "市行政审批服务局"),
)
HOTLINE = (
    *("市委宣传部", "市委网信办", "市政府办公厅", "市信访局"),
    *("市应急局", "市公安局", "市园林和林业绿化局"),
)
Y2019 = local("2020-01-01T00:00")
"""By the end of 2019: the first instant after it."""
ROWS: tuple[tuple[str, str, tuple[str, ...], int, float | None, datetime | None], ...] = (
    ("7", "精准信号配时", ("市公安局",), 1, None, None),
    ("7", "违法停车管理", ("市公安局",), 1, None, None),
    ("7", "共享单车", ("市公安局",), 1, None, None),
    ("10", "装灯率达到[缺]", LIGHTING, 1, 100, Y2019),
    ("10", "快速路、主次干道亮灯率达到98以上", LIGHTING, 6, 98, Y2019),
    ("10", "支路、街巷亮灯率达到96以上", LIGHTING, 4, 96, Y2019),
    ("10", "完成全市[缺]条路段", LIGHTING, 2, None, Y2019),
    ("10", "25个黑桥洞的路灯补建", LIGHTING, 2, None, Y2019),
    ("10", "钠灯光源更换为LED", LIGHTING, 2, None, None),
    ("10", "逐步实现城市照明设施的智能化管控", LIGHTING, 1, None, None),
    ("11", "不积水、不结冰、不扬尘", ("市城管局",), 1, None, None),
    ("21", "重污染天气应急预案", AIR, 1, None, None),
    ("21", "工地和道路扬尘管控", AIR, 1, None, None),
    ("22", "小清河辛丰庄出境断面水质稳定达标", WATER, 1, None, Y2019),
    ("22", "10个省控以上和57个市控河流断面", WATER, 2, None, None),
    ("22", "31条黑臭水体", WATER, 1, None, None),
    ("22", "16个化工聚集区地下水污染防治", WATER, 1, None, None),
    ("22", "泉群持续喷涌", WATER, 1, None, None),
    ("26", "跨部门协同处置", DATA, 1, None, None),
    ("26", "动态数据", DATA, 1, None, None),
    ("26", "可控、安全、实时的城市数据服务", DATA, 1, None, None),
    ("27", "实现80的部件资源在一张图上展示", SEVEN, 1, 80, None),
    ("27", "推进重点道路感知设备建设", SEVEN, 1, None, None),
    ("42", "接通率、回复率、办结率和群众满意率", HOTLINE, 2, None, None),
)
"""Item, words of the plan, bureaus as written, fewest targets, the limit if the plan's figure is one, the deadline."""
LOST = "[缺]"
"""Stands in a wording where the copy of the plan has lost a figure."""
TARGETS = load_targets(None, JINAN)


def _of(item: str, words: str) -> list[Target]:
    return [t for t in TARGETS if t.item == item and words in t.wording]


@pytest.mark.parametrize(("item", "words", "bureaus", "fewest", "limit", "deadline"), ROWS)
def test_a_row_of_the_table_is_a_target_with_its_bureaus_its_limit_and_its_deadline(
    item: str, words: str, bureaus: tuple[str, ...], fewest: int, limit: float | None, deadline: datetime | None
) -> None:
    found = _of(item, words)
    assert len(found) >= fewest
    for target in found:
        assert target.document == DOCUMENT
        assert target.bureau == bureaus
        if deadline is not None:
            assert target.deadline == deadline
        if limit is not None:
            assert (target.limit, target.direction) == (limit, Direction.AT_LEAST)
        assert (target.indicator is None) is bool(target.not_measured_because)


def test_no_target_is_without_a_row_of_the_table() -> None:
    told = {t.id for item, words, *_ in ROWS for t in _of(item, words)}
    assert {t.id for t in TARGETS} - told == set()


def test_what_cannot_be_measured_says_why() -> None:
    for target in TARGETS:
        found = assess(target, None, local("2026-11-23T12:00"))
        assert (found.verdict is TargetVerdict.NOT_MEASURED) is (target.indicator is None)
        assert target.indicator is not None or len(found.reason) > 20


def test_the_plan_in_hand_has_every_wording_word_for_word(shared_data: Path) -> None:
    text = (shared_data.parent / "domain" / "plan_2019_excerpt.txt").read_text(encoding="utf-8")
    for target in TARGETS:
        assert target.wording.replace(LOST, "") in text
        line = next(line for line in text.splitlines() if line.startswith(f"{target.item}."))
        assert "(责任单位:" + "、".join(target.bureau) + ")" in line


def test_where_the_copy_has_lost_a_number_the_wording_shows_it_and_what_is_assumed_is_said() -> None:
    marked = {target.id for target in TARGETS if LOST in target.wording}
    assert marked == {"10-installation", "10-road-sections", "10-underpasses"}
    lost = {target.id for target in TARGETS if "is lost" in target.assumed}
    assert lost == {"10-installation", "10-road-sections"}


def test_the_table_in_hand_has_as_many_rows_for_each_item(shared_data: Path) -> None:
    text = (shared_data.parent / "domain" / "city_operations.md").read_text(encoding="utf-8")
    section = text.split("\n## 1. ")[1].split("\n## 2. ")[0]
    cells = [line.split("|") for line in section.splitlines() if line.startswith("|")]
    asked = [row[1].strip() for row in cells if row[1].strip().isdigit()]
    assert asked == [item for item, *_ in ROWS]
