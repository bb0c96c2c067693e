"""The periods that alarm quality is told for: the shifts of the roster, or local days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.duty import Shift
from domain.period import PeriodKind, periods
from rules.duty.plan import DutyPlan, shift_bounds

_DAY = timedelta(days=1)
LONGEST = timedelta(days=93)
"""The longest span that is asked for at once."""


class By(StrEnum):
    """What the figures are told by."""

    SHIFT = "shift"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Watch:
    """A shift or a local day: [start, end), instants in UTC. `shift` is empty for a day."""

    name: str
    start: datetime
    end: datetime
    shift: str = ""
    title: str = ""


def watches(by: By, start: datetime, end: datetime, plan: DutyPlan) -> Sequence[Watch]:
    """Return the shifts or days that start in [start, end), by start. Empty when the roster has no shifts."""
    tz = plan.roster.tz
    if by is By.DAY:
        days = periods(PeriodKind.DAY, start, end, tz)
        return [Watch(day.name, day.start, day.end) for day in days if day.start >= start]
    found = []
    day, last = start.astimezone(tz).date() - _DAY, end.astimezone(tz).date()
    while day <= last:
        found += [_shift(shift, *shift_bounds(shift, day, tz), day.isoformat()) for shift in plan.roster.shifts]
        day += _DAY
    return sorted((w for w in found if start <= w.start < end), key=lambda w: (w.start, w.shift))


def known_whole(found: Sequence[Watch], since: datetime | None) -> Sequence[Watch]:
    """Return those of which every alert is kept: alerts that were over before `since` may have gone (None = none)."""
    return [watch for watch in found if since is None or watch.start >= since]


def _shift(shift: Shift, start: datetime, end: datetime, day: str) -> Watch:
    return Watch(f"{day} {shift.id}", start, end, shift.id, shift.title)
