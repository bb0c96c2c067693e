"""Budgets, waits, the breaker and parcels by themselves."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.notice import Notice, NoticeState, Outcome, Posted
from domain.severity import Severity
from notify.breaker import FAILURES, LONGEST, Breaker
from notify.budget import Budget
from notify.channel import Limits, Result, Window
from notify.parcels import PARCEL, parcels
from notify.retry import GIVE_UP, Policy, settled
from tests.notify.support import NOON, notice

SECOND = timedelta(seconds=1)
windows = st.lists(st.builds(Window, st.integers(1, 5), st.integers(1, 90).map(float)), min_size=1, max_size=3)


@given(windows, st.lists(st.integers(0, 40), max_size=60))
def test_no_window_ever_holds_more_than_it_may_and_the_wait_is_never_too_long(
    limits: list[Window], gaps: list[int]
) -> None:
    budget, now = Budget(limits), NOON
    sent: list[datetime] = []
    for gap in gaps:
        now += gap * SECOND
        wait = budget.wait(now)
        assert (wait > timedelta(0)) == (budget.room(now) == 0)
        if wait:
            assert Budget(limits, sent).wait(now + wait) == timedelta(0)
            assert Budget(limits, sent).wait(now + wait - timedelta(microseconds=1)) > timedelta(0)
            now += wait
        budget.take(now)
        sent.append(now)
    for window in limits:
        span = timedelta(seconds=window.seconds)
        assert all(sum(at <= other < at + span for other in sent) <= window.count for at in sent)


def test_without_windows_there_is_no_limit() -> None:
    budget = Budget(())
    budget.take(NOON)
    assert (budget.wait(NOON), budget.room(NOON)) == (timedelta(0), None)


def test_a_breaker_opens_after_failures_in_a_row_longer_each_time_and_closes_with_an_answer() -> None:
    breaker, waits = Breaker(), []
    for n in range(FAILURES + 8):
        breaker.saw(Outcome.AWAY if n % 2 else Outcome.UNKNOWN, NOON)
        waits.append(breaker.wait(NOON))
    assert waits[: FAILURES - 1] == [timedelta(0)] * (FAILURES - 1)
    assert waits[FAILURES - 1 :] == sorted(waits[FAILURES - 1 :])
    assert waits[-1] == LONGEST
    assert breaker.trying
    for answer in (Outcome.SENT, Outcome.REFUSED, Outcome.LIMITED):
        breaker.saw(Outcome.AWAY, NOON)
        breaker.saw(answer, NOON)
        assert (breaker.failures, breaker.trying) == (0, False)


def posted(ident: int, attempts: int = 0, **more: Any) -> Posted:
    found: Notice = notice(f"k{ident}", **more)
    return Posted(ident, found, NoticeState.WAITING, NOON, NOON, attempts)


@given(
    outcome=st.sampled_from([Outcome.AWAY, Outcome.UNKNOWN, Outcome.LIMITED]),
    attempts=st.integers(0, 500),
    wait=st.none() | st.floats(1, 600),
    low=st.booleans(),
)
def test_every_wait_is_bounded_and_never_shorter_than_the_vendor_says(
    *, outcome: Outcome, attempts: int, wait: float | None, low: bool
) -> None:
    draw = (lambda a, _b: a) if low else (lambda _a, b: b)
    follows = settled(posted(1, attempts), 1, Result(outcome, wait=wait), NOON, Limits(), Policy(), draw)
    seconds = (follows.due_at - NOON).total_seconds()
    assert follows.state is NoticeState.WAITING
    assert max(1.0, wait or 0) - 1e-5 <= seconds <= max(310.0, 1.1 * (wait or 60)) + 1e-5


def test_a_notice_is_given_up_after_its_time_and_a_call_after_its_attempts() -> None:
    late = settled(posted(1), 1, Result(Outcome.AWAY), NOON + GIVE_UP + SECOND, Limits(), Policy(), max)
    assert late.state is NoticeState.DEAD
    calls = Limits(most_attempts=5)
    fourth = settled(posted(1, 3), 1, Result(Outcome.LIMITED), NOON, calls, Policy(), max)
    fifth = settled(posted(1, 4), 1, Result(Outcome.LIMITED), NOON, calls, Policy(), max)
    assert (fourth.state, fifth.state) == (NoticeState.WAITING, NoticeState.DEAD)


severities = st.sampled_from(Severity)
entries = st.lists(
    st.tuples(severities, st.sampled_from("abc"), st.sampled_from(["ann", "ben", None]), st.booleans()), max_size=250
)


@given(found=entries, room=st.none() | st.integers(0, 12), personal=st.booleans(), digests=st.booleans())
def test_parcels_hold_each_notice_at_most_once_within_the_room_and_the_worst_first(
    *, found: list[tuple[Severity, str, str | None, bool]], room: int | None, personal: bool, digests: bool
) -> None:
    due = [posted(n, severity=s, group=g, person=p, digest=d) for n, (s, g, p, d) in enumerate(found, 1)]
    made = parcels(due, room, personal=personal, digests=digests)
    ids = [p.id for parcel in made for p in parcel.posted]
    assert len(ids) == len(set(ids))
    assert room is None or len(made) <= room
    if room is None:
        assert set(ids) == {p.id for p in due}
    ranks = [parcel.severity.rank for parcel in made]
    assert ranks == sorted(ranks, reverse=True)
    for parcel in made:
        assert len(parcel.posted) <= (PARCEL if digests else 1)
        assert not personal or len({p.notice.person for p in parcel.posted}) == 1


def test_what_there_is_no_room_for_goes_together() -> None:
    due = [posted(n, group=f"g{n}") for n in range(1, 31)]
    assert [len(p.posted) for p in parcels(due, 20, personal=False, digests=True)] == [30]
    assert [len(p.posted) for p in parcels(due, 30, personal=False, digests=True)] == [1] * 30
