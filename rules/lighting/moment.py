"""What every lamp showed at an instant that was measured, so that a reading that comes late corrects just that instant.

The evidence of a lamp is how old its newest reading was (µs), what that showed, and its revision if it had one: five
bytes. Of two readings the newer one counts, of one instant the higher revision: as in the live state.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from domain.kinds import KINDS
from domain.measure import Span
from domain.reading import Reading
from domain.scope import Scope
from rules.lighting.cell import Cell
from rules.lighting.counts import Counts
from rules.lighting.lamp import Glow, glow_of
from rules.lighting.schedule import Phase, Rota
from rules.lighting.tally import LampTally

FRESH: Final = KINDS["streetlight"].freshness
_MICROSECOND: Final = timedelta.resolution
_NEVER: Final = 0
"""The age of no reading; that of all others is one more than it is, so that it is never this."""
_SHOWS: Final[Mapping[Glow | None, int]] = {None: 0, Glow.DARK: 1, Glow.LIT: 2}


@dataclass(slots=True, eq=False)
class Roll:
    """The lamps in service, cell by cell: where each stands in the arrays, and what it draws (W)."""

    starts: list[int] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    rated: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, cell: Cell) -> None:
        """Take in the lamps of the next cell."""
        self.starts.append(len(self.rated))
        for device, lamp in cell.working.items():
            self.place[device] = len(self.rated)
            self.rated.append(lamp.rated)


class PastCell(Counts):
    """A cell as it stood at the instant."""

    __slots__ = ("_moment", "_number", "_span", "_span_known")

    def __init__(self, cell: Cell, moment: "Moment", number: int) -> None:
        """Take over the counters of a cell, which go on."""
        super().__init__(cell.key)
        self.lamps, self.lit, self.dark, self.synthetic = cell.lamps, cell.lit, cell.dark, cell.synthetic
        self.asleep = cell.asleep.copy()
        self._moment, self._number = moment, number
        self._span: Span | None = None
        self._span_known = False

    def change(self, before: int, after: int) -> None:
        """Count a lamp that shows something else, or the same as of another instant."""
        self.lit += (after == _SHOWS[Glow.LIT]) - (before == _SHOWS[Glow.LIT])
        self.dark += (after == _SHOWS[Glow.DARK]) - (before == _SHOWS[Glow.DARK])
        self._span_known = False

    @override
    def span(self) -> Span | None:
        if not self._span_known:
            self._span, self._span_known = self._moment.span_of(self._number), True
        return self._span


class Moment:
    """The lamps at one instant. `add` takes in cells in the order of the roll."""

    def __init__(self, now: datetime, register_version: int, phases: Mapping[Rota, Phase], roll: Roll) -> None:
        """Start without cells; the phases are those of the instant."""
        self.now = now
        self.register_version = register_version
        self.corrected: set[int] = set()
        """Numbers of the cells in which something changed since the correction was last taken."""
        self._phases, self._roll = dict(phases), roll
        self._cells: list[PastCell] = []
        self._by_scope: dict[Scope, list[PastCell]] = {}
        """Looked up when the first correction is measured."""
        self._ages, self._shows, self._revisions = array("I"), bytearray(), dict[int, int]()
        self._late: tuple[str, int] = "", 0

    def add(self, cell: Cell, latest: Mapping[str, Reading]) -> None:
        """Take in the next cell with what its lamps show just now."""
        self._cells.append(PastCell(cell, self, len(self._cells)))
        for device, lamp in cell.working.items():
            reading = latest.get(device)
            age = _NEVER if reading is None else _age(self.now, reading)
            if age and reading is not None and reading.revision:
                self._revisions[len(self._ages)] = reading.revision
            self._ages.append(age)
            self._shows.append(_SHOWS[lamp.glow])

    def correct(self, reading: Reading) -> None:
        """Take in a reading that came after the instant, if it would have been the lamp's newest one then."""
        place, age = self._roll.place.get(reading.device), _age(self.now, reading)
        if place is None or age == _NEVER:
            return
        known = self._ages[place]
        if known != _NEVER and (age, -reading.revision) >= (known, -self._revisions.get(place, 0)):
            return
        before, after = self._shows[place], _SHOWS[glow_of(self._roll.rated[place], reading.values)]
        self._ages[place], self._shows[place] = age, after
        self._revisions[place] = reading.revision
        number = bisect_right(self._roll.starts, place) - 1
        while not self._cells[number].lamps:  # cells without a lamp in service begin where the next one does
            number -= 1
        self._cells[number].change(before, after)
        self.corrected.add(number)
        first, count = self._late
        what = "corrected" if reading.revision else "late"
        self._late = first or f"{what} reading of {reading.device}", count + 1

    def take_correction(self) -> tuple[str, set[Scope]]:
        """Return why measures of which scopes may differ since the last call, and forget it."""
        first, count = self._late
        scopes = {scope for number in self.corrected for scope in self._cells[number].scopes}
        self.corrected, self._late = set(), ("", 0)
        return first if count == 1 else f"{first} and {count - 1} more", scopes

    def tally(self, scope: Scope) -> LampTally:
        """Return the counts of a scope at the instant."""
        if not self._by_scope:
            for cell in self._cells:
                for each in cell.scopes:
                    self._by_scope.setdefault(each, []).append(cell)
        total = LampTally()
        for cell in self._by_scope.get(scope, ()):
            cell.count(self._phases[cell.rota], total)
        return total

    def span_of(self, number: int) -> Span | None:
        """Return the event times of the oldest and newest reading of a cell that show light or none."""
        start = self._roll.starts[number]
        ages = list(self._known(start, start + self._cells[number].lamps))
        if not ages:
            return None
        return Span(self.now - (max(ages) - 1) * _MICROSECOND, self.now - (min(ages) - 1) * _MICROSECOND)

    def _known(self, start: int, end: int) -> Iterator[int]:
        return (age for age, shows in zip(self._ages[start:end], self._shows[start:end], strict=True) if shows)


def _age(now: datetime, reading: Reading) -> int:
    """Return how old a reading was at the instant, `_NEVER` when it was no longer fresh."""
    age = now - reading.at
    return _NEVER if age > FRESH else age // _MICROSECOND + 1
