"""DingTalk, WeCom and Feishu, against servers that sign, limit and fail as the vendors document."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.citytime import JINAN
from domain.notice import NoticeFilter, NoticeState, Outcome
from notify.channel import Channel
from notify.channels import dingtalk, feishu, wecom
from notify.texts import Texts
from tests.notify.support import Office, notice, poster
from tests.support.vendors import RobotGroup, Rule, Said, served

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
Make = Callable[[str, str, Callable[[], datetime]], Channel]


def _dingtalk(url: str, secret: str, wall: Callable[[], datetime]) -> Channel:
    return dingtalk.DingTalkChannel("chat", poster=poster(f"{url}/robot/send?access_token=T"), secret=secret, wall=wall)


def _wecom(url: str, secret: str, wall: Callable[[], datetime]) -> Channel:
    return wecom.WeComChannel("chat", poster=poster(f"{url}/cgi-bin/webhook/send?key={secret}"))


def _feishu(url: str, secret: str, wall: Callable[[], datetime]) -> Channel:
    return feishu.FeishuChannel("chat", poster=poster(f"{url}/open-apis/bot/v2/hook/T"), secret=secret, wall=wall)


def _rule(robot: RobotGroup, vendor: str) -> Rule:
    rule: Rule = getattr(robot, vendor)
    return rule


VENDORS = [("dingtalk", _dingtalk), ("wecom", _wecom), ("feishu", _feishu)]
every_vendor = pytest.mark.parametrize(("vendor", "make"), VENDORS, ids=[v for v, _ in VENDORS])


@every_vendor
def test_a_message_is_signed_told_and_recorded(office: Office, vendor: str, make: Make) -> None:
    robot = RobotGroup(office.clock.now)
    with served(_rule(robot, vendor)) as server:
        lane = office.lane(make(server.url, robot.secret, office.clock.now))
        office.post(notice("a"))
        office.run(lane, SECOND)
        lane.stop(1)
    ((_, text),) = robot.posted
    assert "【重要】告警：回路失电 a" in text
    assert office.states() == {"a": NoticeState.SENT}


@every_vendor
def test_200_with_an_error_in_the_body_has_failed(office: Office, vendor: str, make: Make) -> None:
    robot = RobotGroup(office.clock.now)
    with served(_rule(robot, vendor)) as server:
        lane = office.lane(make(server.url, "a wrong secret", office.clock.now))
        office.post(notice("a"))
        office.run(lane, SECOND)
        lane.stop(1)
    assert robot.posted == []
    (dead, _) = office.store.outbox.list(NoticeFilter())
    assert dead.state is NoticeState.DEAD
    assert dead.last is not None
    assert dead.last.code == {"dingtalk": "310000", "wecom": "93000", "feishu": "19021"}[vendor]


@every_vendor
def test_a_flood_keeps_the_vendors_limit_and_loses_nothing(office: Office, vendor: str, make: Make) -> None:
    limit = {"count": 5, "seconds": 1} if vendor == "feishu" else {"count": 20, "seconds": 60}
    robot = RobotGroup(office.clock.now, **limit)  # type: ignore[arg-type]
    with served(_rule(robot, vendor)) as server:
        lane = office.lane(make(server.url, robot.secret, office.clock.now))
        for n in range(120):  # an alert every second for two minutes, each of a group of its own
            office.post(notice(f"k{n}"))
            office.run(lane, timedelta(0))
        office.run(lane, 3 * MINUTE)
        lane.stop(1)
    assert robot.too_fast == 0
    assert set(office.states().values()) == {NoticeState.SENT}


@every_vendor
def test_told_too_fast_by_somebody_else_it_waits_and_tells_later(office: Office, vendor: str, make: Make) -> None:
    robot = RobotGroup(office.clock.now)
    robot.posted = [(office.clock.now(), "another program's")] * 20
    with served(_rule(robot, vendor)) as server:
        lane = office.lane(make(server.url, robot.secret, office.clock.now))
        office.post(notice("a"))
        office.run(lane, 15 * MINUTE)
        lane.stop(1)
    assert office.states() == {"a": NoticeState.SENT}
    assert office.outcomes() == ["limited", "sent"]
    waited = robot.posted[-1][0] - robot.posted[0][0]
    assert waited >= (10 * MINUTE if vendor == "dingtalk" else MINUTE)


@every_vendor
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Said(drop=True), Outcome.UNKNOWN),
        (Said(502, b"<html>bad gateway</html>"), Outcome.UNKNOWN),
        (Said(200, b"<html>a captive portal</html>"), Outcome.UNKNOWN),
        (Said(503, {}, {"Retry-After": "7"}), Outcome.AWAY),
        (Said(429, {}), Outcome.LIMITED),
    ],
    ids=["dropped", "bad gateway", "not the vendor", "unavailable", "too many"],
)
def test_what_may_pass_is_tried_again(office: Office, vendor: str, make: Make, said: Said, outcome: Outcome) -> None:
    robot = RobotGroup(office.clock.now)
    with served(_rule(robot, vendor)) as server:
        server.script.append(said)
        lane = office.lane(make(server.url, robot.secret, office.clock.now))
        office.post(notice("a"))
        office.run(lane, 5 * MINUTE)
        lane.stop(1)
    assert office.outcomes() == [outcome.value, "sent"]
    assert len(robot.posted) == 1


@every_vendor
def test_a_redirect_is_not_followed(office: Office, vendor: str, make: Make) -> None:
    robot = RobotGroup(office.clock.now)
    with (
        served(_rule(robot, vendor)) as elsewhere,
        served(lambda _: Said(307, {}, {"Location": elsewhere.url})) as server,
    ):
        lane = office.lane(make(server.url, robot.secret, office.clock.now))
        office.post(notice("a"))
        office.run(lane, SECOND)
        lane.stop(1)
        assert elsewhere.asked == []
    assert office.states()["a"] is NoticeState.DEAD


@every_vendor
def test_a_vendor_that_is_down_is_away(office: Office, vendor: str, make: Make) -> None:
    with served(lambda _: Said()) as server:
        url = server.url
    lane = office.lane(make(url, "s", office.clock.now))
    office.post(notice("a"))
    lane.step()
    lane.stop(1)
    assert office.outcomes() == ["away"]


def test_the_officer_is_mentioned_and_no_number_is_in_the_text(office: Office) -> None:
    robot = RobotGroup(office.clock.now)
    expected: dict[str, Callable[[Any], bool]] = {
        "dingtalk": lambda body: body["at"]["atMobiles"] == ["13800000000"],
        "wecom": lambda body: body["text"]["mentioned_list"] == ["wecom-ann"],
        "feishu": lambda body: '<at user_id="ou_ann"></at>' in body["content"]["text"],
    }
    for number, (vendor, make) in enumerate(VENDORS, 1):
        with served(_rule(robot, vendor)) as server:
            lane = office.lane(make(server.url, robot.secret, office.clock.now))
            office.post(notice(f"{number}", facts={"title": "打 13912345678 联系 鲁A12345 车主"}))
            office.run(lane, SECOND)
            lane.stop(1)
            assert expected[vendor](server.asked[0].json)
        assert not re.search("139|A12345", robot.posted[-1][1])


@every_vendor
def test_a_text_is_cut_to_the_vendors_bytes(tmp_path: Path, office: Office, vendor: str, make: Make) -> None:
    robot = RobotGroup(office.clock.now)
    message = Texts(JINAN).message([notice("a", facts={"title": "断" * 30, "text": "电" * 30_000})], "zh", ())
    with served(_rule(robot, vendor)) as server:
        channel = make(server.url, robot.secret, office.clock.now)
        assert channel.send(message).outcome is Outcome.SENT
        channel.close()
    most = {"dingtalk": dingtalk.BYTES, "wecom": 2048, "feishu": 20 * 1024}[vendor]
    assert len(robot.posted[0][1].encode()) <= most
    assert robot.posted[0][1].endswith("…")
