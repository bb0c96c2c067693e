"""A case file as its record: the figures that indicators are made of, without anything that people wrote."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from domain.incident import Incident, IncidentState, Origin, Step, Task, TaskState
from domain.kind import Value

_TAKES: Final = frozenset({"accept", "begin", "feedback"})


def record_of(case: Incident, history: Sequence[Step]) -> Mapping[str, Value]:
    """Return the values of kind `case_record` for a case file as it stands, with its history up to now."""
    parts = [task for task in case.tasks if task.state is not TaskState.RETURNED]
    accepted, handover = _handovers(history)
    values: dict[str, Value] = {
        "case": case.id,
        "opened_at": _second(case.opened_at),
        "mistaken": case.state is IncidentState.MISTAKEN,
        "ticket": case.origin is Origin.HOTLINE,
        "units": len({task.unit for task in parts}),
        "parts": len(parts),
        "late": sum(_late(task) for task in parts),
        "returned": len(case.tasks) - len(parts),
        "accepted": accepted,
        "handover": handover,
    }
    if case.closed_at is not None:
        values["closed_at"] = _second(case.closed_at)
    running = [task.due for task in parts if task.live and task.state is not TaskState.SUSPENDED]
    if running:
        values["due_at"] = _second(min(running))
    return values


def _late(task: Task) -> bool:
    """Return whether a part was done after its limit, as its red card says it."""
    return task.done_at is not None and task.done_at >= task.due


def _handovers(history: Sequence[Step]) -> tuple[int, int]:
    """Return how many parts were taken over, and the seconds from dispatch to that, together."""
    waiting: dict[str, datetime] = {}
    taken = seconds = 0
    for step in history:
        unit = step.detail.get("unit", "")
        if step.action == "dispatch":
            waiting[unit] = step.at
        elif step.action == "sendback":
            waiting.pop(unit, None)
        elif step.action in _TAKES and unit in waiting:
            taken += 1
            seconds += int((step.at - waiting.pop(unit)).total_seconds())
    return taken, seconds


def _second(at: datetime) -> int:
    return int(at.timestamp())
