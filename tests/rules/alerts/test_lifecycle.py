"""The life cycle of an alert: instants by hand, and whatever happens in any order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.alert import AlertState, ChangeKind, Verdict
from domain.severity import Severity
from rules.alerts import lifecycle
from rules.alerts.course import NOWHERE, Course, Finding, Flap, Rung, Step, Timing

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAIN = Timing((Rung(Severity.MINOR),))
HELD = Timing((Rung(Severity.MINOR, 5 * MINUTE),), clear_hold=3 * MINUTE)
LADDER = Timing(
    (Rung(Severity.MINOR, 5 * MINUTE), Rung(Severity.MAJOR, 5 * MINUTE), Rung(Severity.CRITICAL, 2 * MINUTE)),
    clear_hold=3 * MINUTE,
)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


class Life:
    """A course that is told things, minute by minute."""

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.course: Course | None = None
        self.steps: list[Step] = []

    def take(self, minutes: float, finding: Finding | None = None) -> "Life":
        self.course, steps = lifecycle.advance(self.course, finding, at(minutes), self.timing)
        self.steps += steps
        return self

    def breach(self, minutes: float, level: int = 0, *, report: float | None = None, now: bool = False) -> "Life":
        told = None if report is None else at(report)
        return self.take(minutes, Finding(Verdict.BREACH, at(minutes), level, told, fires_now=now))

    def clear(self, minutes: float) -> "Life":
        return self.take(minutes, Finding(Verdict.CLEAR, at(minutes)))

    def lose(self, minutes: float) -> "Life":
        return self.take(minutes, Finding(Verdict.UNKNOWN, at(minutes)))

    def put(self, moved: lifecycle.Advanced) -> "Life":
        self.course = moved[0]
        self.steps += moved[1]
        return self

    @property
    def known(self) -> Course:
        assert self.course is not None
        return self.course

    def said(self) -> list[tuple[str, float]]:
        return [(s.kind.value, (s.at - T0) / MINUTE) for s in self.steps]


def test_without_a_hold_it_is_raised_and_recovers_at_once() -> None:
    life = Life(PLAIN).breach(1).clear(2)
    assert life.said() == [("raised", 1), ("recovered", 2)]
    assert life.course is None


def test_nothing_is_remembered_of_what_is_clear_or_unknown() -> None:
    assert Life(PLAIN).clear(1).lose(2).take(3).course is None


def test_it_is_raised_when_the_hold_is_over_however_late_that_is_noticed() -> None:
    for noticed in (5, 5.5, 90):
        life = Life(HELD).breach(0).take(noticed)
        assert life.said() == [("raised", 5)]
        assert (life.known.opened, life.known.since) == (at(5), at(0))


def test_before_the_hold_is_over_it_is_pending_and_clear_resets_it() -> None:
    life = Life(HELD).breach(0).take(4.99)
    assert life.known.state is AlertState.PENDING
    assert life.said() == []
    assert life.clear(4.995).course is None
    assert life.breach(6).take(10.9).said() == []
    assert life.take(11).said() == [("raised", 11)]


def test_it_recovers_after_the_clear_hold_and_a_breach_in_between_starts_it_anew() -> None:
    life = Life(HELD).breach(0).clear(10).breach(12).clear(13).take(15.9)
    assert life.said() == [("raised", 5)]
    assert life.take(30).said() == [("raised", 5), ("recovered", 16)]


def test_unknown_stops_the_clock_of_the_hold_and_of_the_clear_hold() -> None:
    life = Life(HELD).breach(0).lose(4).breach(24).take(24.9)
    assert life.said() == []
    life.take(25)
    assert life.said() == [("raised", 25)]
    life.clear(30).lose(32).clear(50).take(50.9)
    assert [k for k, _ in life.said()] == ["raised", "lost", "seen"]
    assert life.take(51).said()[-1] == ("recovered", 51)


def test_unknown_never_resolves_and_the_same_alert_goes_on_when_it_is_seen_again() -> None:
    life = Life(PLAIN).breach(0).lose(10).take(60 * 24 * 30)
    states = [life.known.state, life.breach(60 * 24 * 31).known.state]
    assert states == [AlertState.UNKNOWN, AlertState.FIRING]
    assert (life.known.opened, life.known.since) == (at(0), at(0))
    assert [k for k, _ in life.said()] == ["raised", "lost", "seen"]


def test_what_was_acknowledged_stays_so_over_a_time_in_which_nothing_is_known() -> None:
    life = Life(PLAIN).breach(0)
    life.put(lifecycle.acknowledge(life.known, "ops", None, at(1), comment="on my way"))
    assert life.known.state is AlertState.ACKNOWLEDGED
    assert life.lose(2).known.state is AlertState.UNKNOWN
    assert life.breach(3).known.state is AlertState.ACKNOWLEDGED
    assert life.known.acknowledged_by == "ops"
    assert [(s.by, s.comment) for s in life.steps if s.kind is ChangeKind.ACKNOWLEDGED] == [("ops", "on my way")]


@pytest.mark.parametrize(("quiet", "reports"), [(59, 2), (60, 0)])
def test_what_is_pending_is_forgotten_after_an_hour_without_knowledge(quiet: float, reports: int) -> None:
    life = Life(Timing((Rung(Severity.MINOR, reports=3),)))
    life.breach(0, report=0).breach(1, report=1).lose(2).take(2 + quiet)
    assert (life.known.spells[0].reports if life.course else 0) == reports


def test_patience_is_as_long_as_the_longest_hold() -> None:
    life = Life(Timing((Rung(Severity.MINOR, timedelta(hours=8)),))).breach(0).lose(60).take(60 + 479)
    assert life.course is not None
    assert life.take(60 + 480).course is None


def test_one_report_counts_once_however_often_it_is_looked_at() -> None:
    life = Life(Timing((Rung(Severity.MINOR, reports=2),)))
    life.breach(0, report=0).breach(1, report=0).breach(2, report=0)
    assert life.said() == []
    assert life.breach(3, report=3).said() == [("raised", 3)]
    assert life.known.since == at(0)


def test_findings_without_a_report_count_each() -> None:
    assert Life(Timing((Rung(Severity.MINOR, reports=2),))).breach(0).breach(1).said() == [("raised", 1)]


def test_both_the_reports_and_the_hold_are_asked_for() -> None:
    life = Life(Timing((Rung(Severity.MINOR, 5 * MINUTE, reports=2),)))
    life.breach(0, report=0).take(6)
    assert life.said() == []
    assert life.breach(7, report=7).said() == [("raised", 7)]


def test_a_report_that_is_enough_by_itself_needs_no_hold() -> None:
    life = Life(LADDER).breach(0, level=1, now=True)
    assert life.said() == [("raised", 0)]
    assert life.known.top == 1


def test_a_ladder_is_climbed_rung_by_rung_each_with_its_hold() -> None:
    life = Life(LADDER).breach(0, 0).breach(3, 1).take(20)
    assert life.said() == [("raised", 5), ("worsened", 8)]
    life.breach(20, 2).breach(30, 0).take(40)
    assert life.said()[2:] == [("worsened", 22), ("eased", 33)]
    assert life.known.top == 0
    assert life.clear(41).take(50).said()[4:] == [("recovered", 44)]


def test_a_rung_whose_breach_was_too_short_is_not_climbed() -> None:
    assert Life(LADDER).breach(0, 0).breach(6, 1).breach(10, 0).breach(12, 1).take(16).said() == [("raised", 5)]


def test_the_worst_rung_raises_at_once_where_several_are_ready() -> None:
    life = Life(Timing((Rung(Severity.MINOR), Rung(Severity.MAJOR)))).breach(0, 1)
    assert life.said() == [("raised", 0)]
    assert life.known.top == 1
    assert life.clear(1).said() == [("raised", 0), ("recovered", 1)]


def test_what_was_acknowledged_when_it_was_milder_is_not_acknowledged_when_it_is_worse() -> None:
    life = Life(LADDER).breach(0, 0).take(6)
    life.put(lifecycle.acknowledge(life.known, "ops", None, at(6))).breach(7, 1).take(12)
    assert life.known.acknowledged_at is None
    assert life.known.state is AlertState.FIRING


def test_an_acknowledgement_with_an_end_lapses() -> None:
    life = Life(PLAIN).breach(0)
    life.put(lifecycle.acknowledge(life.known, "ops", at(30), at(1))).take(45)
    assert life.said() == [("raised", 0), ("acknowledged", 1), ("lapsed", 30)]
    assert life.known.state is AlertState.FIRING
    assert (life.known.acknowledged_by, life.known.acknowledged_at, life.known.acknowledged_until) == ("", None, None)


def test_a_shelf_has_an_end_and_it_recovers_on_the_shelf_too() -> None:
    life = Life(PLAIN).breach(0)
    life.put(lifecycle.shelve(life.known, "ops", at(30), at(1))).take(29)
    assert life.known.state is AlertState.SHELVED
    assert life.take(31).said()[-1] == ("lapsed", 30)
    life.put(lifecycle.shelve(life.known, "ops", at(60), at(32)))
    assert life.clear(40).said()[-1] == ("recovered", 40)
    assert life.course is None


def test_it_can_be_taken_from_the_shelf_before_its_end() -> None:
    life = Life(PLAIN).breach(0)
    life.put(lifecycle.shelve(life.known, "ops", at(30), at(1)))
    life.put(lifecycle.unshelve(life.known, "boss", at(2)))
    assert life.known.state is AlertState.FIRING
    assert life.said()[-1] == ("unshelved", 2)
    assert lifecycle.unshelve(life.known, "boss", at(3)) == (life.known, ())


def test_nothing_is_done_to_what_is_not_open_and_no_shelf_ends_before_it_begins() -> None:
    pending = Life(HELD).breach(0).known
    assert lifecycle.acknowledge(pending, "ops", None, at(1)) == (pending, ())
    assert lifecycle.shelve(pending, "ops", at(9), at(1)) == (pending, ())
    assert lifecycle.retire(pending, at(1), "gone") == (None, ())
    firing = Life(PLAIN).breach(0).known
    assert lifecycle.shelve(firing, "ops", at(1), at(1)) == (firing, ())


def test_a_subject_that_is_gone_closes_its_alert_and_says_why() -> None:
    course, (step,) = lifecycle.retire(Life(PLAIN).breach(0).known, at(5), "gone")
    assert course is None
    assert (step.kind, step.at, step.why, step.since, step.raised_at) == (
        ChangeKind.RECOVERED,
        at(5),
        "gone",
        at(0),
        at(0),
    )


def test_what_is_raised_too_often_is_held_open_until_it_was_calm() -> None:
    flap = Flap(raises=3, window=60 * MINUTE, calm=20 * MINUTE)
    life = Life(Timing((Rung(Severity.MINOR),), flap=flap))
    for minute in (0, 10, 20):
        life.breach(minute).clear(minute + 1)
    assert [k for k, _ in life.said()] == ["raised", "recovered", "raised", "recovered", "raised", "flapping"]
    life.breach(30).clear(35).take(54.9)
    assert life.known.flapping
    assert life.take(55).said()[-1] == ("recovered", 55)
    assert life.course is not None
    assert life.take(81).course is None


def test_raises_outside_the_window_are_no_flapping() -> None:
    life = Life(Timing((Rung(Severity.MINOR),), flap=Flap(raises=2, window=10 * MINUTE, calm=20 * MINUTE)))
    life.breach(0).clear(1).breach(10.5).clear(11)
    assert [k for k, _ in life.said()] == ["raised", "recovered"] * 2


def test_a_changed_condition_forgets_what_is_pending_and_keeps_what_fires() -> None:
    assert lifecycle.reset_pending(Life(HELD).breach(0).known) is None
    kept = lifecycle.reset_pending(Life(LADDER).breach(0, 0).breach(6, 1).known)
    assert kept is not None
    assert [s.on for s in kept.spells] == [True, False, False]
    assert kept.spells[1].since is None
    assert (kept.verdict, kept.level, kept.opened) == (Verdict.UNKNOWN, NOWHERE, at(5))


def test_time_does_not_run_backwards_for_what_was_said() -> None:
    life = Life(HELD).breach(0).take(4).clear(3)
    assert life.course is None
    assert Life(HELD).breach(0).take(6).clear(3).known.mark == at(6)


def test_a_backlog_of_a_time_without_knowledge_counts_from_its_own_instants() -> None:
    life = Life(HELD).breach(0).lose(1).take(50).breach(20).take(24)
    assert life.said() == [("raised", 24)]


def test_the_next_instant_is_the_earliest_that_time_alone_brings() -> None:
    def due(life: Life) -> float | None:
        found = lifecycle.due(life.known, life.timing)
        return None if found is None else (found - T0) / MINUTE

    life = Life(HELD).breach(0)
    assert due(life) == 5
    assert due(life.take(2)) == 5
    assert due(life.lose(3)) == 63
    assert due(life.breach(4).take(6)) is None
    assert due(life.clear(10)) == 13
    life.breach(11)
    life.put(lifecycle.acknowledge(life.known, "ops", at(40), at(12)))
    life.put(lifecycle.shelve(life.known, "ops", at(30), at(12)))
    assert due(life) == 30
    assert due(life.take(31)) == 40
    flapping = Life(replace(PLAIN, flap=Flap(raises=9, window=60 * MINUTE))).breach(0).clear(1)
    assert due(flapping) == 60


def test_a_flapping_alert_that_stays_clear_for_the_longer_of_both_times() -> None:
    flap = Flap(raises=1, window=60 * MINUTE, calm=2 * MINUTE)
    life = Life(Timing((Rung(Severity.MINOR),), clear_hold=5 * MINUTE, flap=flap)).breach(0).clear(1)
    assert life.take(5.9).said() == [("raised", 0), ("flapping", 0)]
    assert life.take(6).said()[-1] == ("recovered", 6)
