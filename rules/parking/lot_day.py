"""One car park over one day: what its counter said at each quarter of an hour."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple

from domain.device import Device
from domain.instants import instant_of
from domain.kinds import KINDS
from domain.reading import Reading
from rules.parking.profile import Profile, bits, first_quarter
from rules.parking.state import COUNTER_FAULT, capacity_of, lot_count

_KIND: Final = KINDS["parking_lot"]
FRESH_US: Final = _KIND.freshness // timedelta(microseconds=1)
_COUNTS: Final = ("occupied", "free", "capacity", "entered", "left")


class LotSeries:
    """The reports of one counter, each instant once with its highest revision."""

    __slots__ = ("_instants", "_readings")

    def __init__(self) -> None:
        """Start without reports."""
        self._instants: list[int] = []
        self._readings: dict[int, Reading] = {}

    def put(self, at: int, reading: Reading) -> bool:
        """Keep a report of an instant (µs); return whether it is news."""
        known = self._readings.get(at)
        if known is not None and known.revision >= reading.revision:
            return False
        if known is None:
            insort(self._instants, at)
        self._readings[at] = reading
        return True

    def drop_before(self, instant: int) -> None:
        """Let go of the reports before an instant (µs)."""
        kept = bisect_left(self._instants, instant)
        for at in self._instants[:kept]:
            del self._readings[at]
        del self._instants[:kept]

    def reports(self, until: int) -> Iterator[tuple[int, Reading]]:
        """Yield instant and reading of each report before `until` (µs), in order."""
        return ((at, self._readings[at]) for at in self._instants if at < until)

    def dump(self) -> list[Any]:
        """Return the reports as plain JSON values: [instant, revision, faulty, counts]; None for a count not told."""
        rows = ((at, self._readings[at]) for at in self._instants)
        return [
            [at, said.revision, COUNTER_FAULT in said.faults, [said.values.get(name) for name in _COUNTS]]
            for at, said in rows
        ]

    def restore(self, device: str, dumped: Iterable[Any], since: int) -> None:
        """Take over the reports of a dump, as far as they are not before `since` (µs)."""
        for at, revision, faulty, counts in dumped:
            if at >= since:
                values = {name: count for name, count in zip(_COUNTS, counts, strict=True) if count is not None}
                faults = (COUNTER_FAULT,) if faulty else ()
                instant = instant_of(at)
                self.put(at, Reading(device, _KIND.name, instant, instant, values, faults, revision=revision))


class LotDay(NamedTuple):
    """A car park over a day: its spaces at the day's end, and its profile."""

    spaces: int
    profile: Profile
    synthetic: bool = False


def lot_day(device: Device, series: LotSeries, start: int, end: int, quarters: int) -> LotDay | None:
    """Return a car park's day; None when its capacity is not known. Counts are held to 0 … capacity."""
    reports = list(series.reports(end))
    spaces = capacity_of(device, reports[-1][1] if reports else None)
    if spaces is None:
        return None
    occupied, known = [0] * quarters, [0] * quarters
    for n, (at, reading) in enumerate(reports):
        found = lot_count(device, reading)
        inside = None if found is None else found.clamped
        following = reports[n + 1][0] if n + 1 < len(reports) else end
        after = min(first_quarter(following, start), first_quarter(at + FRESH_US + 1, start))
        span = bits(first_quarter(at, start), after, quarters)
        for quarter in range(quarters):
            if span >> quarter & 1 and inside is not None:
                occupied[quarter], known[quarter] = min(inside, spaces), spaces
    return LotDay(spaces, Profile(tuple(occupied), tuple(known)), device.synthetic)
