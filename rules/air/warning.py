"""A heavy-pollution warning as a course over days: what was proposed at each midnight, and what is proposed now.

A day is taken as 24 h whatever the zone's clock does (our choice): the rules of 2024 count hours of whole days.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from rules.air.day_tally import DayOutcome
from rules.air.forecast import Said, Word
from rules.standards.heavy_pollution import Day, Level, Proposal, propose
from rules.standards.hj633 import Pollutant

BACK: Final = 21
"""Days that a course begins before the running one (our choice); an episode that is older still counts by its days."""
AHEAD: Final = 8
"""Days that a forecast may speak of, the running one included."""
JUDGED: Final = 5
"""Days whose knowledge is counted: the last closed one, the running one and the three that a forecast must speak of."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the days around one: closed days as observed, later ones as forecast."""

    today: date
    observed: Callable[[date], DayOutcome]
    words: Callable[[datetime], Mapping[date, Word]]
    """The newest word on each day, of what was issued up to an instant."""
    midnight: datetime
    """The first instant of `today`."""

    def day(self, day: date, aqi: int | None, *, pm25: bool) -> Day:
        """Return a day of the rules."""
        return Day(self.midnight + (day - self.today + _DAY), aqi, pm25)

    def seen(self, day: date) -> Day:
        """Return a day as it was observed."""
        outcome = self.observed(day)
        report = outcome.report
        named = report is not None and (not report.primary or Pollutant.PM25 in report.primary)
        return self.day(day, outcome.aqi, pm25=named)

    def coming(self, first: date, words: Mapping[date, Word]) -> Iterator[Day]:
        """Yield the days from `first` on, as far as somebody speaks of them; those between are not known."""
        last = max((day for day in words if (day - first).days < AHEAD), default=None)
        for n in range(0 if last is None else (last - first).days + 1):
            day = first + timedelta(days=n)
            said: Said | None = words[day].said if day in words else None
            yield self.day(day, None if said is None else said.aqi, pm25=said is None or said.pm25)

    def at_midnight(self, day: date, current: Level) -> Proposal:
        """Return what was to be proposed as `day` began."""
        instant = self.midnight + (day - self.today)
        past = [self.seen(day - timedelta(days=n)) for n in range(BACK, 0, -1)]
        return propose(current, past, list(self.coming(day, self.words(instant))), instant)

    def now(self, current: Level, now: datetime) -> Proposal:
        """Return what is to be proposed: a running day with enough hours counts as observed so far.

        Hours until the pollution begins, or since the air is better, are counted from the last full hour.
        """
        past = [self.seen(self.today - timedelta(days=n)) for n in range(BACK, 0, -1)]
        coming = list(self.coming(self.today, self.words(now)))
        running = self.seen(self.today)
        if running.aqi is not None:
            coming[:1] = [running]
        hour = now.replace(minute=0, second=0, microsecond=0)
        return propose(current, past, coming, hour)

    def course(self, begin: Level = Level.NONE) -> Level:
        """Return the level in force if every proposal of the last days had been followed at once (our choice)."""
        level = begin
        for n in range(BACK, -1, -1):
            level = self.at_midnight(self.today - timedelta(days=n), level).level
        return level
