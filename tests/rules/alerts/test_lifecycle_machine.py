"""Whatever is found, done and waited for, in any order: what always holds of an alert's life."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.alert import AlertState, ChangeKind, Verdict
from domain.severity import Severity
from rules.alerts import lifecycle
from rules.alerts.alert_json import course_from_json, course_to_json
from rules.alerts.course import NOWHERE, Course, Finding, Flap, Rung, Step, Timing

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPANS = st.integers(0, 600).map(lambda s: timedelta(seconds=s))
TIMINGS = st.builds(
    Timing,
    rungs=st.lists(st.tuples(SPANS, st.integers(1, 3)), min_size=1, max_size=3).map(
        lambda rows: tuple(Rung(Severity.MINOR, hold, reports) for hold, reports in rows)
    ),
    clear_hold=SPANS,
    flap=st.none() | st.builds(Flap, raises=st.integers(2, 4), window=SPANS, calm=SPANS),
)
OPENING = {ChangeKind.RAISED}
NEEDS_OPEN = set(ChangeKind) - OPENING


class AlertLife(RuleBasedStateMachine):
    """Two courses are told the same; one of them is looked at in between as often as it likes, and dumped."""

    course: Course | None = None
    watched: Course | None = None

    @initialize(timing=TIMINGS)
    def begin(self, timing: Timing) -> None:
        self.timing, self.now = timing, T0
        self.steps: list[Step] = []
        self.watched_steps: list[Step] = []
        self.verdict = Verdict.UNKNOWN

    def _take(self, finding: Finding | None) -> None:
        self.course, steps = lifecycle.advance(self.course, finding, self.now, self.timing)
        self.watched, watched = lifecycle.advance(self.watched, finding, self.now, self.timing)
        self.steps += steps
        self.watched_steps += watched

    @rule(passed=st.integers(0, 900), looks=st.lists(st.floats(0, 1), max_size=3))
    def wait(self, passed: int, looks: list[float]) -> None:
        start, self.now = self.now, self.now + timedelta(seconds=passed)
        for share in sorted(looks):
            instant = start + (self.now - start) * share
            self.watched, steps = lifecycle.advance(self.watched, None, instant, self.timing)
            self.watched_steps += steps
        if self.watched is not None:
            self.watched = course_from_json(course_to_json(self.watched))

    @rule(level=st.integers(0, 2), now=st.booleans(), report=st.booleans())
    def breach(self, *, level: int, now: bool, report: bool) -> None:
        level = min(level, len(self.timing.rungs) - 1)
        told = self.now if report else T0
        self._take(Finding(Verdict.BREACH, self.now, level, told, fires_now=now))
        self.verdict = Verdict.BREACH

    @rule()
    def clear(self) -> None:
        self._take(Finding(Verdict.CLEAR, self.now))
        self.verdict = Verdict.CLEAR

    @rule()
    def lose(self) -> None:
        self._take(None)
        still = self.course.opened if self.course is not None else None
        self._take(Finding(Verdict.UNKNOWN, self.now))
        after = self.course.opened if self.course is not None else None
        assert after == still, "UNKNOWN neither raises nor resolves"
        self.verdict = Verdict.UNKNOWN

    @rule(minutes=st.none() | st.integers(1, 20))
    def acknowledge(self, minutes: int | None) -> None:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self._do(lambda c: lifecycle.acknowledge(c, "ops", until, self.now))

    @rule(minutes=st.integers(1, 20))
    def shelve(self, minutes: int) -> None:
        self._do(lambda c: lifecycle.shelve(c, "ops", self.now + timedelta(minutes=minutes), self.now))

    @rule()
    def unshelve(self) -> None:
        self._do(lambda c: lifecycle.unshelve(c, "ops", self.now))

    def _do(self, done: Any) -> None:
        self._take(None)
        if self.course is not None and self.watched is not None:
            self.course, steps = done(self.course)
            self.watched, watched = done(self.watched)
            self.steps += steps
            self.watched_steps += watched

    @invariant()
    def it_does_not_matter_how_often_it_is_looked_at(self) -> None:
        if hasattr(self, "timing"):
            self._take(None)
            assert [(s.kind, s.at) for s in self.steps] == [(s.kind, s.at) for s in self.watched_steps]
            assert self.course == self.watched

    @invariant()
    def it_is_raised_once_and_everything_else_happens_while_it_is_open(self) -> None:
        is_open = False
        for step in getattr(self, "steps", ()):
            assert is_open == (step.kind in NEEDS_OPEN), step.kind
            is_open = step.kind is not ChangeKind.RECOVERED
        assert is_open == (self.course is not None and self.course.opened is not None)

    @invariant()
    def steps_come_in_the_order_of_their_instants(self) -> None:
        assert all(a.at <= b.at for a, b in pairwise(getattr(self, "steps", ())))

    @invariant()
    def the_state_follows_from_what_is_known(self) -> None:
        course = self.course
        if course is None:
            return
        if course.opened is None:
            assert course.top == NOWHERE
            assert course.state in {AlertState.PENDING, AlertState.RECOVERED}
        else:
            assert course.top != NOWHERE
            assert course.state not in {AlertState.PENDING, AlertState.RECOVERED}
            assert course.verdict is self.verdict

    @invariant()
    def what_is_due_lies_ahead(self) -> None:
        if self.course is not None:
            due = lifecycle.due(self.course, self.timing)
            assert due is None or due > self.course.mark


TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)


@given(
    noise=st.lists(st.tuples(st.integers(1, 300), st.booleans()), min_size=1, max_size=120),
    hold=st.integers(0, 600),
    clear_hold=st.integers(1, 600),
)
@settings(deadline=None)
def test_a_noisy_signal_raises_at_most_once_and_clears_at_most_once_in_a_hold(
    noise: list[tuple[int, bool]], hold: int, clear_hold: int
) -> None:
    timing = Timing((Rung(Severity.MINOR, timedelta(seconds=hold)),), timedelta(seconds=clear_hold))
    course, now, steps = None, T0, list[Step]()
    for gap, bad in noise:
        now += timedelta(seconds=gap)
        finding = Finding(Verdict.BREACH, now, 0) if bad else Finding(Verdict.CLEAR, now)
        course, happened = lifecycle.advance(course, finding, now, timing)
        steps += happened
    for kind in (ChangeKind.RAISED, ChangeKind.RECOVERED):
        instants = [s.at for s in steps if s.kind is kind]
        apart = timedelta(seconds=hold + clear_hold)
        assert all(later - earlier >= apart for earlier, later in pairwise(instants))
