"""Whether an underpass (桥洞) is lit: its lamps count together, for it has few."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar

from rules.tally import ByPart


class Underpass(StrEnum):
    """How an underpass stands."""

    LIT = "lit"
    DARK = "dark"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnderpassCount:
    """The lamps of one underpass. Merging is associative and commutative; an empty count is neutral."""

    expected: int = 0
    """In service, and to be on: day and night."""
    lit: int = 0
    dark: int = 0
    unjudged: int = 0
    """In service, but an override keeps them out now."""
    out_of_service: int = 0
    """They stand, but are under maintenance or not handed over."""
    made_up: int = 0

    @property
    def verdict(self) -> Underpass:
        """Lit with at least half of its lamps in service lit, dark when that cannot be any more (our choice).

        The plan asks that dark underpasses get lamps and names no share; one dark lamp of six is a lamp to be
        repaired, no dark underpass. Without a lamp in service it is dark; while none is to be judged, unknown.
        """
        if not self.expected:
            return Underpass.UNKNOWN if self.unjudged else Underpass.DARK
        if 2 * self.lit >= self.expected:
            return Underpass.LIT
        return Underpass.DARK if 2 * (self.expected - self.dark) < self.expected else Underpass.UNKNOWN

    def merged(self, other: "UnderpassCount") -> "UnderpassCount":
        """Return the count of both sets of lamps, which must be disjoint."""
        return UnderpassCount(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def dump(self) -> dict[str, int]:
        """Return the counts as plain JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def load(cls, dumped: dict[str, int]) -> "UnderpassCount":
        """Return the count of a dump."""
        return cls(**dumped)


class UnderpassTally(ByPart[UnderpassCount]):
    """The lamps of each underpass, by its name."""

    part: ClassVar[type[UnderpassCount]] = UnderpassCount
