"""The samples of one station or laboratory series and month, by local day, and the daily means of a station."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.reading import Reading
from rules.standards.gb3838 import AUTO5, CLASS_ITEMS
from rules.standards.gb3838_sources import SUPPLEMENTARY
from rules.standards.water_evaluation import amount

VALUES_PER_DAY: Final = 4
"""Of the six 4-hourly values of a day so many make it valid (our choice; no rule was found)."""
INVALIDATING: Final = frozenset({"maintenance", "stopped", "instrumentFault", "invalid"})
"""With one of these faults a station or a sample has no class, whatever it says."""
LABORATORY_ITEMS: Final = (*CLASS_ITEMS, *SUPPLEMENTARY)
"""What is judged of a laboratory sample; the other items are stored and shown with the reading."""
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class Sample(NamedTuple):
    """What counts of one reading; `values` is None when a fault makes it invalid."""

    revision: int
    values: Mapping[str, float] | None


def valid_values(reading: Reading, items: tuple[str, ...] = AUTO5) -> dict[str, float] | None:
    """Return those of the items that were measured; None when a fault makes the reading invalid."""
    if reading.faults and not INVALIDATING.isdisjoint(reading.faults):
        return None
    said: Mapping[str, Any] = reading.values
    return {item: said[item] for item in items if item in said}


DayMeans = Mapping[str, Fraction]
"""By item: the mean of the day, for pH that of the hydrogen ions; only items with enough values."""
Counts = Callable[[datetime], bool]
"""Says whether a sample of an instant counts."""


class Samples:
    """The samples of one device and month, kept by (instant, highest revision); daily means are computed once."""

    __slots__ = ("_days", "_means", "_packed")

    def __init__(self, packed: str | None = None, tz: ZoneInfo | None = None) -> None:
        """Start without samples, or with those that `dump` packed; then `tz` says which days they belong to."""
        self._days: dict[date, dict[datetime, Sample]] | None = {}
        self._means: dict[date, DayMeans] = {}
        self._packed: tuple[str, ZoneInfo] | None = None
        if packed is not None and tz is not None:
            self._packed, self._days = (packed, tz), None

    def put(self, day: date, at: datetime, sample: Sample) -> bool:
        """Keep a sample under its local day; return whether it is news, not a duplicate or an older revision."""
        days = self._days if self._days is not None else self._samples()
        known = days.get(day)
        if known is None:
            known = days[day] = {}
        before = known.get(at)
        if before is not None and before.revision >= sample.revision:
            return False
        known[at] = sample
        self._days, self._packed = days, None
        self._means.pop(day, None)
        return True

    def means(self, day: date, counts: Counts) -> DayMeans:
        """Return the means of a day over the samples whose instants count."""
        means = self._means.get(day)
        if means is None:
            means = self._means[day] = _means([values for _, values in self.valid(day, counts)])
        return means

    def measured(self, day: date, counts: Counts) -> frozenset[str]:
        """Return the items with at least one valid value on a day."""
        return frozenset(item for _, values in self.valid(day, counts) for item in values)

    def valid(self, day: date, counts: Counts) -> Iterator[tuple[datetime, Mapping[str, float]]]:
        """Yield the valid samples of a day whose instants count, in order."""
        for at, sample in sorted(self._samples().get(day, {}).items()):
            if sample.values is not None and counts(at):
                yield at, sample.values

    def days(self) -> list[date]:
        """Return the days that have a sample, in order."""
        return sorted(self._samples())

    def forget_means(self) -> None:
        """Compute daily means anew when asked: which samples count has changed."""
        self._means.clear()

    def dump(self, tz: ZoneInfo) -> str:
        """Return the samples, packed."""
        if self._packed is None:
            self._packed = (_packed(self._samples()), tz)
        return self._packed[0]

    def cool(self, tz: ZoneInfo) -> None:
        """Keep the samples packed only, and no means."""
        self.dump(tz)
        self._days = None
        self._means.clear()

    def _samples(self) -> dict[date, dict[datetime, Sample]]:
        if self._days is None:
            self._days = _unpacked(*self._packed) if self._packed is not None else {}
        return self._days


def _means(valid: list[Mapping[str, float]]) -> DayMeans:
    amounts = {item: [amount(item, v[item]) for v in valid if item in v] for item in AUTO5}
    return {item: sum(a, Fraction(0)) / len(a) for item, a in amounts.items() if len(a) >= VALUES_PER_DAY}


def _packed(days: Mapping[date, Mapping[datetime, Sample]]) -> str:
    """Return rows of [µs since the row before, values by the item's place, revision if any]."""
    rows: list[list[object]] = []
    before = _EPOCH
    for at, sample in sorted(item for day in days.values() for item in day.items()):
        values = None if sample.values is None else [sample.values.get(item) for item in LABORATORY_ITEMS]
        while values and values[-1] is None:
            values.pop()
        rows.append([(at - before) // _TICK, values, *([sample.revision] if sample.revision else [])])
        before = at
    text = json.dumps(rows, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode(), 9)).decode()


def _unpacked(packed: str, tz: ZoneInfo) -> dict[date, dict[datetime, Sample]]:
    days: dict[date, dict[datetime, Sample]] = {}
    at = _EPOCH
    for since, values, *rest in json.loads(zlib.decompress(b64decode(packed))):
        at += since * _TICK
        by_item = dict(zip(LABORATORY_ITEMS, values, strict=False)) if values is not None else None
        said = None if by_item is None else {item: v for item, v in by_item.items() if v is not None}
        days.setdefault(at.astimezone(tz).date(), {})[at] = Sample(rest[0] if rest else 0, said)
    return days
