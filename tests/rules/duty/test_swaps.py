"""Swaps and gaps: what can be, who decides, and when it is told."""

from dataclasses import replace
from datetime import date, timedelta

from domain.duty import Assignment, DutyRole, Rotation, Slot, Swap
from domain.notice import NoticeKind
from rules.duty.plan import DutyPlan
from rules.duty.swaps import leaders, may_not_decide, objections
from rules.duty.watch import gap_notices, gaps_ahead
from tests.support.duty import PLAN, ROTATIONS, roster, utc

ANNS = Slot(date(2026, 1, 1), "day", DutyRole.OFFICER)
BENS = Slot(date(2026, 1, 2), "day", DutyRole.OFFICER)
PLAN_OF = DutyPlan(roster())
NOON = utc("2026-01-01T12:00:00+08:00")


def swap(giver: str = "ann", gives: Slot = ANNS, taker: str = "ben", returns: Slot | None = BENS) -> Swap:
    return Swap("s", giver, gives, taker, returns, "family", "ann", NOON)


def test_a_swap_of_two_duties_can_be() -> None:
    assert objections(PLAN_OF, swap()) == []
    assert objections(PLAN_OF, swap(returns=None)) == []


def test_what_is_wrong_with_a_swap_is_named_by_its_field() -> None:
    assert objections(PLAN_OF, swap(gives=BENS)) == [
        ("gives", "the giver is not on duty there"),
        ("gives", "the taker is on duty there already"),
    ]
    assert ("taker", "there is no person 'zoe'") in objections(PLAN_OF, swap(taker="zoe"))
    assert ("taker", "is the giver") in objections(PLAN_OF, swap(taker="ann", returns=None))
    late = Slot(ANNS.day, "late", DutyRole.OFFICER)
    assert objections(PLAN_OF, swap(returns=late)) == [("returns", "there is no shift 'late'")]


def test_a_leader_who_is_no_part_of_it_decides() -> None:
    assert leaders(PLAN_OF) == {"lead"}
    assert may_not_decide(PLAN_OF, swap(), "lead") is None
    assert may_not_decide(PLAN_OF, swap(), "head") == "'head' is no leader of the roster"
    in_table = DutyPlan(roster(table=(Assignment(Slot(ANNS.day, "day", DutyRole.LEADER), ("ann",)),)))
    assert may_not_decide(in_table, swap(), "ann") == "nobody decides on a swap of their own"


def test_gaps_are_warned_of_a_week_and_a_day_before_and_while_they_last() -> None:
    ending = DutyPlan(roster(rotations=tuple(_until(r) for r in ROTATIONS)))
    start = utc("2026-01-11T08:30:00+08:00")
    assert gaps_ahead(ending, PLAN, start - timedelta(days=8)) == []
    keys: dict[str, float] = {}
    for days in (6.9, 6.5, 2, 0.9, 0.5, -0.1, -0.2, -1.1):
        for notice in gap_notices(ending, PLAN, start - timedelta(days=days)):
            assert notice.kind is NoticeKind.ROSTER_GAP
            assert notice.facts["title"].startswith("值班员缺岗")
            keys.setdefault(notice.key, days)
    assert list(keys.values()) == [6.9, 0.9, -0.1, -1.1]


def _until(rotation: Rotation) -> Rotation:
    return replace(rotation, until=date(2026, 1, 10)) if rotation.role is DutyRole.OFFICER else rotation
