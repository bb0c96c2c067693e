"""Notices over HTTP: what was told, dead letters and their resending, how the channels are."""

from datetime import timedelta

import pytest

from domain.notice import Attempt, Notice, NoticeKind, NoticeState, Outcome, Settled
from domain.severity import Severity
from tests.support.api_client import Client
from tests.support.api_services import SmallCity

NOTICES = "/api/v1/notices"


@pytest.fixture
def three(city: SmallCity) -> None:
    """One sent, one dead, one waiting."""
    now = city.wall.now()
    notices = [
        Notice(f"k{n}", NoticeKind.RAISED, Severity.MAJOR, f"g{n}", now, "chat", "ann", facts={"title": "回路失电"})
        for n in range(3)
    ]
    city.operational.outbox.post(notices, now)
    tries = [(1, Outcome.SENT, NoticeState.SENT), (2, Outcome.REFUSED, NoticeState.DEAD)]
    city.operational.outbox.settle(
        [Settled(Attempt(n, 0, now, o, "310000", "sign not match"), s, now) for n, o, s in tries]
    )


def test_dead_letters_are_listed_with_why(three: None, reader: Client) -> None:
    found = reader.get(NOTICES, params={"state": "dead"}).json()
    assert [(n["id"], n["last"]["code"], n["person"]) for n in found["items"]] == [(2, "310000", "ann")]
    assert {(c["state"], c["count"]) for c in found["counts"]} == {("sent", 1), ("dead", 1), ("waiting", 1)}


def test_notices_come_in_pages(three: None, reader: Client) -> None:
    first = reader.get(NOTICES, params={"limit": 2})
    assert [n["id"] for n in first.json()["items"]] == [1, 2]
    rest = reader.get(first.headers["link"].split(">")[0][1:])
    assert [n["id"] for n in rest.json()["items"]] == [3]
    assert "link" not in rest.headers
    assert reader.get(NOTICES, params={"group": "g2"}).json()["items"][0]["id"] == 3
    assert reader.get(NOTICES, params={"channel": "sms"}).json()["items"] == []


def test_a_dead_letter_is_sent_again_once(three: None, operator: Client, city: SmallCity) -> None:
    seen = operator.get(f"{NOTICES}/2")
    assert [a["outcome"] for a in seen.json()["tried"]] == ["refused"]
    assert operator.post(f"{NOTICES}/2/resend", headers={"If-Match": '"old"'}).status_code == 412
    again = operator.post(f"{NOTICES}/2/resend", headers={"If-Match": seen.headers["etag"]})
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert operator.post(f"{NOTICES}/2/resend").status_code == 409
    due = city.operational.outbox.due("chat", city.wall.now() + timedelta(seconds=1), 10)
    assert [p.id for p in due] == [3, 2] or [p.id for p in due] == [2, 3]
    assert [e.author for e in city.operational.audit.list() if e.action.value == "notice.resend"] == ["operate key"]


def test_what_is_not_there_is_404_and_a_reader_resends_nothing(three: None, reader: Client, operator: Client) -> None:
    assert reader.get(f"{NOTICES}/99").status_code == 404
    assert operator.post(f"{NOTICES}/99/resend").status_code == 404
    assert reader.post(f"{NOTICES}/2/resend").status_code == 403


def test_the_channels_say_how_they_are(reader: Client) -> None:
    (chat,) = reader.get(f"{NOTICES}/channels").json()["items"]
    assert (chat["name"], chat["alive"], chat["outcomes"]) == ("chat", True, {"sent": 1})
