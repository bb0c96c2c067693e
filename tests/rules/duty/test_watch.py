"""Gaps of the roster: warned of ahead, and told by the watch over ourselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.duty import DutyOverride, DutyRole, Roster, Rotation
from domain.severity import Severity
from rules.duty.plan import DutyPlan
from rules.duty.watch import gap_findings, gaps_ahead
from rules.self_watch import Finding, Patience, SelfWatch, Signs, Told
from tests.support.duty import PLAN, ROTATIONS, roster, utc


def _until(rotation: Rotation) -> Rotation:
    return replace(rotation, until=date(2026, 1, 10)) if rotation.role is DutyRole.OFFICER else rotation


ENDING = roster(rotations=tuple(_until(r) for r in ROTATIONS), version=1)
"""Nobody is officer from the morning of the eleventh on."""
START = utc("2026-01-11T08:30:00+08:00")


def told(watch: SelfWatch, days: float, of: Roster = ENDING) -> list[Told]:
    """Look so many days before the gap begins."""
    now = START - timedelta(days=days)
    gaps = gap_findings(DutyPlan(of), PLAN, now)
    return watch.look(Signs(now, now.timestamp(), gaps=gaps, ticked=now, received=int(now.timestamp())))


def found(now: datetime, of: Roster = ENDING) -> Sequence[Finding]:
    return gap_findings(DutyPlan(of), PLAN, now)


def test_a_gap_is_warned_of_a_week_and_a_day_before_and_daily_while_it_lasts() -> None:
    watch = SelfWatch(Patience())
    said = {days: told(watch, days) for days in (8, 6.9, 6.5, 2, 0.9, 0.5, -0.1, -0.2, -1.1, -1.2)}
    assert gaps_ahead(DutyPlan(ENDING), PLAN, START - timedelta(days=8)) == []
    assert [days for days, news in said.items() if news] == [6.9, 0.9, -0.1, -1.1]
    assert all(not one.over for news in said.values() for one in news)
    severities = [one.finding.severity for news in said.values() for one in news]
    assert severities == [Severity.MINOR, Severity.MAJOR, Severity.MAJOR, Severity.MAJOR]


def test_a_gap_that_somebody_fills_is_over() -> None:
    watch = SelfWatch(Patience())
    told(watch, 3)
    stands_in = DutyOverride("o", DutyRole.OFFICER, START, START + timedelta(days=99), "ann", None, "", "ann", START)
    (over,) = told(watch, 2.9, replace(ENDING, overrides=(stands_in,)))
    assert (over.over, over.finding.text[:5]) == (True, "值班员缺岗")


def test_two_gaps_of_one_role_are_told_apart() -> None:
    filled = DutyOverride(
        "o", DutyRole.OFFICER, START + timedelta(days=1), START + timedelta(days=2), "ann", None, "", "ann", START
    )
    keys = [f.key for f in found(START - timedelta(days=1), replace(ENDING, overrides=(filled,)))]
    assert len(set(keys)) == 2
    now = [f.key for f in found(START + timedelta(hours=1), replace(ENDING, overrides=(filled,)))]
    assert now[0] == "roster:officer:now"


def test_before_a_roster_was_recorded_nothing_is_warned_of() -> None:
    assert found(START, replace(ENDING, version=0)) == ()
