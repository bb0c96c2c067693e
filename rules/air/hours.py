"""The fresh hours of all stations: who said what for which hour label (its END)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from domain.reading import Reading
from rules.standards.hj633 import Pollutant

INVALIDATING: Final = frozenset({"calibration", "maintenance", "instrumentFault"})
"""With one of these faults an hour is not valid, whatever its values."""


NO_VALUE: Final = "no_valid_value"
"""Why an hour without a fault has no values."""
POLLUTANTS: Final = tuple(p.value for p in Pollutant)
"""Their names, in the order of `Pollutant`: an enum is slow to ask for them."""
_ALL: Final = frozenset(POLLUTANTS)
CLOCK_ERROR: Final = timedelta(minutes=2)
"""A station whose clock is off by so much at most still means the full hour (our choice)."""
_HOUR: Final = timedelta(hours=1)


def label_of(at: datetime) -> datetime:
    """Return the hour label that a reading means: the full hour, if it is near one."""
    if not (at.minute or at.second or at.microsecond):  # nearly always
        return at
    past = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    if past <= CLOCK_ERROR:
        return at - past
    return at - past + _HOUR if _HOUR - past <= CLOCK_ERROR else at


class Sample(NamedTuple):
    """What counts of one reading. `why` says why there are no values."""

    at: datetime
    revision: int
    said: Mapping[str, Any]
    """What was measured, of other things than pollutants too."""
    why: str

    @property
    def values(self) -> dict[str, float]:
        """What is valid of the pollutants: µg/m³, CO mg/m³."""
        return {} if self.why else {name: self.said[name] for name in POLLUTANTS if name in self.said}


def sample(reading: Reading) -> Sample:
    """Return what counts of a reading; what was measured but is invalid, or is not monitored, is absent."""
    why = invalidated(reading) if reading.faults else ""
    if not why and _ALL.isdisjoint(reading.values):
        why = NO_VALUE
    return Sample(reading.at, reading.revision, reading.values, why)


def invalidated(reading: Reading) -> str:
    """Return the fault that makes an hour invalid, or nothing."""
    return min(INVALIDATING.intersection(reading.faults), default="")


class Hours:
    """Samples by hour label and station, each the latest and of the highest revision. Only the labels still fresh."""

    __slots__ = ("_by_label",)

    def __init__(self) -> None:
        """Start without hours."""
        self._by_label: dict[datetime, dict[str, Sample]] = {}

    def put(self, station: str, label: datetime, said: Sample) -> bool:
        """Keep a sample of an hour; return whether it is news, not a duplicate or an older revision."""
        known = self._by_label.get(label)
        if known is None:
            known = self._by_label[label] = {}
        before = known.get(station)
        if before is not None and before[:2] >= said[:2]:
            return False
        known[station] = said
        return True

    def labels(self) -> list[datetime]:
        """Return the labels that have a sample, newest first."""
        return sorted(self._by_label, reverse=True)

    def at(self, label: datetime) -> Mapping[str, Sample]:
        """Return the samples of a label by station."""
        return self._by_label.get(label, {})

    def drop_before(self, instant: datetime) -> set[str]:
        """Let go of the labels before `instant`; return the stations that had a sample there."""
        old = [label for label in self._by_label if label < instant]
        return {station for label in old for station in self._by_label.pop(label)}

    def dump(self) -> list[Any]:
        """Return the samples as plain JSON values: [station, at, revision, values, why]."""
        return [
            [station, said.at.isoformat(), said.revision, said.values, said.why]
            for samples in self._by_label.values()
            for station, said in samples.items()
        ]


def dumped(rows: Any) -> Iterator[tuple[str, Sample]]:
    """Yield station and sample of each row of a dump."""
    for station, at, revision, values, why in rows:
        yield station, Sample(datetime.fromisoformat(at), revision, values, why)
