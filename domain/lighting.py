"""When lamps must be on: timetables and overrides, as people enter them (city_operations 2.3)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NightTimes:
    """One row of a published yearly timetable: local switching times of one evening. `off` lies on the next day."""

    evening: date
    on: time
    off: time


@dataclass(frozen=True, slots=True)
class HalfNight:
    """From when to when the alternate lamps are off. `summer` months start later than the others.

    `back_before_off`: full lighting again that long before switch-off, outside the summer months; None = not again.
    """

    summer_months: tuple[int, ...] = (5, 6, 7, 8, 9, 10)
    summer_from: time = time(23, 30)
    winter_from: time = time(22, 30)
    back_before_off: timedelta | None = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """A named rule for on and off. Rows of `nights` win over the sun; offsets are added to sunset and sunrise."""

    id: str
    title: str
    on_after_sunset: timedelta = timedelta(minutes=8)
    off_after_sunrise: timedelta = timedelta(minutes=-16)
    half_night: HalfNight | None = None
    nights: tuple[NightTimes, ...] = ()


class OverrideAction(StrEnum):
    """What an override makes of the lamps in its scope while it lasts."""

    ON = "on"
    OFF = "off"
    NO_JUDGEMENT = "no_judgement"
    """Maintenance, circuit tests: lamps may be on or off, and nobody is blamed."""


@dataclass(frozen=True, slots=True)
class Override:
    """A manual change of the timetable. `scope` as in `domain.scope`, or `device:<id>`; instants aware, UTC.

    `recorded_to` is None for what is believed today; a withdrawn or corrected override keeps its record.
    """

    id: str
    scope: str
    action: OverrideAction
    start: datetime
    end: datetime
    author: str
    reason: str
    recorded_at: datetime
    recorded_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class LightingPlan:
    """All that decides when lamps must be on, as believed today. `version` grows with every recorded change."""

    timetables: tuple[Timetable, ...]
    overrides: tuple[Override, ...]
    version: int = 0


def timetable_change(old: Timetable | None, new: Timetable) -> tuple[datetime, datetime] | None:
    """Return from when until when lamps may have to be on at other times; None when nothing changes.

    Rows of single evenings touch these evenings, whatever the zone; everything else touches all time.
    """
    if old is None or replace(old, nights=(), title="") != replace(new, nights=(), title=""):
        return datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    evenings = {row.evening for row in set(old.nights) ^ set(new.nights)}
    if not evenings:
        return None
    first, last = min(evenings), max(evenings)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    return begin, datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=3)
