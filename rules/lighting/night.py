"""The nights of a timetable: when its lamps are on, by evening date (city_operations 2.3).

A row of the published yearly table wins; without one the offsets to sunset and sunrise count.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.citytime import Place
from domain.lighting import HalfNight, NightTimes, Timetable
from rules.lighting.sun import sunrise, sunset

_NOON = time(12)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` (inclusive) until `end` (exclusive); aware, UTC."""

    start: datetime
    end: datetime

    def covers(self, instant: datetime) -> bool:
        """Return whether `instant` lies inside."""
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Night:
    """When the lamps of one night are on: all of them, and those of the alternate (half-night) group."""

    full: Interval
    alternate: tuple[Interval, ...]


class Nights:
    """The nights of one timetable at one place, computed once each."""

    __slots__ = ("_known", "_place", "_rows", "timetable")

    def __init__(self, timetable: Timetable, place: Place) -> None:
        """Take the timetable; the zone and position of `place` turn local times and the sun into instants."""
        self.timetable = timetable
        self._place = place
        self._rows = {row.evening: row for row in timetable.nights}
        self._known: dict[date, Night] = {}

    def of(self, evening: date) -> Night:
        """Return the night that begins on the evening of a local date."""
        night = self._known.get(evening)
        if night is None:
            full = self._full(evening, self._rows.get(evening))
            half = self.timetable.half_night
            night = Night(full, (full,) if half is None else self._alternate(evening, full, half))
            self._known[evening] = night
        return night

    def _full(self, evening: date, row: NightTimes | None) -> Interval:
        if row is not None:
            return Interval(self._instant(evening, row.on), self._instant(evening + _DAY, row.off))
        on = sunset(self._place, evening) + self.timetable.on_after_sunset
        return Interval(on, sunrise(self._place, evening + _DAY) + self.timetable.off_after_sunrise)

    def _alternate(self, evening: date, full: Interval, half: HalfNight) -> tuple[Interval, ...]:
        summer = evening.month in half.summer_months
        local = half.summer_from if summer else half.winter_from
        pause = self._instant(evening if local >= _NOON else evening + _DAY, local)
        first = Interval(full.start, min(max(pause, full.start), full.end))
        if summer or half.back_before_off is None:
            return (first,)
        return first, Interval(max(full.end - half.back_before_off, first.end), full.end)

    def _instant(self, day: date, local: time) -> datetime:
        return datetime.combine(day, local, self._place.tz).astimezone(UTC)
