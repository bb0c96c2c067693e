"""Reporting deadlines run from the upgrade, whatever the telemetry says, and only a report ends them."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.duty import Roster
from domain.escalation import ReportingDeadline
from domain.notice import NoticeKind
from domain.severity import EmergencyGrade
from rules.duty.plan import DutyPlan
from rules.duty.reporting import Emergency, deadlines, told
from tests.support.duty import MINUTE, PLAN, roster, utc

DEADLINE = ReportingDeadline(EmergencyGrade.SERIOUS, 30 * MINUTE, 60 * MINUTE, 10 * MINUTE, "省政府总值班室", "urgent")
RULES = replace(PLAN, deadlines=(DEADLINE,))
DUTY = DutyPlan(roster())
LATE = utc("2026-12-31T23:45:00+08:00")
TZ = roster().tz


def emergency(**more: object) -> Emergency:
    base = Emergency("E-1", EmergencyGrade.SERIOUS, LATE, "市城管局", {"title": "经十路大面积停电"})
    return replace(base, **more)  # type: ignore[arg-type]


def kinds(found: Emergency, until: datetime) -> list[tuple[float, str, str]]:
    _, notices = told(found, until, DUTY, RULES, TZ)
    one_each = {(n.kind, n.facts["report"]): n for n in notices}
    return [((n.at - LATE) / MINUTE, n.kind.value, n.facts["report"]) for n in one_each.values()]


def test_deadlines_run_over_the_end_of_the_year() -> None:
    assert kinds(emergency(), LATE + 3 * 60 * MINUTE) == [
        (20, "deadline_near", "phone"),
        (30, "deadline_passed", "phone"),
        (50, "deadline_near", "writing"),
        (60, "deadline_passed", "writing"),
    ]
    _, (first, *_) = told(emergency(), LATE + 20 * MINUTE, DUTY, RULES, TZ)
    assert first.facts["deadline"] == "01-01 00:15（电话报告）"


def test_a_report_ends_its_deadline_and_no_other() -> None:
    phoned = emergency(phoned_at=LATE + 25 * MINUTE)
    assert [(m, k) for m, k, _ in kinds(phoned, LATE + 3 * 60 * MINUTE)] == [
        (20, "deadline_near"),
        (50, "deadline_near"),
        (60, "deadline_passed"),
    ]


def test_a_deadline_that_has_passed_is_told_to_the_whole_chain() -> None:
    _, notices = told(emergency(through=LATE + 29 * MINUTE), LATE + 30 * MINUTE, DUTY, RULES, TZ)
    assert {n.person for n in notices if n.channel == "chat"} == {"cao", "head", "lead", "lamps"}


def test_an_empty_roster_is_not_silent() -> None:
    _, notices = told(emergency(), LATE + 20 * MINUTE, DutyPlan(Roster()), RULES, TZ)
    assert [(n.kind, n.person, n.channel) for n in notices] == [(NoticeKind.DEADLINE_NEAR, None, "chat")]


def test_a_grade_without_a_rule_has_no_deadline() -> None:
    assert deadlines(emergency(grade=EmergencyGrade.GENERAL), RULES) == []


@given(st.lists(st.integers(0, 7200), max_size=12).map(sorted))
def test_each_is_told_once_however_often_it_is_asked(asked: list[int]) -> None:
    found, keys = emergency(), []
    for seconds in [*asked, 7200]:
        through, notices = told(found, LATE + timedelta(seconds=seconds), DUTY, RULES, TZ)
        found = replace(found, through=through)
        keys += [n.key for n in notices]
    assert len(keys) == len(set(keys))
    assert sorted(keys) == sorted(n.key for n in told(emergency(), LATE + 2 * 60 * MINUTE, DUTY, RULES, TZ)[1])
