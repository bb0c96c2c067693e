"""Channels and chains of the configuration: whole or not, each mistake named, no secret but in a client."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.channels import load_channels
from app.channels_file import contacts_of
from app.clock import wall_now
from app.duty import load_plan
from app.logs import JsonFormatter
from domain.citytime import JINAN
from domain.duty import ContactKind, DutyRole
from domain.errors import ConfigError
from domain.notice import NoticeKind
from domain.severity import EmergencyGrade, Severity
from notify.texts import SHIPPED as TEMPLATES
from notify.texts import Texts, clean, fitted
from tests.notify.support import Office, notice
from tests.support.vendors import Said, served

SECRET = "SECabcdef0123456789"
ALL = """
give_up_hours = 12
[channels.log]
kind = "log"
[channels.group]
kind = "dingtalk"
url_env = "T_URL"
secret_file = "{secret}"
[channels.wx]
kind = "wecom"
url_file = "{wecom}"
[channels.fs]
kind = "feishu"
url = "https://open.feishu.cn/open-apis/bot/v2/hook/x"
secret_env = "T_SECRET"
[channels.hook]
kind = "webhook"
url = "https://centre.example/alerts"
allowed_hosts = ["centre.example"]
secret_env = "T_SECRET"
[channels.am]
kind = "alertmanager"
url = "http://10.0.0.5:9093"
allowed_hosts = ["10.0.0.5"]
private = true
[channels.sms]
kind = "sms"
url = "https://sms.example/send"
allowed_hosts = ["sms.example"]
secret_env = "T_SECRET"
body = {{ to = "{{address}}", what = "{{title}}" }}
variables = {{ title = 20 }}
result = "Code"
good = ["OK"]
[channels.mail]
kind = "smtp"
host = "mail.example"
sender = "duty@city.example"
username = "duty"
secret_env = "T_SECRET"
[channels.bus]
kind = "mqtt"
host = "broker.example"
topic = "centre/notices"
[channels.tail]
kind = "apprise"
url_env = "T_APPRISE"
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An outbox and a clock."""
    office = Office.open(tmp_path)
    yield office
    office.store.close()


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a channel of every kind, and its secrets."""
    monkeypatch.setenv("T_SECRET", SECRET)
    monkeypatch.setenv("T_URL", f"https://oapi.dingtalk.com/robot/send?access_token={SECRET}")
    monkeypatch.setenv("T_APPRISE", f"json://127.0.0.1/{SECRET}")
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "wecom").write_text(f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}", encoding="utf-8")
    file = tmp_path / "channels.toml"
    text = ALL.format(secret=tmp_path / "secret", wecom=tmp_path / "wecom")
    file.write_text(text, encoding="utf-8")
    return file


def test_a_channel_of_every_kind_is_made(whole: Path) -> None:
    found = load_channels(whole, JINAN, wall_now)
    assert [c.name for c in found.channels] == ["log", "group", "wx", "fs", "hook", "am", "sms", "mail", "bus", "tail"]
    assert found.policy.give_up == timedelta(hours=12)
    assert found.contacts == contacts_of(whole)
    assert found.contacts["sms"] is ContactKind.PHONE
    assert (found.contacts["mail"], found.contacts["group"]) == (ContactKind.EMAIL, None)


def test_a_secret_is_in_no_representation_of_a_channel(whole: Path) -> None:
    for channel in load_channels(whole, JINAN, wall_now).channels:
        assert SECRET not in repr(channel), channel.name
        assert SECRET not in str(channel), channel.name


CASES: list[tuple[Callable[[str], str], str, str]] = [
    (lambda t: t.replace('kind = "log"', 'kind = "pigeon"'), "channels.log.kind", "'pigeon' is none of 'log'"),
    (lambda t: t.replace('kind = "log"', ""), "channels.log.kind", "is missing"),
    (lambda t: t.replace('kind = "log"', 'kind = "log"\ncolour = "red"'), "channels.log.colour", "no such key"),
    (lambda t: t.replace('secret_env = "T_SECRET"', "", 1), "channels.fs.secret", "exactly one of"),
    (lambda t: t.replace('"T_SECRET"', '"T_MISSING"', 1), "channels.fs.secret_env", "has no T_MISSING"),
    (lambda t: t.replace('allowed_hosts = ["centre.example"]', ""), "channels.hook.url", "not among allowed_hosts"),
    (lambda t: t.replace("private = true", ""), "channels.am.url", "must be https"),
    (lambda t: t.replace("/secret", "/nowhere"), "channels.group.secret_file", "No such file"),
    (lambda t: t.replace("[channels.log]", "[channels.LOG]"), "channels.LOG", "pattern"),
    (lambda t: t.replace("give_up_hours = 12", "give_up_hours = 0"), "give_up_hours", "greater than 0"),
    (lambda t: t + "[channels", "", "is no TOML"),
]


