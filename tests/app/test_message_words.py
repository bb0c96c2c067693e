"""What ships says in both languages: every rule's title, text, labels and runbook, and what the watch over us finds."""

import re

import pytest

from app.alert_rules import SHIPPED, load_book
from app.message_words import spoken
from domain.alert import Verdict
from domain.citytime import JINAN
from domain.notice import Notice, NoticeKind
from domain.severity import Severity
from notify.texts import Texts
from rules.alerts.course import Finding
from rules.alerts.places import Place
from rules.alerts.rule import AlertRule
from rules.alerts.wording import text_of
from tests.support.duty import utc

AT = utc("2026-11-25T12:00:00+08:00")
RULES = list(load_book(SHIPPED).rules.values())
TEXTS = Texts(JINAN, say=spoken())
PLACE = Place("district:370102", "历下区", "", "", synthetic=False, within=(), device=None)
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3,}")
WHYS = ("pm25 has been the same for 4.5 h", "so2 is zero or less")


def texts(rule: AlertRule) -> list[str]:
    """Return all that a rule can say of a place."""
    finding = Finding(Verdict.BREACH, AT, 0, AT, 12, 40)
    findings = [finding._replace(why=why) for why in WHYS] if "{why}" in rule.text else [finding]
    return [text_of(rule, PLACE, each, level) for each in findings for level in range(len(rule.timing.rungs))]


def told(language: str, **facts: str) -> str:
    notice = Notice("k", NoticeKind.RAISED, Severity.MAJOR, "g", AT, "log", facts=facts)
    one = TEXTS.message([notice], language, ())
    many = TEXTS.message([notice, notice], language, ())
    return f"{one.title}\n{one.text}\n{many.title}\n{many.text}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_shipped_rule_is_told_in_the_language_of_who_reads_it(rule: AlertRule) -> None:
    for text in texts(rule):
        facts = {"title": rule.title, "text": text, "place": PLACE.name, "runbook": rule.runbook}
        assert CHINESE.findall(told("en", **facts)) == []
        assert "Lixia" in told("en", **facts)
        assert ENGLISH.findall(told("zh", **facts)) == []


def test_a_missed_target_is_told_by_the_words_of_the_plan() -> None:
    name = "第10条“快速路、主次干道亮灯率达到98以上”（主干道，亮灯率）"
    facts = {"title": "规划指标未达标", "text": f"{name}：97.5，目标 98", "place": name}
    assert f"{name}：97.5，目标 98" in told("zh", **facts)
    english = "Item 10 “快速路、主次干道亮灯率达到98以上” (Arterial roads, Light-on rate)"
    assert f"Alert: Target of the plan missed\n{english}: 97.5, target 98" in told("en", **facts)
    assert f"Target of the plan missed, {english}" in told("en", **facts)


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("nothing was received for 900 s", "已 900 秒未收到任何数据"),
        ("no tick for 61 s", "规则引擎已 61 秒未完成计算"),
        ("chat: refused 310000", "chat：拒收（310000）"),
        ("does not answer", "没有应答"),
        (
            "went back by 7 s; signatures, retries and times of arrival go by it",
            "时钟后跳 7 秒；签名、重试与到达时刻均以其为准",
        ),
        ("the disk is full in a way that nobody has words for", "the disk is full in a way that nobody has words for"),
    ],
)
def test_what_the_watch_finds_is_told_in_chinese_where_there_are_words_for_it(said: str, chinese: str) -> None:
    assert chinese in told("zh", title="平台自检：通知渠道发送失败", text=said)


def test_a_stuck_value_is_told_by_the_name_of_what_is_measured() -> None:
    rule = next(rule for rule in RULES if rule.name == "station-stuck")
    stuck = Finding(Verdict.BREACH, AT, 0, AT, why="o3 has been the same for 4 h")
    assert text_of(rule, PLACE, stuck, 0) == "历下区：臭氧(O3) 1小时平均已 4 小时未变"
