"""Days of dust monitors, and what they add up to by place: a building site, or a road."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import log10
from typing import Any, Final

from rules.dust.samples import STEPS_OF_HOUR, THOUSANDTHS, Samples, mean_of
from rules.standards.gb3095 import HOURS_OF_DAY

_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class MonitorDay:
    """One monitor over a day; sums in thousandths of a µg/m³, so that they are exact."""

    place: str
    """The site, or the road; the monitor itself when the register names none."""
    synthetic: bool
    owed: int
    """Hours of the day."""
    valid: int = 0
    """Those with a mean of PM10."""
    over: int = 0
    """Those of them whose mean lies above the mark."""
    pm10: Fraction = Fraction(0)
    """Sum of the hourly means."""
    pm10_max: Fraction = Fraction(0)
    tsp_hours: int = 0
    tsp: Fraction = Fraction(0)
    noise_steps: int = 0
    noise: float = 0.0
    """Sum of 10^(L/10) over the five minutes."""

    def dump(self) -> list[Any]:
        """Return it as plain JSON values."""
        exact = (str(self.pm10), str(self.pm10_max), self.tsp_hours, str(self.tsp), self.noise_steps, self.noise)
        return [self.place, self.synthetic, self.owed, self.valid, self.over, *exact]

    @classmethod
    def load(cls, dumped: list[Any]) -> "MonitorDay":
        """Return what `dump` returned."""
        place, synthetic, owed, valid, over, pm10, highest, hours, tsp, steps, noise = dumped
        sums = (Fraction(pm10), Fraction(highest), hours, Fraction(tsp), steps, noise)
        return cls(place, synthetic, owed, valid, over, *sums)


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """All monitors of a place over a day. Means in µg/m³ and dB(A), None where nothing is known."""

    place: str
    monitors: int
    owed: int
    valid: int
    over: int
    pm10: float | None
    pm10_max: float | None
    tsp: float | None
    noise: float | None

    @property
    def ranked(self) -> bool:
        """Whether enough hours are known: 20 of 24, as for a day's mean of PM10."""
        return self.valid >= HOURS_OF_DAY * self.monitors


@dataclass(frozen=True, slots=True)
class DustTally:
    """The monitors of a scope over a day, by id. Merging joins disjoint sets of monitors."""

    monitors: Mapping[str, MonitorDay] = field(default_factory=dict)

    @property
    def owed(self) -> int:
        """Hours that the monitors owe together."""
        return sum(day.owed for day in self.monitors.values())

    @property
    def valid(self) -> int:
        """Those of them with a mean of PM10."""
        return sum(day.valid for day in self.monitors.values())

    @property
    def over(self) -> int:
        """Those of them above the mark."""
        return sum(day.over for day in self.monitors.values())

    @property
    def made_up(self) -> int:
        """How many monitors are made up."""
        return sum(day.synthetic for day in self.monitors.values())

    def merged(self, other: "DustTally") -> "DustTally":
        """Return the tally of both sets of monitors, which must be disjoint."""
        return DustTally({**self.monitors, **other.monitors})

    def places(self) -> list[PlaceDay]:
        """Return the places: most hours above the mark first, then the higher mean of PM10 (our choice), then names."""
        by_place: dict[str, list[MonitorDay]] = {}
        for _, day in sorted(self.monitors.items()):
            by_place.setdefault(day.place, []).append(day)
        found = [_place(place, days) for place, days in by_place.items()]
        return sorted(found, key=lambda p: (not p.ranked, -p.over, -(p.pm10 or 0.0), p.place))

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {monitor: day.dump() for monitor, day in self.monitors.items()}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "DustTally":
        """Return the tally of a dump."""
        return cls({monitor: MonitorDay.load(day) for monitor, day in dumped.items()})


def monitor_day(samples: Samples, before: int, hours: int, mark: int) -> MonitorDay:
    """Return a day of so many hours that begins at a label; its place is for the caller to say. `mark`: µg/m³."""
    valid = over = tsp_hours = steps = 0
    pm10 = highest = tsp = Fraction(0)
    noise = 0.0
    for n in range(hours):
        said = samples.hour(before + n * STEPS_OF_HOUR)
        mean = mean_of([s.pm10 for s in said])
        if mean is not None:
            valid, over = valid + 1, over + (mean > mark * THOUSANDTHS)
            pm10, highest = pm10 + mean, max(highest, mean)
        mean_tsp = mean_of([s.tsp for s in said])
        if mean_tsp is not None:
            tsp_hours, tsp = tsp_hours + 1, tsp + mean_tsp
        loud = [s.noise for s in said if s.noise is not None]
        steps += len(loud)
        noise += sum(10 ** (level / _TENTHS / 10) for level in loud)
    return MonitorDay("", False, hours, valid, over, pm10, highest, tsp_hours, tsp, steps, noise)  # noqa: FBT003


def _place(place: str, days: list[MonitorDay]) -> PlaceDay:
    valid, tsp_hours = sum(day.valid for day in days), sum(day.tsp_hours for day in days)
    steps = sum(day.noise_steps for day in days)
    return PlaceDay(
        place=place,
        monitors=len(days),
        owed=sum(day.owed for day in days),
        valid=valid,
        over=sum(day.over for day in days),
        pm10=_mean((day.pm10 for day in days), valid),
        pm10_max=float(max(day.pm10_max for day in days) / THOUSANDTHS) if valid else None,
        tsp=_mean((day.tsp for day in days), tsp_hours),
        noise=round(10 * log10(sum(day.noise for day in days) / steps), 1) if steps else None,
    )


def _mean(sums: Iterable[Fraction], count: int) -> float | None:
    return float(sum(sums, Fraction(0)) / count / THOUSANDTHS) if count else None
