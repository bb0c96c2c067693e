"""apprise for the long tail; the services whose failures it does not see are refused."""

from datetime import timedelta

import pytest

from domain.errors import ConfigError
from domain.notice import NoticeState
from notify.channels.log import LogChannel
from notify.channels.long_tail import AppriseChannel, checked
from tests.notify.support import Office, notice
from tests.support.vendors import Said, served


def test_apprise_carries_a_message(office: Office) -> None:
    with served(lambda _: Said()) as server:
        url = checked(server.url.replace("http://", "json://") + "/hook", "url")
        office.post(notice("a", "tail"))
        office.run(office.lane(AppriseChannel("tail", url=url)), timedelta(seconds=1))
    assert server.asked[0].json["title"] == "【重要】告警：回路失电 a"
    assert office.states() == {"a": NoticeState.SENT}


def test_what_apprise_cannot_tell_is_tried_again(office: Office) -> None:
    with served(lambda _: Said()) as server:
        server.script.append(Said(500))
        url = checked(server.url.replace("http://", "json://") + "/hook", "url")
        office.post(notice("a", "tail"))
        office.run(office.lane(AppriseChannel("tail", url=url)), timedelta(minutes=1))
    assert office.outcomes() == ["unknown", "sent"]


@pytest.mark.parametrize(
    "url", ["dingtalk://S1@T0/1", "wecombot://K0", "feishu://T0", "lark://T0", "no-such-service://X0"]
)
def test_a_service_that_it_would_betray_or_does_not_know_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(url, "url")
    assert url.split("//")[1] not in str(caught.value)


def test_the_log_channel_shows_the_whole_message(office: Office) -> None:
    shown: list[str] = []
    office.post(notice("a", "log"))
    office.run(office.lane(LogChannel("log", show=shown.append)), timedelta(seconds=1))
    assert shown == ["【重要】告警：回路失电 a\n时间：11-25 12:00:00　责任单位：市城管局"]
