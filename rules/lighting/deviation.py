"""How far a circuit was switched from its plan: the least deviation that its samples allow (our choice).

A cabinet reports every five minutes, so that between the last dark and the first lit sample any instant is possible.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from rules.lighting.switching import Burning
from rules.tally import ByDevice


@dataclass(frozen=True, slots=True)
class Deviation:
    """Seconds; below zero too early, above zero too late. None: it cannot be said, `why` says so."""

    on: int | None
    off: int | None
    why: str = ""

    def dump(self) -> list[Any]:
        """Return it as plain JSON values."""
        return [self.on, self.off, self.why]

    @classmethod
    def load(cls, dumped: list[Any]) -> "Deviation":
        """Return what `dump` returned."""
        return cls(*dumped)


class DeviationTally(ByDevice[Deviation]):
    """The deviation of each cabinet."""

    row: ClassVar[type[Deviation]] = Deviation


def deviation(found: Burning | None, on: int, off: int) -> Deviation:
    """Return the deviation of a night from its plan, all in seconds since its beginning."""
    if found is None:
        return Deviation(None, None, "never_lit")
    late_on = _outside(on, found.dark_before, found.on)
    late_off = _outside(off, found.off, found.dark_after)
    known = late_on is not None and late_off is not None
    return Deviation(late_on, late_off, "" if known else "no_sample_around_the_switching")


def _outside(planned: int, first: int | None, last: int | None) -> int | None:
    """Return by how much the switching, somewhere from first to last, missed the plan; an open end says nothing."""
    if first is not None and planned < first:
        return first - planned
    if last is not None and planned > last:
        return last - planned
    return None if first is None or last is None else 0
