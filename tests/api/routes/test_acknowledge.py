"""The link of a personal message: opening it shows, pressing the button acknowledges, once, and only what was seen."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from api.services import AckServices
from domain.alert import Alert, AlertChange, AlertGroup, AlertState, ChangeKind
from domain.alert_ports import TickRecord
from domain.notice import Notice, NoticeKind
from domain.severity import Severity
from rules.duty.links import read, token
from tests.support.alerts import dark_lamp
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW
from tests.support.duty import roster

SECRET = b"s" * 64
GROUP = AlertGroup("road:经十路", "经十路<b>")


class Phone:
    """A city whose messages carry links, and somebody with a telephone and no key."""

    def __init__(self, city: SmallCity) -> None:
        self.city = city
        city.operational.duty.put(roster(), "tests", NOW)
        self.client = Client(city.with_changes(ack=AckServices(city.operational.links, partial(read, SECRET))))

    def raise_(self, number: int, **changes: Any) -> Alert:
        alert = dark_lamp(number, NOW, **({"group": GROUP, "severity": Severity.MAJOR} | changes))
        self.city.operational.alerts.commit(TickRecord(NOW, changes=[AlertChange(ChangeKind.RAISED, alert, NOW)]))
        return alert

    def told(self, key: str = "k", person: str | None = "ann") -> str:
        """Tell somebody, and return the path of the link in the message."""
        notice = Notice(key, NoticeKind.RAISED, Severity.MAJOR, GROUP.key, NOW, "sms", person)
        self.city.operational.outbox.post([notice], self.city.wall.now())
        number = next(
            p.id for p in self.city.operational.outbox.due("sms", self.city.wall.now(), 99) if p.notice.key == key
        )
        return f"/a/{token(SECRET, number, key, self.city.wall.now() + timedelta(hours=12))}"

    def press(self, path: str, page: httpx.Response | None = None) -> httpx.Response:
        """Press the button of the page as it was shown."""
        shown = self.client.get(path) if page is None else page
        found = re.search(r'name="seen" value="([0-9a-f]+)"', shown.text)
        return self.client.post(path, data={"seen": "" if found is None else found[1]})

    def wishes(self) -> Sequence[tuple[str, str]]:
        return [(wish.alert, wish.by) for wish, _ in self.city.operational.alerts.commands(None)]


@pytest.fixture
def phone(city: SmallCity) -> Phone:
    return Phone(city)


def test_opening_the_link_shows_what_is_the_matter_in_both_languages_and_changes_nothing(phone: Phone) -> None:
    phone.raise_(1)
    path = phone.told()
    answers = [phone.client.get(f"{path}?from=singlemessage") for _ in range(3)]  # chats open it to show a preview
    answer = answers[-1]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for word in (
        "熄灯",
        "经十路&lt;b&gt;",
        "重要 major",
        "2026-11-23 20:00:00",
        "签收（ann 姓名）",
        "Acknowledge",
        "地点 Place",
    ):
        assert word in answer.text
    assert phone.wishes() == []


def test_the_page_runs_no_script_and_loads_nothing(phone: Phone) -> None:
    phone.raise_(1)
    answer = phone.client.get(phone.told())
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self'" in policy
    assert "script" not in policy + answer.text
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "noindex" in answer.headers["x-robots-tag"]


def test_pressing_the_button_acknowledges_everything_shown_in_the_name_of_the_person(phone: Phone) -> None:
    phone.raise_(1)
    phone.raise_(2)
    phone.raise_(3, silenced_by="s1")  # nobody was told of it
    answer = phone.press(phone.told())
    assert (answer.status_code, "已签收" in answer.text) == (200, True)
    assert phone.wishes() == [("a1", "ann"), ("a2", "ann")]
    entry = phone.city.operational.audit.list(after=3)[-1]
    assert (entry.author, entry.action, entry.detail["person"], entry.detail["name"]) == (
        "ann",
        "alert.acknowledge",
        "ann",
        "ann 姓名",
    )
    assert entry.detail["alerts"] == ["a1", "a2"]


def test_a_link_works_once(phone: Phone) -> None:
    phone.raise_(1)
    path = phone.told()
    page = phone.client.get(path)
    assert phone.press(path, page).status_code == 200
    again = phone.press(path, page)
    assert (again.status_code, "已使用过" in again.text, "ann 姓名" in again.text) == (409, True, True)
    assert phone.client.get(path).status_code == 409
    assert len(phone.wishes()) == 1


def test_what_came_on_top_after_the_page_was_read_is_not_acknowledged_unseen(phone: Phone) -> None:
    phone.raise_(1)
    path = phone.told()
    page = phone.client.get(path)
    phone.raise_(2)
    stale = phone.press(path, page)
    assert (stale.status_code, phone.wishes()) == (412, [])
    assert "灯2" in stale.text
    assert phone.press(path, stale).status_code == 200  # the page that said so has the button again
    assert len(phone.wishes()) == 2


def test_what_got_worse_after_the_page_was_read_is_not_acknowledged_unseen(phone: Phone) -> None:
    alert = phone.raise_(1)
    path = phone.told()
    page = phone.client.get(path)
    worse = AlertChange(ChangeKind.WORSENED, replace(alert, severity=Severity.CRITICAL), NOW)
    phone.city.operational.alerts.commit(TickRecord(NOW, changes=[worse]))
    assert phone.press(path, page).status_code == 412
    assert phone.client.post(path).status_code == 412  # a press without a page saw nothing at all
    assert phone.wishes() == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"state": AlertState.RECOVERED, "recovered_at": NOW}, "已结束"),
        ({"state": AlertState.ACKNOWLEDGED, "acknowledged_by": "ben"}, "ben 姓名"),
    ],
)
def test_what_is_over_or_taken_cannot_be_acknowledged(phone: Phone, changes: dict[str, Any], word: str) -> None:
    phone.raise_(1, **changes)
    path = phone.told()
    for answer in (phone.client.get(path), phone.press(path)):
        assert (answer.status_code, word in answer.text) == (409, True)
    assert phone.wishes() == []


def test_an_expired_link_is_gone(phone: Phone) -> None:
    phone.raise_(1)
    path = phone.told()
    phone.city.wall.instant += timedelta(hours=12)
    assert (phone.client.get(path).status_code, phone.press(path).status_code) == (410, 410)
    assert phone.wishes() == []


@pytest.mark.parametrize("forged", ["/a/x", "/a/" + "a" * 48, "/a/经十路"])
def test_a_forged_link_is_forbidden(phone: Phone, forged: str) -> None:
    phone.raise_(1)
    assert (phone.client.get(forged).status_code, phone.client.post(forged).status_code) == (403, 403)


def test_a_link_to_another_notice_or_none_is_unknown(phone: Phone) -> None:
    phone.raise_(1)
    phone.told("k")
    ends = phone.city.wall.now() + timedelta(hours=1)
    for number, key in ((1, "another key"), (99, "k")):
        path = f"/a/{token(SECRET, number, key, ends)}"
        assert (phone.client.get(path).status_code, phone.press(path).status_code) == (404, 404)
    assert phone.wishes() == []


def test_a_notice_for_a_group_has_no_link_that_acknowledges(phone: Phone) -> None:
    phone.raise_(1)
    assert phone.client.get(phone.told(person=None)).status_code == 404


def test_somebody_who_left_the_roster_acknowledges_nothing(phone: Phone) -> None:
    phone.raise_(1)
    path = phone.told(person="gone")
    assert (phone.client.get(path).status_code, phone.press(path).status_code) == (403, 403)


def test_without_a_public_address_there_are_no_links(city: SmallCity) -> None:
    assert city.client(None).get(f"/a/{'a' * 48}").status_code == 404
