"""What one dust monitor said, by five minutes: PM10 and TSP in whole thousandths of a µg/m³, noise in tenths of a dB.

An hour's mean needs nine of its twelve five minutes: GB 3095-2026 table 4 asks for 45 minutes of sampling in an hour
for gases, and it is taken for dust, too (our choice).
"""

from array import array
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple

from domain.reading import Reading
from rules.lighting.nights import pack, unpack
from rules.standards.water_evaluation import exactly
from rules.watch.board import number

STEP_S: Final = 300
STEPS_OF_HOUR: Final = 12
ENOUGH_STEPS: Final = 9
THOUSANDTHS: Final = 1000
_TENTHS: Final = 10
_INVALID: Final = frozenset({"sensorFault", "calibration", "maintenance"})
_NONE: Final = -1
"""What a value that was not said is in a dump; none of them can be negative."""


class Sample(NamedTuple):
    """One five minutes; None: not said, or invalid by a fault. The greater `at` and then `revision` counts."""

    at: int
    """Seconds since 1970 UTC: the end of the five minutes, as told."""
    revision: int
    pm10: int | None
    tsp: int | None
    noise: int | None


def sample_of(reading: Reading) -> Sample:
    """Return what a reading says."""
    values: list[int | None] = [None, None, None]
    if not _INVALID.intersection(reading.faults):
        values = [_whole(reading, *said) for said in (("pm10", THOUSANDTHS), ("tsp", THOUSANDTHS), ("noise", _TENTHS))]
    return Sample(int(reading.at.timestamp()), reading.revision, *values)


def label_of(at: int) -> int:
    """Return the number of the five minutes that an instant (seconds since 1970) ends, to the nearest ones."""
    return (at + STEP_S // 2) // STEP_S


class Samples:
    """The samples of one monitor by label."""

    __slots__ = ("_by_label", "_packed")

    def __init__(self) -> None:
        """Start without samples."""
        self._by_label: dict[int, Sample] = {}
        self._packed = ""

    def __len__(self) -> int:
        return len(self._by_label)

    def put(self, said: Sample) -> bool:
        """Keep a sample; return whether it is news."""
        label = label_of(said.at)
        known = self._by_label.get(label)
        if known is not None and known[:2] >= said[:2]:
            return False
        self._by_label[label] = said
        self._packed = ""
        return True

    def drop_until(self, label: int) -> None:
        """Let go of everything up to a label."""
        old = [each for each in self._by_label if each <= label]
        for each in old:
            del self._by_label[each]
        if old:
            self._packed = ""

    def hour(self, before: int) -> list[Sample]:
        """Return the samples of the twelve five minutes after a label, in order."""
        found = (self._by_label.get(label) for label in range(before + 1, before + 1 + STEPS_OF_HOUR))
        return [said for said in found if said is not None]

    def dump(self) -> str:
        """Return the samples as a short text; packed again only when something came."""
        if not self._packed:
            flat = array("q")
            for _, said in sorted(self._by_label.items()):
                flat.extend(_NONE if value is None else value for value in said)
            self._packed = pack(flat.tobytes())
        return self._packed


def samples_of(packed: str) -> Iterator[Sample]:
    """Yield the samples of a dump."""
    flat = array("q")
    flat.frombytes(unpack(packed))
    width = len(Sample._fields)
    for n in range(0, len(flat), width):
        at, revision, *values = flat[n : n + width]
        yield Sample(at, revision, *(None if value == _NONE else value for value in values))


def mean_of(values: list[int | None]) -> Fraction | None:
    """Return the mean of an hour in the unit of its values, None with fewer than nine five minutes."""
    said = [value for value in values if value is not None]
    return Fraction(sum(said), len(said)) if len(said) >= ENOUGH_STEPS else None


def at_of(instant: datetime) -> int:
    """Return the label that ends at an instant."""
    return label_of(int(instant.timestamp()))


def _whole(reading: Reading, metric: str, scale: int) -> int | None:
    value: Any = number(reading, metric)
    return None if value is None else round(exactly(value) * scale)
