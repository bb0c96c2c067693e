"""Whether a swap is possible, and who may decide it: a leader who is no part of it (city_operations 5.1)."""

from collections.abc import Sequence

from domain.duty import DutyRole, Slot, Swap
from rules.duty.plan import DutyPlan


def objections(plan: DutyPlan, swap: Swap) -> Sequence[tuple[str, str]]:
    """Return why the swap cannot be, each with the field that is wrong; empty = it can."""
    found = [(name, f"there is no person {p!r}") for name, p in _parties(swap) if p not in plan.people]
    if swap.giver == swap.taker:
        found.append(("taker", "is the giver"))
    found += _of_slot(plan, swap.gives, swap.giver, swap.taker, ("gives", "giver", "taker"))
    if swap.returns is not None:
        found += _of_slot(plan, swap.returns, swap.taker, swap.giver, ("returns", "taker", "giver"))
    return found


def leaders(plan: DutyPlan) -> frozenset[str]:
    """Return who has the role of a leader anywhere in the roster: those who may approve."""
    roster = plan.roster
    in_table = {p for row in roster.table if row.slot.role is DutyRole.LEADER for p in row.people}
    in_turn = {p for r in roster.rotations if r.role is DutyRole.LEADER for team in r.teams for p in team}
    return frozenset(in_table | in_turn)


def may_not_decide(plan: DutyPlan, swap: Swap, person: str) -> str | None:
    """Return why `person` may not approve or refuse the swap; None = may."""
    if person in {swap.giver, swap.taker}:
        return "nobody decides on a swap of their own"
    return None if person in leaders(plan) else f"{person!r} is no leader of the roster"


def _parties(swap: Swap) -> tuple[tuple[str, str], ...]:
    return ("giver", swap.giver), ("taker", swap.taker)


def _of_slot(
    plan: DutyPlan, slot: Slot, goes: str, comes: str, names: tuple[str, str, str]
) -> Sequence[tuple[str, str]]:
    field, giver, taker = names
    if slot.shift not in {shift.id for shift in plan.roster.shifts}:
        return [(field, f"there is no shift {slot.shift!r}")]
    there = plan.slot(slot)
    found = []
    if goes not in there:
        found.append((field, f"the {giver} is not on duty there"))
    if comes in there:
        found.append((field, f"the {taker} is on duty there already"))
    return found
