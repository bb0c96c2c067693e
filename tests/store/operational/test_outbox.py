"""The outbox: a key once, in the transaction of what it tells of; every attempt kept; dead letters come back."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.errors import Conflict, NotFound
from domain.notice import Attempt, Notice, NoticeFilter, NoticeKind, NoticeState, Outcome, Settled
from domain.record import EventType, NewEvent
from domain.severity import Severity
from store.operational import OperationalStore
from store.operational.engine import Database, connect, migrate
from store.operational.notice_json import to_json
from store.operational.outbox import DIGEST_AFTER, SqlOutbox, post
from tests.store.operational.builders import T0, hours

MINUTE = timedelta(minutes=1)
OLD = text(
    "INSERT INTO outbox (id, key, channel, alert_group, digest, document, state, posted_at, due_at, attempts)"
    " VALUES (1, 'old', 'chat', 'g', FALSE, :document, 'waiting', 0, 0, 0)"
)
"""A notice as it was written before `at` had a column."""


def notice(key: str, channel: str = "chat", person: str | None = "ann", *, digest: bool = False) -> Notice:
    facts = {"title": "回路失电", "count": 3}
    return Notice(
        key, NoticeKind.RAISED, Severity.MAJOR, "g", T0, channel, person, "市城管局", 1, digest, ("ben",), facts
    )


def attempt(ident: int, outcome: Outcome, minutes: float = 0) -> Attempt:
    return Attempt(ident, 0, T0 + minutes * MINUTE, outcome, "0", "ok")


def test_what_is_posted_comes_back_as_it_was(store: OperationalStore) -> None:
    store.outbox.post([notice("a")], T0)
    (posted,) = store.outbox.due("chat", T0, 10)
    assert posted.notice == notice("a")
    assert (posted.id, posted.state, posted.attempts) == (1, NoticeState.WAITING, 0)


def test_a_key_is_taken_once_also_within_one_call(store: OperationalStore) -> None:
    assert store.outbox.post([notice("a"), notice("a"), notice("b")], T0) == 2
    assert store.outbox.post([notice("b"), notice("c")], hours(1)) == 1
    assert [p.notice.key for p in store.outbox.list(NoticeFilter())] == ["a", "b", "c"]


def test_many_keys_are_looked_up_in_pieces(store: OperationalStore) -> None:
    many = [notice(f"k{n}") for n in range(1201)]
    assert store.outbox.post(many, T0) == 1201
    assert store.outbox.post(many, T0) == 0


def test_a_notice_is_there_exactly_when_what_it_tells_of_is(store: OperationalStore) -> None:
    with pytest.raises(RuntimeError, match="killed"):
        _post_and_die(store)
    assert store.outbox.list(NoticeFilter()) == ()
    with store._database.write() as connection:
        post(connection, [notice("a")], T0)
    store.events.commit([NewEvent(EventType.REGISTER_CHANGED, T0)])
    assert len(store.outbox.list(NoticeFilter())) == 1


def _post_and_die(store: OperationalStore) -> None:
    with store._database.write() as connection:
        post(connection, [notice("a")], T0)
        raise RuntimeError("killed before the commit")


def test_only_what_is_due_for_the_channel_is_given_out_oldest_first(store: OperationalStore) -> None:
    store.outbox.post([notice("late")], hours(2))
    store.outbox.post([notice("b"), notice("a"), notice("other", "sms")], T0)
    assert [p.notice.key for p in store.outbox.due("chat", hours(1), 10)] == ["b", "a"]
    assert [p.notice.key for p in store.outbox.due("chat", hours(1), 1)] == ["b"]


def test_a_digest_that_is_due_takes_along_what_waits_for_the_same_person(store: OperationalStore) -> None:
    store.outbox.post([notice("first", digest=True)], T0)
    store.outbox.post([notice("later", digest=True), notice("ben", person="ben", digest=True)], T0 + MINUTE)
    assert store.outbox.due("chat", T0 + DIGEST_AFTER - MINUTE, 10) == ()
    assert [p.notice.key for p in store.outbox.due("chat", T0 + DIGEST_AFTER, 10)] == ["first", "later"]


def test_a_digest_to_the_group_takes_along_what_waits_for_the_group(store: OperationalStore) -> None:
    store.outbox.post([notice("first", person=None, digest=True)], T0)
    store.outbox.post([notice("later", person=None, digest=True), notice("ann", digest=True)], T0 + MINUTE)
    assert [p.notice.key for p in store.outbox.due("chat", T0 + DIGEST_AFTER, 10)] == ["first", "later"]


def test_every_attempt_is_kept_and_what_was_tried_waits_for_its_time(store: OperationalStore) -> None:
    store.outbox.post([notice("a")], T0)
    store.outbox.settle([Settled(attempt(1, Outcome.AWAY), NoticeState.WAITING, T0 + 2 * MINUTE)])
    assert store.outbox.due("chat", T0 + MINUTE, 10) == ()
    store.outbox.settle([Settled(attempt(1, Outcome.SENT, 2), NoticeState.SENT, T0 + 2 * MINUTE)])
    posted, attempts = store.outbox.get(1)
    assert (posted.state, posted.attempts) == (NoticeState.SENT, 2)
    assert [(a.number, a.outcome) for a in attempts] == [(1, Outcome.AWAY), (2, Outcome.SENT)]
    assert store.outbox.list(NoticeFilter(state=NoticeState.SENT))[0].last == attempts[-1]
    assert store.outbox.due("chat", hours(9), 10) == ()


def test_the_newest_attempts_of_a_channel_come_first_and_one_message_of_many_notices_is_one(
    store: OperationalStore,
) -> None:
    store.outbox.post([notice("a"), notice("b"), notice("other", "sms")], T0)
    for number, outcome in enumerate((Outcome.AWAY, Outcome.REFUSED), 1):
        tries = [replace(attempt(ident, outcome, number), message=1) for ident in (1, 2)]
        store.outbox.settle([Settled(one, NoticeState.WAITING, T0) for one in tries])
    store.outbox.settle([Settled(attempt(3, Outcome.SENT), NoticeState.SENT, T0)])
    assert [(a.outcome, a.at) for a in store.outbox.tried("chat", 10)] == [
        (Outcome.REFUSED, T0 + 2 * MINUTE),
        (Outcome.AWAY, T0 + MINUTE),
    ]
    assert [a.outcome for a in store.outbox.tried("chat", 1)] == [Outcome.REFUSED]
    assert store.outbox.tried("voice", 10) == ()


def test_a_dead_letter_is_seen_and_can_be_sent_again_by_a_person(store: OperationalStore) -> None:
    store.outbox.post([notice("a")], T0)
    store.outbox.settle([Settled(attempt(1, Outcome.REFUSED), NoticeState.DEAD, T0)])
    assert store.outbox.counts() == {("chat", NoticeState.DEAD): 1}
    again = store.outbox.resend(1, "ann key", hours(1))
    assert (again.state, again.attempts) == (NoticeState.WAITING, 0)
    assert len(store.outbox.due("chat", hours(1), 10)) == 1
    store.outbox.settle([Settled(attempt(1, Outcome.SENT, 61), NoticeState.SENT, hours(1))])
    assert [a.number for a in store.outbox.get(1)[1]] == [1, 2]
    assert [(e.author, e.action) for e in store.audit.list()] == [("ann key", "notice.resend")]


def test_only_a_dead_letter_can_be_sent_again(store: OperationalStore) -> None:
    store.outbox.post([notice("a")], T0)
    with pytest.raises(Conflict, match="waiting"):
        store.outbox.resend(1, "ann", T0)
    with pytest.raises(NotFound):
        store.outbox.resend(2, "ann", T0)
    with pytest.raises(NotFound):
        store.outbox.get(2)


def test_what_was_sent_long_ago_is_forgotten_and_dead_letters_only_when_that_is_asked_for(
    store: OperationalStore,
) -> None:
    store.outbox.post([notice("sent"), notice("dead"), notice("waiting")], T0)
    store.outbox.settle([Settled(attempt(1, Outcome.SENT), NoticeState.SENT, T0)])
    store.outbox.settle([Settled(attempt(2, Outcome.REFUSED), NoticeState.DEAD, T0)])
    assert store.outbox.forget(T0, NoticeState.SENT) == 0
    assert store.outbox.forget(hours(1), NoticeState.SENT) == 1
    assert [p.notice.key for p in store.outbox.list(NoticeFilter())] == ["dead", "waiting"]
    assert store.outbox.forget(hours(1), NoticeState.DEAD) == 1
    assert [p.notice.key for p in store.outbox.list(NoticeFilter())] == ["waiting"]


def test_more_than_goes_in_one_transaction_is_forgotten_too(store: OperationalStore) -> None:
    many = 501
    store.outbox.post([notice(str(number)) for number in range(many)], T0)
    sent = [Settled(attempt(number, Outcome.SENT), NoticeState.SENT, T0) for number in range(1, many + 1)]
    store.outbox.settle(sent)
    assert store.outbox.forget(hours(1), NoticeState.SENT) == many
    assert store.outbox.list(NoticeFilter()) == ()


def test_listing_filters_by_channel_state_and_group(store: OperationalStore) -> None:
    store.outbox.post([notice("a"), notice("b", "sms")], T0)
    assert [p.notice.key for p in store.outbox.list(NoticeFilter(channel="sms"))] == ["b"]
    assert store.outbox.list(NoticeFilter(group="other")) == ()
    assert [p.notice.key for p in store.outbox.list(NoticeFilter(group="g", after=1))] == ["b"]


def test_listing_takes_what_a_notice_is_about_between_two_instants_both_included(store: OperationalStore) -> None:
    store.outbox.post([replace(notice(str(n)), at=hours(n)) for n in range(5)], hours(9))
    wanted = NoticeFilter(group="g", since=hours(1), until=hours(3))
    assert [p.notice.key for p in store.outbox.list(wanted)] == ["1", "2", "3"]
    assert [p.notice.key for p in store.outbox.list(NoticeFilter(until=hours(0)))] == ["0"]
    assert [p.notice.at for p in store.outbox.list(NoticeFilter(since=hours(4)))] == [hours(4)]


def test_notices_of_an_older_form_are_found_by_what_they_are_about(url: str) -> None:
    database = Database(connect(url))
    migrate(database, "0011")
    with database.write() as connection:
        document = {**to_json(notice("old")), "at": hours(2).isoformat()}
        connection.execute(OLD, {"document": json.dumps(document)})
    migrate(database)
    (found,) = SqlOutbox(database).list(NoticeFilter(group="g", since=hours(2), until=hours(2)))
    assert (found.notice.key, found.notice.at) == ("old", hours(2))
    database.close()
