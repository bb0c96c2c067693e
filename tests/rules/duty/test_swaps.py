"""Swaps: what can be, and who decides."""

from datetime import date

from domain.duty import Assignment, DutyRole, Slot, Swap
from rules.duty.plan import DutyPlan
from rules.duty.swaps import leaders, may_not_decide, objections
from tests.support.duty import roster, utc

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
