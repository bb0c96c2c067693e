"""Two plain forecasts of the daily AQI that any other must beat: persistence, and the diurnal climatology of a month.

Persistence says that the coming days are like the last one. The climatology says that each hour is like the mean of
that hour over the last days; the day of these hours has a daily index as any day has. The warning rules know neither.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final

from rules.air.day_hours import Hour
from rules.air.day_tally import DayTally
from rules.air.day_value import station_day
from rules.standards.gb3095 import CITY_SHARE
from rules.standards.hj633 import Pollutant, daily, grade
from rules.standards.hj633_editions import edition_of_day
from rules.tally import ByPart

WINDOW: Final = 30
"""Days that the climatology looks back."""
FEWEST: Final = 10
"""Of these days so many must have an hour for it to have a mean (our choice)."""
HOURS: Final = 24
"""A day is told by 24 hours; the 25th of a long one is left out."""
_DECIMALS: Final = 3
_SIX: Final = range(len(Pollutant))
_NO_SUMS: Final = ((0, 0),) * len(Pollutant)

Profile = Mapping[int, tuple[float | None, ...]]
"""The means of a day's hours by number: µg/m³, CO mg/m³, in the order of `Pollutant`."""


@dataclass(frozen=True, slots=True)
class HourSums:
    """What some stations' hours of a day add up to: by number, in the order of `Pollutant`, (thousandths, stations)."""

    hours: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def merged(self, other: "HourSums") -> "HourSums":
        """Return the sums over the stations of both, which must be others."""
        hours = dict(self.hours)
        for number, row in other.hours.items():
            mine = hours.get(number, _NO_SUMS)
            hours[number] = tuple((a + b, m + n) for (a, m), (b, n) in zip(mine, row, strict=True))
        return HourSums(hours)

    def profile(self, expected: int) -> dict[int, tuple[float | None, ...]]:
        """Return a city's hours: means of what three quarters of its expected stations have."""
        found = {number: tuple(_mean(*each, expected) for each in row) for number, row in self.hours.items()}
        return {number: row for number, row in found.items() if any(value is not None for value in row)}

    def dump(self) -> dict[str, Any]:
        """Return the sums as plain JSON values."""
        return {str(number): [list(each) for each in row] for number, row in self.hours.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "HourSums":
        """Return the sums of a dump."""
        return cls({int(number): tuple((total, count) for total, count in row) for number, row in dumped.items()})


def sums_of(stations: Iterable[Mapping[int, Hour]]) -> HourSums:
    """Return what the hours of stations add up to; a concentration counts to the thousandth."""
    found: dict[int, list[list[int]]] = {}
    for hours in stations:
        for number, hour in hours.items():
            if number <= HOURS:
                row = found.setdefault(number, [[0, 0] for _ in _SIX])
                for kept, value in zip(row, hour.values, strict=True):
                    if value is not None:
                        kept[0] += round(value * 1000)
                        kept[1] += 1
    return HourSums({number: tuple((t, n) for t, n in row) for number, row in sorted(found.items())})


def _mean(thousandths: int, stations: int, expected: int) -> float | None:
    return round(thousandths / stations / 1000, _DECIMALS) if stations and stations >= CITY_SHARE * expected else None


@dataclass(frozen=True, slots=True)
class BaselineDay:
    """A day over some stations: what its index rests on, and its hours."""

    day: DayTally = field(default_factory=DayTally)
    hours: HourSums = field(default_factory=HourSums)

    def merged(self, other: "BaselineDay") -> "BaselineDay":
        """Return the day over the stations of both, which must be others."""
        return BaselineDay(self.day.merged(other.day), self.hours.merged(other.hours))

    def profile(self) -> Profile:
        """Return the city's mean hours."""
        return self.hours.profile(self.day.expected)

    def dump(self) -> list[Any]:
        """Return it as plain JSON values."""
        return [self.day.dump(), self.hours.dump()]

    @classmethod
    def load(cls, dumped: Any) -> "BaselineDay":
        """Return the day of a dump."""
        return cls(DayTally.load(dumped[0]), HourSums.load(dumped[1]))


class BaselineTally(ByPart[BaselineDay]):
    """The days that both baselines and their skill are made of, by date."""

    part: ClassVar[type[BaselineDay]] = BaselineDay


class Climatology:
    """The mean of each hour over the last `WINDOW` days that were put in, one day after the other."""

    def __init__(self) -> None:
        """Start without days."""
        self._days: list[Profile] = []
        self._sums: dict[tuple[int, int], list[float]] = {}

    def put(self, day: Profile) -> None:
        """Add a day; the oldest one goes when the window is full."""
        self._days.append(day)
        self._add(day, 1)
        if len(self._days) > WINDOW:
            self._add(self._days.pop(0), -1)

    def _add(self, day: Profile, sign: int) -> None:
        for number, row in day.items():
            for n in _SIX:
                value = row[n]
                if value is not None:
                    kept = self._sums.setdefault((number, n), [0, 0])
                    # whole thousandths, so that what goes leaves exactly what it brought
                    kept[0] += sign * round(value * 1000)
                    kept[1] += sign

    def hours(self) -> dict[int, Hour]:
        """Return the mean hours, by number."""
        return {number: Hour(tuple(self._of(number, n) for n in _SIX), "") for number in range(1, HOURS + 1)}

    def _of(self, number: int, n: int) -> float | None:
        total, count = self._sums.get((number, n), (0, 0))
        return round(total / count / 1000, _DECIMALS) if count >= FEWEST else None


def index_of(hours: Mapping[int, Hour], day: date) -> int | None:
    """Return the daily index of mean hours, by the edition of the day that is forecast; None before the first one."""
    try:
        edition = edition_of_day(day)
    except ValueError:
        return None
    return daily(station_day(hours, HOURS).values, edition).value


@dataclass(frozen=True, slots=True)
class Skill:
    """How forecasts of days turned out: µ of |forecast - observed|, and the share whose level was right."""

    days: int
    mean_absolute_error: float | None
    level_hit_rate: float | None
    """0 … 1."""


def skill(pairs: Iterable[tuple[int | None, int | None]]) -> Skill:
    """Return the skill over pairs of forecast and observed AQI; those without both do not count."""
    known = [(said, seen) for said, seen in pairs if said is not None and seen is not None]
    if not known:
        return Skill(0, None, None)
    error = sum(abs(said - seen) for said, seen in known) / len(known)
    hits = sum(grade(said) == grade(seen) for said, seen in known) / len(known)
    return Skill(len(known), round(error, 2), round(hits, 4))
