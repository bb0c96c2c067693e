"""What the sensor of one bay said over some days, packed: eight bytes a report, in order of event time."""

from array import array
from base64 import b85decode, b85encode
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from domain.reading import Reading
from rules.parking.state import TO_OCCUPIED, TO_VACANT, occupied

_SHIFT: Final = 3
_OCCUPIED, _SILENT, _EVENT = 1, 2, 4


class Report(NamedTuple):
    """One report of a bay: when (µs since 1970), whether taken, and whether it told the change itself."""

    at: int
    occupied: bool
    event: bool


def _code(reading: Reading) -> int:
    """Return what a reading says as three bits; one that tells no state is kept too, for its revision's sake."""
    state = occupied(reading)
    if state is None:
        return _SILENT
    if not reading.events:
        return _OCCUPIED if state else 0
    change = TO_OCCUPIED if state else TO_VACANT
    code = _OCCUPIED if state else 0
    for event in reading.events:  # one, nearly always
        if event.type == change:
            return code | _EVENT
    return code


class Series:
    """The reports of one bay, each instant once with its highest revision. The order of arrival leaves no trace."""

    __slots__ = ("_dumped", "_packed", "_revisions")

    def __init__(self) -> None:
        """Start without reports."""
        self._packed = array("q")
        self._revisions: dict[int, int] = {}
        """Only those above 0, by instant."""
        self._dumped: Any = None

    def put(self, at: int, reading: Reading) -> bool:
        """Keep a report of an instant (µs); return whether it is news, not a duplicate or an older revision."""
        return self._put(at, _code(reading), reading.revision)

    def reports(self, until: int) -> Iterator[Report]:
        """Yield the reports before `until` (µs) that tell a state, in order."""
        for packed in self._packed:
            if packed >> _SHIFT >= until:
                return
            if not packed & _SILENT:
                yield Report(packed >> _SHIFT, bool(packed & _OCCUPIED), bool(packed & _EVENT))

    def drop_before(self, instant: int) -> None:
        """Let go of the reports before an instant (µs)."""
        first = bisect_left(self._packed, instant << _SHIFT)
        if first:
            del self._packed[:first]
            self._revisions = {at: revision for at, revision in self._revisions.items() if at >= instant}
            self._dumped = None

    def dump(self) -> Any:
        """Return the reports as plain JSON values; the same value again while nothing changed."""
        if self._dumped is None:
            self._dumped = [
                b85encode(self._packed.tobytes()).decode("ascii"),
                sorted([at, revision] for at, revision in self._revisions.items()),
            ]
        return self._dumped

    def restore(self, dumped: Any, since: int) -> None:
        """Take over the reports of a dump, as far as they are not before `since` (µs)."""
        packed = array("q")
        packed.frombytes(b85decode(dumped[0]))
        revisions = {at: revision for at, revision in dumped[1]}  # noqa: C416 - JSON has made lists of pairs
        for report in packed:
            at = report >> _SHIFT
            if at >= since:
                self._put(at, report & (_OCCUPIED | _SILENT | _EVENT), revisions.get(at, 0))

    def __len__(self) -> int:
        return len(self._packed)

    def _put(self, at: int, code: int, revision: int) -> bool:
        packed = at << _SHIFT | code
        if not self._packed or self._packed[-1] >> _SHIFT < at:  # nearly always: the newest of all
            self._packed.append(packed)
        else:
            place = bisect_left(self._packed, at << _SHIFT)
            if self._packed[place] >> _SHIFT != at:
                self._packed.insert(place, packed)
            elif self._revisions.get(at, 0) >= revision:
                return False
            else:
                self._packed[place] = packed
        if revision:
            self._revisions[at] = revision
        self._dumped = None
        return True
