"""The samples of one section by local day, and the daily means that months are made of."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple

from domain.reading import Reading
from rules.standards.gb3838 import AUTO5
from rules.standards.water_evaluation import amount

VALUES_PER_DAY: Final = 4
"""Of the six 4-hourly values of a day so many make it valid (our choice; no rule was found)."""
INVALIDATING: Final = frozenset({"maintenance", "stopped", "instrumentFault"})
"""With one of these faults a station has no class, whatever it says."""


class Sample(NamedTuple):
    """What counts of one reading; `values` is None when a fault makes it invalid."""

    revision: int
    values: Mapping[str, float] | None


def valid_values(reading: Reading) -> dict[str, float] | None:
    """Return the five items that the class of an automatic station rests on, as far as they were measured."""
    if not INVALIDATING.isdisjoint(reading.faults):
        return None
    return {item: float(reading.values[item]) for item in AUTO5 if item in reading.values}


DayMeans = Mapping[str, Fraction]
"""By item: the mean of the day, for pH that of the hydrogen ions; only items with enough values."""


class Samples:
    """The samples of one section, kept by (instant, highest revision); daily means are computed once."""

    __slots__ = ("_days", "_means")

    def __init__(self) -> None:
        """Start without samples."""
        self._days: dict[date, dict[datetime, Sample]] = {}
        self._means: dict[date, DayMeans] = {}

    def put(self, day: date, at: datetime, sample: Sample) -> bool:
        """Keep a sample under its local day; return whether it is news, not a duplicate or an older revision."""
        known = self._days.setdefault(day, {})
        if at in known and known[at].revision >= sample.revision:
            return False
        known[at] = sample
        self._means.pop(day, None)
        return True

    def means(self, day: date, counts: Callable[[datetime], bool]) -> DayMeans:
        """Return the means of a day over the samples whose instants count."""
        means = self._means.get(day)
        if means is None:
            taken = self._days.get(day, {}).items()
            valid = [sample.values for at, sample in taken if sample.values is not None and counts(at)]
            means = self._means[day] = _means(valid)
        return means

    def measured(self, day: date, counts: Callable[[datetime], bool]) -> frozenset[str]:
        """Return the items with at least one valid value on a day."""
        taken = self._days.get(day, {}).items()
        return frozenset(item for at, s in taken if s.values is not None and counts(at) for item in s.values)

    def forget_means(self) -> None:
        """Compute daily means anew when asked: which samples count has changed."""
        self._means.clear()

    def drop_before(self, day: date) -> None:
        """Let go of the days before `day`."""
        for old in [d for d in self._days if d < day]:
            del self._days[old]
            self._means.pop(old, None)

    def dump(self) -> list[Any]:
        """Return the samples as plain JSON values: [instant, revision, values]."""
        known = (item for day in self._days.values() for item in day.items())
        return [[at.isoformat(), sample.revision, sample.values] for at, sample in known]


def _means(valid: list[Mapping[str, float]]) -> DayMeans:
    amounts = {item: [amount(item, v[item]) for v in valid if item in v] for item in AUTO5}
    return {item: sum(a, Fraction(0)) / len(a) for item, a in amounts.items() if len(a) >= VALUES_PER_DAY}