@pytest.mark.parametrize(("change", "field", "reason"), CASES, ids=[reason for _, _, reason in CASES])
def test_a_mistake_names_channel_key_and_reason(
    whole: Path, change: Callable[[str], str], field: str, reason: str
) -> None:
    whole.write_text(change(whole.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_channels(whole, JINAN, wall_now)
    assert any(p.field.startswith(field) and reason in p.reason for p in caught.value.problems), str(caught.value)
    assert SECRET not in str(caught.value)


def test_no_secret_and_no_address_is_logged_whatever_happens(
    whole: Path, office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Every kind that speaks HTTP, against refusals, broken answers and dropped connections."""
    caplog.set_level(logging.DEBUG)
    answers = [Said(drop=True), Said(500), Said(body={"errcode": 310000, "code": 19021, "errmsg": "sign"}), Said(302)]
    with served(lambda _: answers[len(server.asked) % len(answers)]) as server:
        text = whole.read_text(encoding="utf-8")
        for host in (
            "https://centre.example/alerts",
            "https://sms.example/send",
            "https://open.feishu.cn/open-apis/bot/v2/hook/x",
        ):
            text = text.replace(host, f"{server.url}/{SECRET}")
        monkeypatch.setenv("T_URL", f"{server.url}/robot?access_token={SECRET}")
        for part in ("group", "fs", "hook", "sms"):
            text = text.replace(f"[channels.{part}]", f"[channels.{part}]\nprivate = true")
        text = text.replace('["centre.example"]', '["127.0.0.1"]').replace('["sms.example"]', '["127.0.0.1"]')
        for kind in ("dingtalk", "feishu"):
            text = text.replace(f'kind = "{kind}"', f'kind = "{kind}"\nallowed_hosts = ["127.0.0.1"]')
        whole.write_text(text, encoding="utf-8")
        for channel in load_channels(whole, JINAN, wall_now).channels:
            if channel.name in {"group", "fs", "hook", "sms"}:
                lane = office.lane(channel)
                for n in range(4):
                    office.post(notice(f"{channel.name}{n}", channel.name))
                office.run(lane, timedelta(minutes=2), timedelta(seconds=10))
                lane.stop(1)
    assert len(server.asked) > 8
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("notice_not_sent" in line for line in lines)
    for line in lines:
        assert SECRET not in line
        assert "1380000000" not in line


def test_the_shipped_chains_fit_the_shipped_channels() -> None:
    plan = load_plan(None, contacts_of(None))
    assert plan.by_severity == {Severity.CRITICAL: "urgent", Severity.MAJOR: "important", Severity.MINOR: "usual"}
    assert {d.grade for d in plan.deadlines} == set(EmergencyGrade)
    assert plan.needed_roles == (DutyRole.OFFICER, DutyRole.LEADER)


SHIPPED = Path(__file__).parents[2] / "config" / "duty.toml"
PLAN_CASES = [
    ('critical = "urgent"', 'critical = "loud"', "severity.critical", "none of the chains"),
    ('critical = "urgent"', 'awful = "urgent"', "severity.awful", "none of info, minor, major, critical"),
    ('to = "role:officer" ', 'to = "role:boss" ', "chains.urgent.step 1.to", "none of the roles"),
    ('wait = "5min"', 'wait = "5 minutes"', "chains.urgent.step 2.wait", "no length of time"),
    ('wait = "5min"', 'wait = "0s"', "chains.urgent.step 2.wait", "longer than 0"),
    ('channels = ["log"]', 'channels = ["fax"]', "chains.urgent.step 1.channels", "none of the channels log"),
    ("rounds = 5 ", "rounds = 0 ", "chains.urgent.rounds", "whole number from 1"),
    ('ack_expires = "1h" ', 'ack_for = "1h" ', "chains.urgent.ack_for", "unknown key"),
    ('grade = "extreme" ', 'grade = "huge" ', "deadline 1.grade", "none of general"),
    ('writing = "1h"', 'writing = "1min"', "deadline 1.writing", "must not be before"),
    ('[fallback]\nto = "role:leader"', "[fallback]", "fallback.to", "none of role:<role>"),
    ('needed = ["officer", "leader"]', 'needed = ["officer", "boss"]', "roster.needed", "'boss' is none of"),
]


@pytest.mark.parametrize(("old", "new", "field", "reason"), PLAN_CASES, ids=[f for _, _, f, _ in PLAN_CASES])
def test_a_mistake_in_the_chains_names_table_key_and_reason(
    tmp_path: Path, old: str, new: str, field: str, reason: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "duty.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_plan(file, contacts_of(None))
    assert [(p.file, p.field) for p in caught.value.problems if reason in p.reason] == [(str(file), field)]


def test_a_group_cannot_be_told_by_a_channel_for_persons(tmp_path: Path) -> None:
    file = tmp_path / "duty.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8").replace('to = "bureau" ', 'to = "group" '), encoding="utf-8")
    with pytest.raises(ConfigError, match="reaches persons only"):
        load_plan(file, {"log": ContactKind.PHONE})
    assert load_plan(file, {"log": None}).chains["urgent"].steps[3].channels == ("log",)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_notice_has_its_word_in_both_languages(kind: NoticeKind, language: str) -> None:
    for name in ("notice", "digest"):
        assert f'"{kind.value}": ' in (TEMPLATES / language / f"{name}.txt").read_text(encoding="utf-8")
    texts = Texts(JINAN)
    for notices in ([notice("a", kind=kind)], [notice("a", kind=kind)] * 3):
        message = texts.message(notices, language, ())
        assert "回路失电 a" in message.title + message.text


def test_a_digest_names_the_worst_first_and_counts_the_rest() -> None:
    many = [notice(f"k{n}") for n in range(30)] + [notice("worst", severity=Severity.CRITICAL)]
    message = Texts(JINAN).message(many, "zh", ())
    assert message.title == "【紧急】31 条通知：告警"
    assert message.text.splitlines()[0].startswith("1. 【紧急】告警：回路失电 worst")
    assert message.text.splitlines()[-1] == "另有 23 条，详见平台。"


@pytest.mark.parametrize(("language", "title"), [("zh", "2 条通知：未送达"), ("en", "2 notices: not delivered")])
def test_a_message_of_many_says_in_its_title_what_they_are_if_they_are_of_one_kind(language: str, title: str) -> None:
    lost = [notice(key, kind=NoticeKind.UNDELIVERED) for key in "ab"]
    assert Texts(JINAN).message(lost, language, ()).title.endswith(title)
    assert title[1:4] in Texts(JINAN).message([*lost, notice("c")], language, ()).title
    assert title[-3:] not in Texts(JINAN).message([*lost, notice("c")], language, ()).title


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("请打13812345678", "请打***"),
        ("电话 0531-82345678。", "电话 ***。"),
        ("+86 138 1234 5678", "***"),
        ("车 鲁A12345 停", "车 *** 停"),
        ("鲁AD12345", "***"),
        ("编号 370102-000123 水位 28.15", "编号 370102-000123 水位 28.15"),
        ("sl-370102-13812345", "sl-370102-13812345"),
    ],
)
def test_numbers_and_plates_are_hidden_and_nothing_else(text: str, hidden: str) -> None:
    assert clean(text) == hidden


def test_templates_of_ones_own_come_first_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "notice.txt").write_text("【{{ n.severity_word }}】自定 {{ n.title }}", encoding="utf-8")
    assert Texts(JINAN, tmp_path).message([notice("a")], "zh", ()).title == "【重要】自定 回路失电 a"
    (tmp_path / "zh" / "digest.txt").write_text("{% for x %}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"digest\.txt:1"):
        Texts(JINAN, tmp_path)


def test_a_text_is_cut_between_characters() -> None:
    assert fitted("断电", 6) == "断电"
    assert fitted("断电了", 8) == "断…"
