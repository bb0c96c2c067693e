"""Overrides, swaps and hand-overs as rows and back."""

from typing import Any

from sqlalchemy import Row

from domain.duty import DutyOverride, DutyRole, Handover, Swap, SwapState
from store.operational.duty_json import slot_from_json, slot_to_json


def override_of(row: Row[Any]) -> DutyOverride:
    """Return the record of a row."""
    return DutyOverride(
        row.override_id,
        DutyRole(row.role),
        row.starts,
        row.ends,
        row.person,
        row.replaces,
        row.reason,
        row.author,
        row.recorded_at,
        row.recorded_to,
    )


def override_row(override: DutyOverride) -> dict[str, Any]:
    """Return the row of a record."""
    return {
        "override_id": override.id,
        "role": override.role.value,
        "starts": override.start,
        "ends": override.end,
        "person": override.person,
        "replaces": override.replaces,
        "reason": override.reason,
        "author": override.author,
        "recorded_at": override.recorded_at,
    }


def swap_of(row: Row[Any]) -> Swap:
    """Return the record of a row."""
    return Swap(
        row.swap_id,
        row.giver,
        slot_from_json(row.gives),
        row.taker,
        None if row.returns is None else slot_from_json(row.returns),
        row.reason,
        row.requested_by,
        row.requested_at,
        SwapState(row.state),
        row.decided_by,
        row.decided_at,
    )


def swap_row(swap: Swap) -> dict[str, Any]:
    """Return the row of a record."""
    return {
        "swap_id": swap.id,
        "giver": swap.giver,
        "gives": slot_to_json(swap.gives),
        "taker": swap.taker,
        "returns": None if swap.returns is None else slot_to_json(swap.returns),
        "reason": swap.reason,
        "requested_by": swap.requested_by,
        "requested_at": swap.requested_at,
        "state": swap.state.value,
    }


def handover_of(row: Row[Any]) -> Handover:
    """Return the record of a row."""
    return Handover(
        row.handover_id,
        row.at,
        row.giver,
        row.taker,
        tuple(row.done),
        tuple(row.undone),
        row.log,
        row.author,
        row.recorded_at,
        {DutyRole(role): tuple(people) for role, people in row.on_duty.items()},
    )


def handover_row(handover: Handover) -> dict[str, Any]:
    """Return the row of a record."""
    return {
        "handover_id": handover.id,
        "at": handover.at,
        "giver": handover.giver,
        "taker": handover.taker,
        "done": list(handover.done),
        "undone": list(handover.undone),
        "log": handover.log,
        "on_duty": {role.value: list(people) for role, people in handover.on_duty.items()},
        "author": handover.author,
        "recorded_at": handover.recorded_at,
    }
