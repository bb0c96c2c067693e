"""Alarm quality: floods, rates per officer, chattering, stale, times, held against the published limits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.alert import AlertState, ChangeKind
from domain.alert_ports import AlertStep
from domain.severity import Severity
from rules.alarm_quality.limits import LIMITS, Figure, Standing
from rules.alarm_quality.load import Interval, floods, intervals
from rules.alarm_quality.report import Quality, qualities
from rules.alarm_quality.spans import By, watches
from rules.duty.plan import DutyPlan
from tests.support.duty import roster, utc

START = utc("2026-11-25T00:00:00+08:00")
NOON = START + timedelta(hours=12)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PLAN = DutyPlan(roster())
TWO = tuple(
    type(r)(r.id, r.shift, r.role, (("ann", "ben"),), r.first_day) for r in roster().rotations if r.role == "officer"
)
"""Two officers on each shift."""


def step(alert: str, at: datetime, kind: ChangeKind = ChangeKind.RAISED, **more: object) -> AlertStep:
    plain = {"severity": Severity.MINOR, "state": AlertState.FIRING, "quiet": False, "rule": "lamp-dark"}
    given_ = plain | {"subject": f"device:{alert}"} | more
    return AlertStep(alert=alert, kind=kind, at=at, **given_)  # type: ignore[arg-type]


def day(steps: Sequence[AlertStep], now: datetime = START + DAY, plan: DutyPlan = PLAN) -> Quality:
    (found,) = qualities(steps, watches(By.DAY, START, START + DAY, plan), plan, now)
    return found


def value(found: Quality, figure: Figure) -> float | None:
    return next(h.value for h in found.held if h.limit.figure is figure)


def standing(found: Quality, figure: Figure) -> Standing:
    return next(h.standing for h in found.held if h.limit.figure is figure)


def test_the_rate_is_for_one_officer_and_ten_minutes() -> None:
    steps = [step(f"a{n}", NOON + n * MINUTE * 10) for n in range(72)]
    found = day(steps)
    assert value(found, Figure.RATE) == 0.5
    assert standing(found, Figure.RATE) is Standing.ACCEPTABLE
    two = DutyPlan(roster(rotations=tuple(r for r in roster().rotations if r.role != "officer") + TWO))
    assert value(day(steps, plan=two), Figure.RATE) == 0.25
    nobody = DutyPlan(roster(rotations=()))
    alone = day(steps, plan=nobody)
    assert (value(alone, Figure.RATE), alone.officers, alone.unstaffed_min) == (0.5, 0, 24 * 60)


def test_a_flood_begins_above_ten_and_is_over_below_five() -> None:
    counts = [3, 11, 30, 5, 4, 0, 10, 12]
    steps = [
        step(f"a{n}-{i}", NOON + n * 10 * MINUTE + timedelta(seconds=i)) for n, c in enumerate(counts) for i in range(c)
    ]
    first, second = day(steps).floods
    assert (first.start, first.end, first.alarms, first.peak) == (NOON + 10 * MINUTE, NOON + 40 * MINUTE, 46, 30)
    assert (second.start, second.end, second.alarms) == (NOON + 70 * MINUTE, NOON + 80 * MINUTE, 12)
    assert value(day(steps), Figure.PEAK) == 30
    assert day(steps).peak_at == NOON + 20 * MINUTE
    assert value(day(steps), Figure.FLOOD_TIME) == 100 * 40 / (24 * 60)
    assert standing(day(steps), Figure.FLOOD_TIME) is Standing.EXCEEDED


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.integers(0, 3))
def test_floods_never_overlap_and_hold_every_interval_above_ten(counts: list[int], officers: int) -> None:
    found = [Interval(START + n * 10 * MINUTE, c, officers) for n, c in enumerate(counts)]
    waters = floods(found)
    assert all(a.end <= b.start for a, b in pairwise(waters))
    for interval in found:
        inside = [f for f in waters if f.start <= interval.start < f.end]
        assert len(inside) == 1 if interval.load > 10 else len(inside) <= 1
        assert not (inside and interval.load < 5)


@given(st.lists(st.integers(0, 86399), max_size=200))
def test_no_alarm_is_counted_twice_or_lost_between_intervals(seconds: list[int]) -> None:
    rung = [START + timedelta(seconds=s) for s in seconds]
    found = intervals(rung, START, START + DAY, lambda _: 1)
    assert sum(i.alarms for i in found) == len(seconds)
    assert len(found) == 144


def test_what_nobody_was_told_of_is_no_alarm() -> None:
    steps = [
        step("a", NOON, quiet=True),
        step("b", NOON),
        step("b", NOON + MINUTE, ChangeKind.ACKNOWLEDGED, state=AlertState.ACKNOWLEDGED),
        step("b", NOON + 2 * MINUTE, ChangeKind.WORSENED, severity=Severity.CRITICAL),
        step("b", NOON + 3 * MINUTE, ChangeKind.RECOVERED, state=AlertState.RECOVERED),
        step("c", NOON, ChangeKind.CORRECTED, state=AlertState.RECOVERED),
    ]
    found = day(steps)
    assert (found.alarms, found.priorities[Severity.MINOR], found.priorities[Severity.CRITICAL]) == (2, 1, 1)
    assert value(found, Figure.HIGHEST) == 50
    assert standing(found, Figure.HIGHEST) is Standing.GUIDE


def test_the_times_count_those_that_wait_and_those_that_were_never_taken_apart() -> None:
    steps = []
    for n in range(10):
        steps.append(step(f"a{n}", NOON))
        steps.append(step(f"a{n}", NOON + (n + 1) * MINUTE, ChangeKind.ACKNOWLEDGED, state=AlertState.ACKNOWLEDGED))
        steps.append(step(f"a{n}", NOON + (n + 2) * MINUTE, ChangeKind.RECOVERED, state=AlertState.RECOVERED))
    steps += [step("b", NOON), step("c", NOON), step("c", NOON + MINUTE, ChangeKind.RECOVERED)]
    found = day(steps)
    taken, cleared = found.acknowledged, found.cleared
    assert (taken.count, taken.still, taken.never, taken.median_s, taken.p90_s) == (10, 1, 1, 330, 540)
    assert (cleared.count, cleared.still, cleared.never, cleared.p90_s) == (11, 1, 0, 600)


def test_an_alarm_that_rings_three_times_in_a_minute_chatters_and_so_does_one_that_its_rule_calls_flapping() -> None:
    fast = [step(f"x{n}", NOON + timedelta(seconds=30 * n), subject="device:X") for n in range(3)]
    slow = [step(f"y{n}", NOON + timedelta(seconds=31 * n), subject="device:Y") for n in range(3)]
    flap = [step("z", NOON, subject="device:Z"), step("z", NOON, ChangeKind.FLAPPING, subject="device:Z")]
    found = day([*fast, *slow, *flap])
    assert [(o.subject, o.alarms) for o in found.chattering] == [("device:X", 3), ("device:Z", 1)]
    assert [o.subject for o in found.top] == ["device:X", "device:Y", "device:Z"]
    assert found.top[0].share == 100 * 3 / 7
    assert standing(found, Figure.CHATTERING) is Standing.EXCEEDED


def test_an_alarm_is_stale_after_more_than_a_day_and_five_on_a_day_are_too_many() -> None:
    old = [step(f"o{n}", START - timedelta(hours=20)) for n in range(5)]
    young = [step("y", START + timedelta(minutes=1))]
    gone = [step("g", START - 2 * DAY), step("g", START - MINUTE, ChangeKind.RECOVERED, state=AlertState.RECOVERED)]
    ended = [step("e", START - DAY), step("e", START, ChangeKind.RECOVERED, state=AlertState.RECOVERED)]
    found = day([*old, *young, *gone, *ended])
    assert [life.id for life in found.stale] == [f"o{n}" for n in range(5)]
    assert standing(found, Figure.STALE) is Standing.EXCEEDED
    assert standing(day(old[:4]), Figure.STALE) is Standing.ACCEPTABLE
    assert value(day(old, now=START + timedelta(hours=4)), Figure.STALE) == 0


def test_what_lies_on_the_shelf_is_counted_in_and_at_the_end() -> None:
    shelf = {"state": AlertState.SHELVED, "quiet": True}
    steps = [
        step("a", START - DAY),
        step("a", START - 2 * MINUTE, ChangeKind.SHELVED, **shelf),
        step("b", NOON),
        step("b", NOON, ChangeKind.SHELVED, **shelf),
        step("b", NOON + MINUTE, ChangeKind.UNSHELVED),
    ]
    found = day(steps)
    assert (found.shelved_in, found.shelved_at_end) == (1, 1)


def test_shifts_are_those_of_the_roster_over_midnight_and_a_running_one_ends_now() -> None:
    spans = watches(By.SHIFT, START, START + DAY, PLAN)
    assert [(w.shift, w.start, w.end - w.start) for w in spans] == [
        ("day", START + timedelta(hours=8.5), timedelta(hours=12)),
        ("night", START + timedelta(hours=20.5), timedelta(hours=12)),
    ]
    now = START + timedelta(hours=9)
    (running,) = qualities([step("a", START + timedelta(hours=8.6))], spans, PLAN, now)
    assert (running.until, running.alarms, value(running, Figure.RATE)) == (now, 1, 1 / 3)


def test_without_alarms_shares_are_unknown_and_not_well() -> None:
    found = day([])
    assert value(found, Figure.TOP_SHARE) is None
    assert standing(found, Figure.TOP_SHARE) is Standing.UNKNOWN
    assert (value(found, Figure.RATE), found.acknowledged.median_s) == (0, None)


def test_each_limit_names_its_source_and_judges_its_own_bounds() -> None:
    assert {limit.figure for limit in LIMITS} == set(Figure)
    assert all("16.4" in limit.source for limit in LIMITS)
    by = {limit.figure: limit for limit in LIMITS}
    rates = [by[Figure.RATE].judge(v) for v in (1, 2, 2.1)]
    assert rates == [Standing.ACCEPTABLE, Standing.MANAGEABLE, Standing.EXCEEDED]
    assert [by[Figure.PEAK].judge(v) for v in (10, 11)] == [Standing.ACCEPTABLE, Standing.EXCEEDED]
    assert [by[Figure.STALE].judge(v) for v in (4, 5)] == [Standing.ACCEPTABLE, Standing.EXCEEDED]
