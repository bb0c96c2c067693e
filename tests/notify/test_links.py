"""What link a message carries: a person's own acknowledges, everybody else's asks to log in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.duty import ContactKind
from domain.notice import NoticeKind
from notify.links import Links
from rules.duty.links import read
from tests.notify.support import Listed, Office, notice

LINKS = Links("https://duty.city.example", b"s" * 64, timedelta(hours=12))
FACTS = {"title": "回路失电", "alerts": ["a1"]}


@pytest.fixture
def linked(office: Office) -> Office:
    office.desk = replace(office.desk, links=LINKS)
    return office


def test_a_persons_message_carries_a_link_of_its_own_that_ends(linked: Office) -> None:
    sms = Listed("sms", personal=ContactKind.PHONE)
    linked.post(notice("a", "sms", facts=FACTS), notice("b", "sms", person="ben", facts=FACTS))
    linked.run(linked.lane(sms), timedelta(seconds=1))
    links = [m.facts["link"] for m in sms.told]
    claims = [read(LINKS.secret, link.removeprefix("https://duty.city.example/a/")) for link in links]
    assert [c.notice for c in claims if c is not None] == [1, 2]
    assert all(
        c is not None
        and c.ends == linked.desk.wall().replace(microsecond=0) + timedelta(hours=12) - timedelta(seconds=2)
        for c in claims
    )
    assert all(link in m.text for link, m in zip(links, sms.told, strict=True))


@pytest.mark.parametrize(
    ("changes", "page"),
    [
        ({"facts": {**FACTS, "count": 1}}, "/alerts/a1"),
        ({"facts": {**FACTS, "alerts": ["a1", "a2"], "count": 2}}, "/alerts"),
        ({"kind": NoticeKind.ROSTER_GAP, "group": "self:roster:officer:now"}, "/roster"),
        ({"kind": NoticeKind.DEADLINE_NEAR, "group": "emergency:20261125-0001"}, "/incidents/20261125-0001"),
    ],
)
def test_a_groups_message_leads_to_a_page_that_asks_to_log_in(
    linked: Office, changes: dict[str, Any], page: str
) -> None:
    chat = Listed(mentions=ContactKind.DINGTALK)
    linked.post(notice("a", **changes))
    linked.run(linked.lane(chat), timedelta(seconds=1))
    assert chat.told[0].facts["link"] == f"https://duty.city.example{page}"
    assert chat.told[0].text.endswith(page)


def test_what_needs_no_acknowledgement_and_what_tells_of_many_groups_has_no_link_that_acknowledges(
    linked: Office,
) -> None:
    mail = Listed("mail", personal=ContactKind.EMAIL)
    linked.post(notice("a", "mail", kind=NoticeKind.RECOVERED, facts=FACTS))
    linked.run(linked.lane(mail), timedelta(seconds=1))
    linked.post(*(notice(f"d{n}", "mail", facts=FACTS, digest=True) for n in range(3)))
    linked.run(linked.lane(mail), timedelta(minutes=11))
    assert [m.facts["link"] for m in mail.told] == ["https://duty.city.example/alerts"] * 2


def test_without_a_public_address_messages_carry_no_link(office: Office) -> None:
    sms = Listed("sms", personal=ContactKind.PHONE)
    office.post(notice("a", "sms", facts=FACTS))
    office.run(office.lane(sms), timedelta(seconds=1))
    assert (sms.told[0].facts["link"], "http" in sms.told[0].text) == ("", False)


def test_the_secret_is_in_no_representation() -> None:
    assert "ssss" not in repr(LINKS)
