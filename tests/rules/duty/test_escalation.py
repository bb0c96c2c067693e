"""Escalation: every telling at its second, none lost, none twice, never silent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.duty import ContactKind, Roster
from domain.escalation import (
    Escalation,
    EscalationPlan,
    EscalationStep,
    GroupChange,
    GroupChangeKind,
    Recipient,
    RecipientKind,
)
from domain.notice import KEY_LENGTH, Notice, NoticeKind
from domain.severity import Severity
from rules.duty.escalation import Told, advance
from rules.duty.escalation_json import dump, load
from rules.duty.plan import DutyPlan
from tests.support.duty import CHAIN, MINUTE, PLAN, roster, utc

NOON = utc("2026-01-01T12:00:00+08:00")
ROSTER = DutyPlan(roster())
SECOND = timedelta(seconds=1)


def raised(
    at: datetime = NOON, severity: Severity = Severity.CRITICAL, kind: GroupChangeKind = GroupChangeKind.RAISED
) -> GroupChange:
    return GroupChange(kind, at, severity, {"title": "回路失电"}, unit="市城管局")


def told(notices: Sequence[Notice], since: datetime = NOON) -> list[tuple[float, str | None, str]]:
    return [((n.at - since) / MINUTE, n.person, n.kind.value) for n in notices if n.channel == "chat"]


def run(change: GroupChange, until: datetime, plan: EscalationPlan = PLAN, duty: DutyPlan = ROSTER) -> Told:
    return advance("supply_point:7", None, change, until, duty, plan)


def test_nobody_acknowledges_and_the_next_is_told_each_at_its_instant() -> None:
    _, notices = run(raised(), NOON + 45 * MINUTE)
    assert told(notices) == [
        (0, "ann", "raised"),
        (3, "ann", "reminder"),
        (5, "head", "escalated"),
        (15, "lead", "escalated"),
        (30, "lamps", "escalated"),
        (35, "lamps", "reminder"),
    ]


def test_after_the_last_round_the_fallback_hears_that_nobody_acknowledged() -> None:
    state, notices = run(raised(), NOON + timedelta(days=1))
    kinds = [n.kind for n in notices]
    assert kinds.count(NoticeKind.EXHAUSTED) == 1
    assert (notices[-1].kind, notices[-1].person) == (NoticeKind.EXHAUSTED, "lead")
    assert state is not None
    assert state.due is None


def test_the_second_round_begins_so_long_after_the_last_step() -> None:
    _, notices = run(raised(), NOON + 61 * MINUTE)
    assert told(notices)[-1] == (60, "ann", "escalated")
    assert notices[-1].facts["round"] == 2


def test_an_acknowledgement_stops_the_chain_and_tells_the_others() -> None:
    state, _ = run(raised(), NOON + 6 * MINUTE)
    ack = GroupChange(GroupChangeKind.ACKNOWLEDGED, NOON + 6 * MINUTE, Severity.CRITICAL, by="ann")
    state, notices = advance("supply_point:7", state, ack, NOON + 100 * MINUTE, ROSTER, PLAN)
    assert told(notices) == [(6, "head", "acknowledged")]
    assert all(n.digest for n in notices)


def test_what_was_acknowledged_and_forgotten_comes_back_at_the_step_it_had_reached() -> None:
    state, _ = run(raised(), NOON + 6 * MINUTE)
    ack = GroupChange(GroupChangeKind.ACKNOWLEDGED, NOON + 6 * MINUTE, Severity.CRITICAL, by="head")
    state, notices = advance("supply_point:7", state, ack, NOON + 137 * MINUTE, ROSTER, PLAN)
    assert told(notices)[-2:] == [(126, "head", "ack_expired"), (136, "lead", "escalated")]
    assert next(n for n in notices if n.kind is NoticeKind.ACK_EXPIRED).facts["by"] == "head"


def test_an_acknowledgement_at_the_instant_of_a_step_comes_first() -> None:
    state, _ = run(raised(), NOON)
    ack = GroupChange(GroupChangeKind.ACKNOWLEDGED, NOON + 5 * MINUTE, Severity.CRITICAL, by="ann")
    _, notices = advance("supply_point:7", state, ack, NOON + 10 * MINUTE, ROSTER, PLAN)
    assert [kind for _, _, kind in told(notices)] == ["reminder"]


def test_a_higher_severity_begins_anew_even_when_it_was_acknowledged() -> None:
    state, _ = run(raised(severity=Severity.MAJOR), NOON)
    ack = GroupChange(GroupChangeKind.ACKNOWLEDGED, NOON + MINUTE, Severity.MAJOR, by="ann")
    state, _ = advance("supply_point:7", state, ack, NOON + MINUTE, ROSTER, PLAN)
    worse = raised(NOON + 2 * MINUTE, kind=GroupChangeKind.WORSENED)
    state, notices = advance("supply_point:7", state, worse, NOON + 7 * MINUTE, ROSTER, PLAN)
    assert told(notices) == [(2, "ann", "worsened"), (5, "ann", "reminder"), (7, "head", "escalated")]


def test_a_lower_severity_goes_on_with_the_chain_that_has_begun() -> None:
    state, _ = run(raised(), NOON)
    eased = GroupChange(GroupChangeKind.UPDATED, NOON + MINUTE, Severity.MINOR)
    state, notices = advance("supply_point:7", state, eased, NOON + 5 * MINUTE, ROSTER, PLAN)
    assert [kind for _, _, kind in told(notices)] == ["updated", "reminder", "escalated"]


def test_recovery_is_told_to_everybody_who_was_told_and_ends_it() -> None:
    state, _ = run(raised(), NOON + 6 * MINUTE)
    over = GroupChange(GroupChangeKind.RECOVERED, NOON + 7 * MINUTE, Severity.CRITICAL)
    state, notices = advance("supply_point:7", state, over, NOON + 90 * MINUTE, ROSTER, PLAN)
    assert state is None
    assert sorted((n.person, n.channel) for n in notices) == [("ann", "call"), ("ann", "chat"), ("head", "chat")]


def test_what_has_no_chain_is_only_digested() -> None:
    state, notices = run(raised(severity=Severity.INFO), NOON + timedelta(days=2))
    assert [(n.person, n.channel, n.digest) for n in notices] == [(None, "chat", True)]
    assert state is not None
    assert state.due is None


def test_held_it_is_silent_and_goes_on_where_it_was() -> None:
    state, _ = run(raised(), NOON + MINUTE)
    hold = GroupChange(GroupChangeKind.HELD, NOON + 2 * MINUTE, Severity.CRITICAL)
    state, notices = advance("supply_point:7", state, hold, NOON + 60 * MINUTE, ROSTER, PLAN)
    assert notices == ()
    on = GroupChange(GroupChangeKind.RESUMED, NOON + 60 * MINUTE, Severity.CRITICAL)
    _, notices = advance("supply_point:7", state, on, NOON + 60 * MINUTE, ROSTER, PLAN)
    assert told(notices) == [(60, "head", "escalated")]


def test_flickering_between_held_and_resumed_tells_nobody_more() -> None:
    state, _ = run(raised(), NOON)
    for n in range(1, 100):
        kind = GroupChangeKind.HELD if n % 2 else GroupChangeKind.RESUMED
        state, notices = advance(
            "supply_point:7",
            state,
            GroupChange(kind, NOON + n * SECOND, Severity.CRITICAL),
            NOON + n * SECOND,
            ROSTER,
            PLAN,
        )
        assert notices == ()


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        ("2026-01-01T20:27:30+08:00", "ann", "cao"),  # the officer changes between the alert and its repeat
        ("2026-12-31T23:58:00+08:00", "cao", "cao"),
        ("2026-01-02T08:29:59+08:00", "cao", "ben"),
    ],
)
def test_who_is_told_is_who_is_on_duty_at_that_instant(start: str, first: str, second: str) -> None:
    at = utc(start)
    _, notices = run(raised(at), at + 4 * MINUTE)
    assert [person for _, person, _ in told(notices, at)] == [first, second]


def test_on_a_day_of_25_hours_no_timer_moves() -> None:
    berlin = DutyPlan(roster(zone="Europe/Berlin"))
    at = utc("2026-10-25T00:58:00+00:00")  # two minutes before 03:00 becomes 02:00
    _, notices = run(raised(at), at + 31 * MINUTE, duty=berlin)
    assert [minute for minute, _, _ in told(notices, at)] == [0, 3, 5, 15, 30]


def test_an_empty_roster_goes_to_the_fallback_and_says_so() -> None:
    _, notices = run(raised(), NOON, duty=DutyPlan(Roster()))
    assert [(n.person, n.channel, n.facts["nobody"]) for n in notices] == [(None, "chat", "值班员")]


def test_a_step_whose_people_no_channel_reaches_goes_to_the_fallback() -> None:
    chain = replace(CHAIN, steps=(EscalationStep(CHAIN.steps[0].to, ("call",)),))
    plan = replace(PLAN, chains={"urgent": chain}, contacts={"call": ContactKind.PHONE})
    _, notices = run(raised(), NOON, plan=plan)
    assert [(n.person, n.channel, n.facts["nobody"]) for n in notices] == [("lead", "chat", "值班员")]


def test_a_personal_channel_knows_whom_to_try_next() -> None:
    plan = replace(PLAN, contacts={"call": ContactKind.EMAIL})
    _, notices = run(raised(), NOON, plan=plan)
    call = next(n for n in notices if n.channel == "call")
    assert (call.person, call.then) == ("ann", ("head", "lead", "lamps"))


def test_a_group_is_told_without_a_person() -> None:
    chain = replace(CHAIN, steps=(EscalationStep(Recipient(RecipientKind.GROUP), ("chat",)),))
    _, notices = run(raised(), NOON, plan=replace(PLAN, chains={"urgent": chain}))
    assert [(n.person, n.channel) for n in notices] == [(None, "chat")]


def test_a_key_is_never_too_long_and_never_shared() -> None:
    _, one = advance("road:" + "经" * 300, None, raised(), NOON + 20 * MINUTE, ROSTER, PLAN)
    _, other = advance("road:" + "经" * 301, None, raised(), NOON + 20 * MINUTE, ROSTER, PLAN)
    keys = [n.key for n in (*one, *other)]
    assert max(len(k) for k in keys) <= KEY_LENGTH
    assert len(set(keys)) == len(keys)


Step = tuple[int, GroupChangeKind, Severity]
changes = st.lists(
    st.tuples(st.integers(0, 7200), st.sampled_from(GroupChangeKind), st.sampled_from(Severity)), max_size=12
).map(sorted)


@given(changes, st.lists(st.integers(0, 14400), max_size=20))
def test_the_notices_do_not_depend_on_when_it_is_asked(steps: list[Step], asked: list[int]) -> None:
    """Seldom or every second, with restarts in between: the same is told at the same instants."""
    seldom, often = _told_with(steps, []), _told_with(steps, asked)
    assert often == seldom


def _told_with(steps: list[Step], asked: list[int]) -> list[Notice]:
    state: Escalation | None = None
    notices: list[Notice] = []
    # an instant that is only asked comes after the changes of the same instant
    todo: list[tuple[int, int, int, tuple[GroupChangeKind, Severity] | None]] = sorted(
        [(s, 0, n, (k, v)) for n, (s, k, v) in enumerate(steps)] + [(s, 1, 0, None) for s in asked]
    )
    for seconds, _, _, what in todo:
        at = NOON + seconds * SECOND
        change = None if what is None else GroupChange(what[0], at, what[1], by="ann")
        state, more = advance("g", load(dump(state)) if state else None, change, at, ROSTER, PLAN)
        notices += more
    return notices + list(advance("g", state, None, NOON + 20000 * SECOND, ROSTER, PLAN)[1])


class Escalating(RuleBasedStateMachine):
    """A group in the hands of changes in any order: what must hold at every instant."""

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.state: Escalation | None = None
        self.notices: list[Notice] = []

    def _do(self, kind: GroupChangeKind | None, severity: Severity = Severity.CRITICAL) -> None:
        self.now += timedelta(microseconds=1)  # a group does not open twice at one instant
        change = None if kind is None else GroupChange(kind, self.now, severity, by="ann")
        self.state, more = advance("g", self.state, change, self.now, ROSTER, PLAN)
        self.notices += more

    @rule(seconds=st.integers(1, 4000))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND
        self._do(None)

    @rule(severity=st.sampled_from(Severity))
    def raised(self, severity: Severity) -> None:
        before = len(self.notices)
        fresh = self.state is None
        self._do(GroupChangeKind.RAISED, severity)
        if fresh:
            assert self.notices[before:]

    @rule(kind=st.sampled_from([k for k in GroupChangeKind if k is not GroupChangeKind.RAISED]))
    def changed(self, kind: GroupChangeKind) -> None:
        self._do(kind)

    @precondition(lambda self: self.state is not None and not self.state.held)
    @rule()
    def acknowledged_it_is_silent(self) -> None:
        self._do(GroupChangeKind.ACKNOWLEDGED)
        before = len(self.notices)
        state = self.state
        if state is not None and state.chain is not None:
            self.now += CHAIN.ack_expires - SECOND
            self._do(None)
            assert len(self.notices) == before

    @invariant()
    def nobody_is_told_twice_within_a_step(self) -> None:
        keys = [n.key for n in self.notices]
        assert len(set(keys)) == len(keys)
        by_instant = [(n.at, n.key.split(":")[1], n.person, n.channel) for n in self.notices]
        assert len(set(by_instant)) == len(by_instant)

    @invariant()
    def what_is_open_and_not_acknowledged_has_a_next_telling_or_came_to_its_end(self) -> None:
        state = self.state
        if state is None or state.held or state.chain is None:
            return
        ended = any(n.kind is NoticeKind.EXHAUSTED for n in self.notices)
        assert state.due is not None or ended
        assert state.due is None or state.due > self.now

    @invariant()
    def the_state_survives_a_restart(self) -> None:
        if self.state is not None:
            assert load(dump(self.state)) == self.state


TestEscalating = Escalating.TestCase


def other_plan(steps: int, severity: Severity | None = Severity.CRITICAL, ident: str = "urgent") -> EscalationPlan:
    """A plan as a reload may bring it: fewer steps, another name, or none for the severity."""
    chain = replace(CHAIN, id=ident, steps=CHAIN.steps[:steps])
    return replace(PLAN, chains={ident: chain}, by_severity={} if severity is None else {severity: ident})


def test_a_chain_that_lost_its_later_steps_goes_on_from_its_last_one() -> None:
    state, _ = run(raised(), NOON + 16 * MINUTE)
    assert state is not None
    assert state.step == 2
    _, notices = advance("supply_point:7", state, None, NOON + 60 * MINUTE, ROSTER, other_plan(1))
    assert next(n.kind for n in notices if n.channel == "chat") is NoticeKind.REMINDER


def test_a_chain_that_is_gone_is_that_of_the_severity_from_now_on() -> None:
    state, _ = run(raised(), NOON + 4 * MINUTE)
    _, notices = advance("supply_point:7", state, None, NOON + 5 * MINUTE, ROSTER, other_plan(4, ident="pressing"))
    assert told(notices) == [(5, "head", "escalated")]


def test_without_any_chain_left_the_fallback_hears_of_what_was_still_to_be_told() -> None:
    state, _ = run(raised(), NOON + 4 * MINUTE)
    state, notices = advance("supply_point:7", state, None, NOON + 60 * MINUTE, ROSTER, other_plan(4, None, "other"))
    assert told(notices) == [(5, "lead", "exhausted")]
    assert state is not None
    assert state.due is None
