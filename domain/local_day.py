"""The local day of an instant, for instants that mostly follow one another. Pure; the zone is an argument."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.period import midnight

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day of a zone: `start` inclusive, `end` exclusive, both aware and in UTC."""

    day: date
    start: datetime
    end: datetime
    first_of_month: date


def local_day(day: date, tz: ZoneInfo) -> LocalDay:
    """Return a date as a day of a zone."""
    return LocalDay(day, midnight(day, tz), midnight(day + _DAY, tz), day.replace(day=1))


class LocalDays:
    """Tells the days of a zone. The last one told is remembered: a zone is slow to ask, and days are long."""

    __slots__ = ("_last", "_tz")

    def __init__(self, tz: ZoneInfo, now: datetime) -> None:
        """Begin with the day of `now` (aware)."""
        self._tz = tz
        self._last = local_day(now.astimezone(tz).date(), tz)

    def of(self, at: datetime) -> LocalDay:
        """Return the local day of an aware instant."""
        last = self._last
        if not last.start <= at < last.end:
            last = self._last = local_day(at.astimezone(self._tz).date(), self._tz)
        return last
