"""What stations add up to, hour by hour: exact sums that merge over disjoint stations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from rules.air.hours import Sample
from rules.standards.gb3095 import CITY_SHARE, city_mean
from rules.standards.hj633 import Pollutant
from rules.standards.water_evaluation import exactly


@dataclass(frozen=True, slots=True)
class HourSums:
    """One hour over some stations: how many took part, and by pollutant the sum and the number of valid values."""

    stations: int = 0
    sums: Mapping[Pollutant, tuple[Fraction, int]] = field(default_factory=dict)

    def merged(self, other: "HourSums") -> "HourSums":
        """Return the sums over the stations of both, which must be others."""
        sums = dict(self.sums)
        for pollutant, (total, valid) in other.sums.items():
            mine, count = sums.get(pollutant, (Fraction(0), 0))
            sums[pollutant] = (mine + total, count + valid)
        return HourSums(self.stations + other.stations, sums)

    def dump(self) -> list[Any]:
        """Return the sums as plain JSON values; they are exact, as text."""
        return [self.stations, {p.value: [str(total), valid] for p, (total, valid) in self.sums.items()}]

    @classmethod
    def load(cls, dumped: list[Any]) -> "HourSums":
        """Return the sums of a dump."""
        stations, sums = dumped
        return cls(stations, {Pollutant(p): (Fraction(total), valid) for p, (total, valid) in sums.items()})


@dataclass(frozen=True, slots=True)
class AirTally:
    """Some stations: how many are expected, and what those that reported add up to, by hour label."""

    expected: int = 0
    hours: Mapping[datetime, HourSums] = field(default_factory=dict)

    def merged(self, other: "AirTally") -> "AirTally":
        """Return the tally over the stations of both, which must be others."""
        hours = dict(self.hours)
        for label, sums in other.hours.items():
            hours[label] = hours.get(label, HourSums()).merged(sums)
        return AirTally(self.expected + other.expected, hours)

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values."""
        return [self.expected, {label.isoformat(): sums.dump() for label, sums in self.hours.items()}]

    @classmethod
    def load(cls, dumped: list[Any]) -> "AirTally":
        """Return the tally of a dump."""
        expected, hours = dumped
        return cls(expected, {datetime.fromisoformat(label): HourSums.load(sums) for label, sums in hours.items()})

    def hour(self) -> datetime | None:
        """Return the newest label that three quarters of the expected stations have values for, else the newest."""
        labels = sorted(self.hours, reverse=True)
        enough = (label for label in labels if self.hours[label].stations >= CITY_SHARE * self.expected)
        return next(enough, labels[0] if labels else None)

    def means(self, label: datetime) -> dict[Pollutant, Fraction]:
        """Return the means of an hour: of each pollutant that three quarters of the expected stations have."""
        sums = self.hours[label].sums
        means = {p: city_mean(total, valid, self.expected) for p, (total, valid) in sums.items()}
        return {p: mean for p, mean in means.items() if mean is not None}


def sums_of(samples: Iterable[Sample]) -> HourSums:
    """Return the sums over the samples of one hour; those without values take no part."""
    sums: dict[Pollutant, tuple[Fraction, int]] = {}
    stations = 0
    for said in samples:
        stations += bool(said.values)
        for name, value in said.values.items():
            total, valid = sums.get(Pollutant(name), (Fraction(0), 0))
            sums[Pollutant(name)] = (total + exactly(value), valid + 1)
    return HourSums(stations, sums)
