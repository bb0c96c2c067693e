"""A lane: at least once, nothing told twice within a step, budget kept, nobody left untold."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from typing_extensions import override

from domain.duty import ContactKind
from domain.errors import StoreUnavailable
from domain.notice import NoticeFilter, NoticeKind, NoticeState, Outcome, Settled
from domain.severity import Severity
from notify.channel import Limits, Result, Window
from notify.lane import Lane
from notify.retry import GIVE_UP
from store.operational.outbox import DIGEST_AFTER
from tests.notify.support import Listed, Office, notice

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
AWAY, UNKNOWN, REFUSED = Result(Outcome.AWAY), Result(Outcome.UNKNOWN), Result(Outcome.REFUSED, "310000")


def test_what_is_posted_is_told_once(office: Office) -> None:
    chat = Listed()
    office.post(notice("a"))
    office.run(office.lane(chat), MINUTE)
    assert chat.keys == [("a",)]
    assert office.states() == {"a": NoticeState.SENT}


def test_another_channels_notices_are_left_to_it(office: Office) -> None:
    chat = Listed()
    office.post(notice("a", "sms"))
    assert not office.lane(chat).step()


@pytest.mark.parametrize("failure", [AWAY, UNKNOWN, Result(Outcome.LIMITED, "130101", wait=20)])
def test_what_failed_is_tried_again_until_it_is_told(office: Office, failure: Result) -> None:
    chat = Listed(script=[failure] * 3)
    office.post(notice("a"))
    office.run(office.lane(chat), 30 * MINUTE)
    assert office.states() == {"a": NoticeState.SENT}
    assert office.outcomes() == [failure.outcome.value] * 3 + ["sent"]


def test_a_refused_notice_is_a_dead_letter_at_once_and_the_fallback_hears_why(office: Office) -> None:
    office.post(notice("a"))
    office.run(office.lane(Listed(script=[REFUSED])), MINUTE)
    dead, follows = office.store.outbox.list(NoticeFilter())
    assert (dead.state, dead.attempts) == (NoticeState.DEAD, 1)
    assert (follows.notice.kind, follows.notice.channel) == (NoticeKind.UNDELIVERED, "log")
    assert follows.notice.facts["text"] == "chat: 310000"


def test_a_channel_that_refuses_everything_is_in_trouble_until_something_is_sent(office: Office) -> None:
    chat = Listed(script=[REFUSED] * 3)
    lane = office.lane(chat)
    for number in range(3):
        assert lane.trouble() is None
        office.post(notice(f"n{number}"))
        office.run(lane, MINUTE)
    assert lane.trouble() == "refused 310000"
    office.post(notice("last"))
    office.run(lane, MINUTE)
    assert lane.trouble() is None


def test_a_restart_does_not_make_a_channel_that_refuses_everything_look_well(office: Office) -> None:
    office.post(*(notice(f"n{number}") for number in range(3)))
    office.run(office.lane(Listed(script=[REFUSED] * 3)), MINUTE)
    office.restart()
    lane = office.lane(Listed(script=[REFUSED]))
    assert not lane.step()
    assert (lane.refusals, lane.trouble()) == (3, "refused 310000")
    office.post(notice("next"))
    office.run(lane, MINUTE)
    assert lane.refusals == 4
    office.post(notice("last"))
    office.run(lane, MINUTE)
    assert lane.trouble() is None


def test_a_restart_is_no_reason_to_ask_a_channel_that_is_away_more_often(office: Office) -> None:
    office.post(notice("a"))
    before = office.lane(Listed(script=[AWAY] * 20))
    office.run(before, 6 * MINUTE)
    now = office.clock.now()
    assert (before.breaker.failures, before.breaker.wait(now) > MINUTE) == (10, True)
    office.restart()
    chat = Listed()
    lane = office.lane(chat)
    assert not lane.step()
    assert (lane.breaker, lane.trouble()) == (before.breaker, "away")
    office.run(lane, 10 * MINUTE)
    assert (chat.keys, lane.breaker.failures, lane.trouble()) == ([("a",)], 0, None)


def test_a_channel_that_is_configured_anew_is_tried_at_once_and_known_to_have_failed(office: Office) -> None:
    office.post(notice("a"))
    office.run(office.lane(Listed(script=[AWAY] * 20)), 6 * MINUTE)
    chat = Listed(script=[AWAY])
    lane = Lane(chat, office.desk, anew=True)
    lane.step()
    assert (chat.keys, lane.breaker.failures) == ([("a",)], 11)


def test_what_no_vendor_was_asked_says_nothing_of_a_channel_after_a_restart(office: Office) -> None:
    office.post(*(notice(f"n{number}", person="eve") for number in range(5)))
    office.run(office.lane(Listed(personal=ContactKind.PHONE)), MINUTE)
    office.restart()
    lane = office.lane(Listed(personal=ContactKind.PHONE))
    assert not lane.step()
    assert (lane.refusals, lane.trouble()) == (0, None)


def test_somebody_without_an_address_is_no_trouble_of_the_channel(office: Office) -> None:
    lane = office.lane(Listed(personal=ContactKind.PHONE))
    office.post(*(notice(f"n{number}", person="eve") for number in range(5)))
    office.run(lane, MINUTE)
    assert lane.outcomes[Outcome.REFUSED] == 5
    assert lane.trouble() is None


def test_a_fallback_that_is_refused_too_ends_there(office: Office) -> None:
    log = Listed("log", script=[REFUSED])
    office.post(notice("a", "log", kind=NoticeKind.UNDELIVERED))
    office.run(office.lane(log), MINUTE)
    assert office.states() == {"a": NoticeState.DEAD}


def test_after_a_day_in_vain_it_is_a_dead_letter_and_can_be_sent_again(office: Office) -> None:
    chat = Listed(script=[AWAY] * 10_000)
    lane = office.lane(chat)
    office.post(notice("a"))
    office.run(lane, GIVE_UP + HOUR, MINUTE)
    assert office.states()["a"] is NoticeState.DEAD
    chat.script.clear()
    office.store.outbox.resend(1, "ann", office.clock.now())
    office.run(lane, 10 * MINUTE)
    assert office.states()["a"] is NoticeState.SENT


def test_a_channel_that_is_away_is_asked_seldom_and_loses_nothing(office: Office) -> None:
    chat = Listed(script=[AWAY] * 8)
    office.post(*(notice(f"k{n}") for n in range(50)))
    lane = office.lane(chat)
    office.run(lane, 2 * MINUTE)
    assert len(chat.told) <= 9
    office.run(lane, 20 * MINUTE)
    assert set(office.states().values()) == {NoticeState.SENT}


def test_the_first_goes_at_once_and_what_is_digested_goes_together_later(office: Office) -> None:
    chat = Listed()
    lane = office.lane(chat)
    office.post(notice("first"), *(notice(f"more{n}", digest=True) for n in range(5)))
    office.run(lane, MINUTE)
    assert chat.keys == [("first",)]
    office.run(lane, DIGEST_AFTER)
    assert chat.keys[1:] == [tuple(f"more{n}" for n in range(5))]


def test_a_flood_is_a_few_messages_within_the_budget_and_the_worst_comes_first(office: Office) -> None:
    chat = Listed(limits=Limits(windows=(Window(20, 60),)))
    lane = office.lane(chat)
    office.post(*(notice(f"k{n}") for n in range(2000)), notice("worst", severity=Severity.CRITICAL))
    office.run(lane, 5 * MINUTE)
    assert set(office.states().values()) == {NoticeState.SENT}
    assert len(chat.told) < 40
    assert sum(len(m.keys) for m in chat.told) == 2001


def test_the_budget_holds_in_any_minute_over_a_restart(office: Office) -> None:
    chat = Listed(limits=Limits(windows=(Window(3, 60),), digests=False))
    sent = []

    class Timed(Listed):
        @override
        def send(self, message: Any) -> Result:
            sent.append(office.clock.now())
            return super().send(message)

    chat = Timed(limits=chat.limits)
    office.post(*(notice(f"k{n}") for n in range(10)))
    for _ in range(8):  # a new process every half minute
        office.run(office.lane(chat), 29 * SECOND)
    assert len(sent) == 10
    assert all(later - first >= MINUTE for first, later in zip(sent, sent[3:], strict=False))


def test_two_officers_in_one_chat_are_told_in_one_message_that_mentions_both(office: Office) -> None:
    chat = Listed(mentions=ContactKind.WECOM)
    same = [notice(key, group="g", person=person) for key, person in (("a", "ann"), ("b", "ben"))]
    office.post(*same)
    office.run(office.lane(chat), SECOND)
    assert [(m.keys, m.addresses) for m in chat.told] == [(("a", "b"), ("wecom-ann", "wecom-ben"))]


def test_persons_have_messages_of_their_own(office: Office) -> None:
    sms = Listed("sms", personal=ContactKind.PHONE)
    office.post(notice("a", "sms"), notice("b", "sms", person="ben"))
    office.run(office.lane(sms), SECOND)
    assert [m.addresses for m in sms.told] == [("13800000000",), ("13800000001",)]


def test_somebody_without_an_address_is_not_silently_left_out(office: Office) -> None:
    sms = Listed("sms", personal=ContactKind.PHONE)
    office.post(notice("a", "sms", person="eve"), notice("b", "sms", person="nobody", then=("ben",)))
    office.run(office.lane(sms), MINUTE)
    assert sms.keys == [("b>ben",)]
    assert office.states() == {
        "a": NoticeState.DEAD,
        "b": NoticeState.DEAD,
        "a>log": NoticeState.WAITING,
        "b>ben": NoticeState.SENT,
    }


VOICE = Limits(per_person=(Window(1, 60), Window(5, 3600), Window(20, 86400)), most_attempts=5)
NO_ANSWER = Result(Outcome.LIMITED, "no_answer", wait=60)


def test_voice_redials_after_a_minute_five_times_and_then_calls_the_next_person(office: Office) -> None:
    calls: list[tuple[float, str]] = []

    class Phone(Listed):
        @override
        def send(self, message: Any) -> Result:
            calls.append(((office.clock.now() - start) / SECOND, message.addresses[0]))
            return super().send(message)

    start = office.clock.now()
    phone = Phone("voice", personal=ContactKind.PHONE, limits=VOICE, script=[NO_ANSWER] * 5)
    office.post(notice("a", "voice", then=("ben",)))
    office.run(office.lane(phone), 20 * MINUTE)
    to_ann = [at for at, who in calls if who.endswith("0")]
    assert len(to_ann) == 5
    assert all(b - a >= 60 for a, b in pairwise(to_ann))
    assert [who for _, who in calls][5:] == ["13800000001"]
    assert office.states() == {"a": NoticeState.DEAD, "a>ben": NoticeState.SENT}


def test_a_person_called_five_times_within_the_hour_is_passed_over(office: Office) -> None:
    phone = Listed("voice", personal=ContactKind.PHONE, limits=VOICE)
    lane = office.lane(phone)
    for n in range(6):
        office.post(notice(f"k{n}", "voice", then=("ben",)))
        office.run(lane, 2 * MINUTE)
    assert [m.addresses for m in phone.told][-1] == ("13800000001",)
    assert office.states()["k5>ben"] is NoticeState.SENT


class _Away:
    """An outbox whose database is away for recording while `away`; the rest is the real one."""

    def __init__(self, office: Office) -> None:
        self._outbox, self.away = office.store.outbox, True

    def settle(self, settled: list[Settled]) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self._outbox.settle(settled)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)


def test_a_store_that_is_away_after_the_sending_makes_nobody_hear_twice(office: Office) -> None:
    outbox: Any = _Away(office)
    chat = Listed()
    lane = Lane(chat, replace(office.desk, outbox=outbox))
    office.post(notice("a"), notice("b"))
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            lane.step()
    outbox.away = False
    office.run(lane, MINUTE)
    assert chat.keys == [("a",), ("b",)]
    assert set(office.states().values()) == {NoticeState.SENT}


def test_killed_between_telling_and_recording_it_is_told_again_rather_than_lost(office: Office) -> None:
    outbox: Any = _Away(office)
    chat = Listed()
    office.post(notice("a"))
    with pytest.raises(StoreUnavailable):
        Lane(chat, replace(office.desk, outbox=outbox)).step()
    office.run(office.lane(chat), SECOND)  # the next process knows nothing of it
    assert chat.keys == [("a",), ("a",)]
    assert office.states() == {"a": NoticeState.SENT}


def test_a_limit_that_the_vendor_names_keeps_the_whole_robot_quiet(office: Office) -> None:
    chat = Listed(script=[Result(Outcome.LIMITED, "130101", wait=600)])
    lane = office.lane(chat)
    office.post(notice("a"))
    office.run(lane, SECOND)
    office.post(notice("b"))
    office.run(lane, 9 * MINUTE)
    assert chat.keys == [("a",)]
    office.run(lane, 3 * MINUTE)
    assert set(office.states().values()) == {NoticeState.SENT}


def test_the_thread_starts_wakes_and_stops(office: Office) -> None:
    from tests.support.processes import wait_until

    chat = Listed()
    lane = office.lane(chat)
    lane.start()
    office.post(notice("a"))
    lane.wake()
    wait_until(lambda: bool(chat.told), "the notice is told")
    lane.stop(5)
    assert not lane.alive()
    assert office.states() == {"a": NoticeState.SENT}
