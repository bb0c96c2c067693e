"""Time limits: when they end, and which card a task has (province's complaints line: yellow, then red)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.incident import Card, Limit, LimitKind, Task, TaskState

WorkingDay = Callable[[date], bool]
"""Whether a local date is a working day, holidays and shifted days off taken into account."""

WARN_AT: Final = 0.75
"""Of a limit in hours, the share after which a task is yellow."""
_DAY: Final = timedelta(days=1)


def due(start: datetime, limit: Limit, works: WorkingDay, tz: ZoneInfo) -> datetime:
    """Return when a limit that begins at `start` ends (UTC).

    The day of the beginning does not count (our choice, as 民法典 201 has it): one working day ends with the next one.
    """
    if limit.kind is LimitKind.HOURS:
        return start + timedelta(hours=limit.amount)
    day = start.astimezone(tz).date()
    for _ in range(int(limit.amount)):
        day = _next_working(day, works)
    return _end_of(day, tz)


def card(task: Task, now: datetime, works: WorkingDay, tz: ZoneInfo) -> Card:
    """Return how a task stands at `now`; one that is done stands as it did when it was done. A suspended one waits."""
    if task.state is TaskState.SUSPENDED:
        return Card.NONE
    at = task.done_at or now
    if at >= task.due:
        return Card.RED
    return Card.YELLOW if at >= warns_at(task, works, tz) else Card.NONE


def warns_at(task: Task, works: WorkingDay, tz: ZoneInfo) -> datetime:
    """Return from when a task is yellow."""
    if task.limit.kind is LimitKind.HOURS:
        return task.started + (task.due - task.started) * WARN_AT
    last = (task.due - datetime.resolution).astimezone(tz).date()
    return datetime.combine(_working_before(last, works), time(), tz).astimezone(UTC)


def _next_working(day: date, works: WorkingDay) -> date:
    day += _DAY
    while not works(day):
        day += _DAY
    return day


def _working_before(day: date, works: WorkingDay) -> date:
    day -= _DAY
    while not works(day):
        day -= _DAY
    return day


def _end_of(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, time(), tz).astimezone(UTC)
