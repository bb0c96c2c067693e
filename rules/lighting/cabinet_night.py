"""What a cabinet said in one night, packed: power above the floor or not, and the meter, by the full second.

Samples are kept in order of time, each the one of the highest revision, so that nothing depends on when they came.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Final

from domain.reading import Reading
from rules.lighting.nights import pack, unpack
from rules.lighting.switching import LIT_POWER, Burning, Sample, burning
from rules.tally import ByDevice

_SECOND_BITS: Final = 44
_REVISION_BITS: Final = 40
_POWER_BITS: Final = 38
_METER: Final = (1 << _POWER_BITS) - 1
_REVISIONS: Final = 15
_NO_POWER, _DARK, _LIT = 0, 1, 2
PER_KWH: Final = 100
"""Meters are read to 0.01 kWh."""
HIGHEST_POWER: Final = 200_000.0
"""W. No cabinet draws more (the kind's physical range)."""


def sample_code(reading: Reading, second: int) -> int:
    """Return the code of a reading; of two of the same second the greater one counts."""
    power, energy = reading.values.get("power"), reading.values.get("energy")
    shows = _NO_POWER if power is None else _LIT if float(power) > LIT_POWER else _DARK
    meter = 0 if energy is None else min(_METER, round(float(energy) * PER_KWH) + 1)
    revision = min(reading.revision, _REVISIONS)
    return second << _SECOND_BITS | revision << _REVISION_BITS | shows << _POWER_BITS | meter


@dataclass(frozen=True, slots=True)
class Energy:
    """What a meter counted over a night."""

    kwh: float
    resets: int
    """How often the meter began anew; what it shows after it has been used since."""
    jumps: int
    """Steps that no cabinet could have drawn in their time: left out."""

    def dump(self) -> list[Any]:
        """Return it as plain JSON values."""
        return [self.kwh, self.resets, self.jumps]

    @classmethod
    def load(cls, dumped: list[Any]) -> "Energy":
        """Return what `dump` returned."""
        return cls(*dumped)


class EnergyTally(ByDevice[Energy]):
    """The energy of each cabinet whose meter was read twice."""

    row: ClassVar[type[Energy]] = Energy


class CabinetNight:
    """The samples of one cabinet in one night."""

    __slots__ = ("_burning", "_codes", "_energy", "_packed")

    def __init__(self, codes: Iterable[int] = ()) -> None:
        """Take codes in order of time."""
        self._codes = array("q", codes)
        self._fresh()

    def _fresh(self) -> None:
        """Forget what was worked out of the samples before."""
        self._packed = ""
        self._burning: tuple[Burning | None] | None = None
        self._energy: tuple[Energy | None] | None = None

    def put(self, code: int) -> bool:
        """Keep a sample; return whether it was news."""
        codes, second = self._codes, code >> _SECOND_BITS
        place = bisect_left(codes, second << _SECOND_BITS)
        if place < len(codes) and codes[place] >> _SECOND_BITS == second:
            if codes[place] >= code:
                return False
            codes[place] = code
        else:
            codes.insert(place, code)
        self._fresh()
        return True

    def powers(self) -> Iterator[Sample]:
        """Yield second and power, as far as it matters: above the floor, 0, or None where none was said."""
        for code in self._codes:
            shows = code >> _POWER_BITS & 3
            yield code >> _SECOND_BITS, None if shows == _NO_POWER else 2 * LIT_POWER if shows == _LIT else 0.0

    def burning(self) -> Burning | None:
        """Return when the circuit burnt, in seconds; worked out again only when something came."""
        if self._burning is None:
            self._burning = (burning(self.powers()),)
        return self._burning[0]

    def energy(self) -> Energy | None:
        """Return what the meter counted between its first and last sample; None with fewer than two.

        A step back is a reset (what the meter then shows is counted), unless the meter shows more than it could have
        counted since: then it is a jump, as is a step up of more than `HIGHEST_POWER` could make. Worked out again only
        when something came.
        """
        if self._energy is None:
            self._energy = (self._counted(),)
        return self._energy[0]

    def _counted(self) -> Energy | None:
        read = [(c >> _SECOND_BITS, (c & _METER) - 1) for c in self._codes if c & _METER]
        if len(read) < 2:  # noqa: PLR2004 - two ends make a span
            return None
        total = resets = jumps = 0
        for (before_s, before), (after_s, after) in pairwise(read):
            step = after - before if after >= before else after
            if step > HIGHEST_POWER / 1000 * PER_KWH * (after_s - before_s) / 3600:
                jumps += 1
                continue
            resets += after < before
            total += step
        return Energy(total / PER_KWH, resets, jumps)

    def dump(self) -> str:
        """Return the samples as a short text; packed again only when something came."""
        if not self._packed:
            self._packed = pack(self._codes.tobytes())
        return self._packed


def codes_of(packed: str) -> list[int]:
    """Return the codes of a dump."""
    found = array("q")
    found.frombytes(unpack(packed))
    return list(found)
