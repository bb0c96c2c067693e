"""The nights of the nightly rate: from local noon to local noon, and the instants at which lamps are looked at.

An instant every two hours from noon, noon itself left out: 22:00 and 02:00 among them, and in Jinan's shortest night
four that lie 30 minutes inside it (our choice; city_operations 2.1 leaves the instants open). They do not depend on the
timetable, so one that is entered in retrospect changes which of them count and never what is known at them. Being
equally far apart, they also weigh the night by time.
"""

from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zlib import compress, decompress

from domain.citytime import Place, evening_date, local_noon
from rules.lighting.evidence import NOTHING, WINDOW

STEP_S: Final = 7200
"""Seconds between two instants."""
_DAY: Final = timedelta(days=1)
_FAST: Final = 1
"""zlib's level."""


@dataclass(slots=True, eq=False)
class LampNight:
    """One night: 24 hours, or 23 or 25 where clocks change. Codes are kept by instant and by index of lamp."""

    evening: date
    start: datetime
    end: datetime
    instants: tuple[datetime, ...]
    codes: "list[array[int]]"
    _packed: dict[int, str] = field(default_factory=dict)

    def stretch_at(self, at: datetime) -> "Stretch":
        """Return the stretch that an instant lies in. One before the night proves nothing of it either."""
        number = bisect_left(self.instants, at)
        if number == len(self.instants):
            return Stretch(self, self.instants[-1] + datetime.resolution, self.end - datetime.resolution, None)
        last = self.instants[number]
        first = last - WINDOW
        if first <= at:
            return Stretch(self, first, last, number)
        before = self.instants[number - 1] + datetime.resolution if number else min(at, self.start)
        return Stretch(self, before, first - datetime.resolution, None)

    def at(self, number: int, index: int) -> int:
        """Return the code of a lamp at an instant."""
        codes = self.codes[number]
        return codes[index] if index < len(codes) else NOTHING

    def put(self, number: int, index: int, said: int) -> int | None:
        """Keep a code if it counts more than the one that is there; return the one that was, None if it stays."""
        codes = self.codes[number]
        if index >= len(codes):
            codes.extend([NOTHING] * (index + 1 - len(codes)))
        before = codes[index]
        if said <= before:
            return None
        codes[index] = said
        self._packed.pop(number, None)
        return before

    def dump(self) -> dict[str, object]:
        """Return the codes as plain JSON; what has not changed since the last call is not packed again."""
        for number, codes in enumerate(self.codes):
            if number not in self._packed:
                self._packed[number] = pack(codes.tobytes())
        return {"evening": self.evening.isoformat(), "codes": [self._packed[n] for n in range(len(self.codes))]}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Event time from `first` through `last`: readings of it prove something of the same instant, or of none."""

    night: LampNight
    first: datetime
    last: datetime
    number: int | None
    """That of the instant in the night; None: of none."""


def night_of(evening: date, place: Place) -> LampNight:
    """Return the night of an evening date, without codes."""
    tz = place.tz
    start, end = local_noon(evening, tz), local_noon(evening + _DAY, tz)
    count = -int(-(end - start).total_seconds() // STEP_S) - 1
    instants = tuple(start + timedelta(seconds=STEP_S * (n + 1)) for n in range(count))
    return LampNight(evening, start, end, instants, [array("I") for _ in instants])


def running_night(now: datetime, place: Place) -> LampNight:
    """Return the night, or the day before it, that `now` lies in."""
    return night_of(evening_date(now, place.tz), place)


def night_before(night: LampNight, place: Place) -> LampNight:
    """Return the night before another one."""
    return night_of(night.evening - _DAY, place)


def pack(raw: bytes) -> str:
    """Return bytes as a short text."""
    return b64encode(compress(raw, _FAST)).decode()


def unpack(packed: str) -> bytes:
    """Return the bytes of a packed text."""
    return decompress(b64decode(packed))


def unpacked(packed: str) -> Iterator[tuple[int, int]]:
    """Yield index and code of each lamp that said something, from what `LampNight.dump` packed."""
    codes = array("I")
    codes.frombytes(unpack(packed))
    return ((index, said) for index, said in enumerate(codes) if said != NOTHING)
