"""What stations add up to over one day: exact sums that merge over disjoint stations, and the daily index of them.

A city's daily value is the mean of its stations' daily values, of each pollutant that three quarters of the expected
stations have (HJ 663; the mean of the stations' largest ozone means is our choice).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Final

from rules.air.day_value import StationDay
from rules.standards.gb3095 import city_mean
from rules.standards.hj633 import PUBLISHED_THOUGH_INCOMPLETE, Report, Scale, daily
from rules.standards.hj633_editions import Edition, edition_of_day
from rules.tally import ByPart


@dataclass(frozen=True, slots=True)
class DayTally:
    """One day over some stations. `sums` has the sum and the number of the valid daily values of each scale."""

    expected: int = 0
    """Stations in service at the end of the day that take part in the scope."""
    stations: int = 0
    """Of them those with a valid daily value."""
    made_up: int = 0
    """Of these those that are made up or placed by guess."""
    sums: Mapping[Scale, tuple[Fraction, int]] = field(default_factory=dict)

    def merged(self, other: "DayTally") -> "DayTally":
        """Return the tally over the stations of both, which must be others."""
        sums = dict(self.sums)
        for scale, (total, valid) in other.sums.items():
            mine, count = sums.get(scale, (Fraction(0), 0))
            sums[scale] = (mine + total, count + valid)
        return DayTally(
            self.expected + other.expected, self.stations + other.stations, self.made_up + other.made_up, sums
        )

    def means(self) -> dict[Scale, Fraction]:
        """Return the means of the scales that three quarters of the expected stations have."""
        if not self.sums:  # most days of a station that is new
            return {}
        ordered = ((scale, *self.sums[scale]) for scale in Scale if scale in self.sums)
        means = ((scale, city_mean(total, valid, self.expected)) for scale, total, valid in ordered)
        return {scale: mean for scale, mean in means if mean is not None}

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values; sums are exact, as text."""
        sums = {scale.value: [str(total), valid] for scale, (total, valid) in self.sums.items()}
        return [self.expected, self.stations, self.made_up, sums]

    @classmethod
    def load(cls, dumped: Any) -> "DayTally":
        """Return the tally of a dump."""
        expected, stations, made_up, sums = dumped
        return cls(expected, stations, made_up, {Scale(s): (Fraction(t), n) for s, (t, n) in sums.items()})


class DaysTally(ByPart[DayTally]):
    """Some days, by date."""

    part: ClassVar[type[DayTally]] = DayTally


def tally_of(days: Iterable[tuple[StationDay, bool]]) -> DayTally:
    """Return the tally of expected stations: the day of each, and whether the station is made up."""
    expected = stations = made_up = 0
    sums: dict[Scale, tuple[Fraction, int]] = {}
    for day, synthetic in days:
        expected += 1
        stations += bool(day.values)
        made_up += bool(day.values) and synthetic
        for scale, value in day.values.items():
            known = sums.get(scale)
            sums[scale] = (value, 1) if known is None else (known[0] + value, known[1] + 1)
    return DayTally(expected, stations, made_up, sums)


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """A day of a scope: what the stations add up to, the daily values of it and its index."""

    day: date
    tally: DayTally
    means: Mapping[Scale, Fraction]
    report: Report | None
    """None for a day before the first edition of the standard."""

    @property
    def aqi(self) -> int | None:
        """The daily index, None where there is none."""
        return None if self.report is None else self.report.value

    @property
    def good(self) -> bool | None:
        """Whether the air was 优 or 良; None when that is not known.

        Up to 100 with a pollutant missing it is not: the missing one could have been the bad one. The edition of 2026
        gives no index then; for the days of 2012 that is our choice.
        """
        if self.report is None or self.report.value is None:
            return None
        if self.report.value > PUBLISHED_THOUGH_INCOMPLETE:
            return False
        return None if self.report.missing else True

    @property
    def why_none(self) -> str:
        """Why there is no index, or nothing."""
        if self.report is None:
            return f"no edition of HJ 633 covers {self.day.isoformat()}"
        if not self.tally.expected:
            return "no station took part"
        if not self.tally.stations:
            return "no station has a valid daily value"
        if not self.report.iaqi:
            return "fewer than 75 % of the stations have valid daily values"
        if self.report.value is None:
            names = ", ".join(p.label for p in self.report.missing)
            return f"{self.report.edition.cited}: no AQI up to 100 while {names} missing"
        return ""


_NOTHING: Final = {edition: daily({}, edition) for edition in Edition}
"""The report of a silent day, made once."""


def outcome_of(day: date, tally: DayTally) -> DayOutcome:
    """Return the outcome of a local day; the edition is that of its date."""
    means = tally.means()
    try:
        edition = edition_of_day(day)
    except ValueError:
        return DayOutcome(day, tally, means, None)
    return DayOutcome(day, tally, means, daily(means, edition) if means else _NOTHING[edition])
