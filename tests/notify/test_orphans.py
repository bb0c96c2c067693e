"""Notices of a channel that was removed from the configuration: seen as undelivered, told of, and re-sendable."""

from datetime import timedelta

from domain.notice import NoticeFilter, NoticeKind, NoticeState
from notify.orphans import bury
from tests.notify.support import Listed, Office, notice


def test_what_waits_for_a_channel_that_is_gone_is_a_dead_letter_and_the_fallback_hears_why(office: Office) -> None:
    office.post(notice("a", "gone", then=("ben",)), notice("b", "gone", digest=True), notice("c", "chat"))
    outbox, now = office.store.outbox, office.clock.now()
    assert bury(outbox, {"chat", "log"}, office.desk.undelivered, now) == {"gone": 2}
    states = office.states()
    assert (states["a"], states["b"], states["c"]) == (NoticeState.DEAD, NoticeState.DEAD, NoticeState.WAITING)
    (attempt,) = outbox.get(1)[1]
    assert (attempt.code, attempt.detail) == ("not_configured", "the channel is configured no more")
    follows = [p.notice for p in outbox.list(NoticeFilter(channel="log"))]
    assert {(n.kind, n.facts["text"]) for n in follows} == {(NoticeKind.UNDELIVERED, "gone: not_configured")}
    assert len(follows) == 2
    assert bury(outbox, {"chat", "log"}, office.desk.undelivered, now) == {}


def test_it_is_sent_once_the_channel_is_back(office: Office) -> None:
    office.post(notice("a", "gone"))
    bury(office.store.outbox, {"log"}, office.desk.undelivered, office.clock.now())
    office.store.outbox.resend(1, "ann", office.clock.now())
    back = Listed("gone")
    office.run(office.lane(back), timedelta(seconds=5))
    assert back.keys == [("a",)]


def test_more_than_a_page_is_buried_whole(office: Office) -> None:
    office.post(*(notice(f"n{number}", "gone") for number in range(501)))
    assert bury(office.store.outbox, {"log"}, office.desk.undelivered, office.clock.now()) == {"gone": 501}
