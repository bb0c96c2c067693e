"""Counts of lamps at the instants of one night, additive over disjoint lamps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class InstantCount:
    """Lamps at one instant: those that must be on then, settled, and what they showed."""

    expected: int = 0
    lit: int = 0
    dark: int = 0
    made_up: int = 0
    """Expected lamps that are made up."""

    @property
    def unknown(self) -> int:
        """Expected lamps without a fresh report."""
        return self.expected - self.lit - self.dark

    def plus(self, other: "InstantCount") -> "InstantCount":
        """Return both together."""
        return InstantCount(
            self.expected + other.expected, self.lit + other.lit, self.dark + other.dark, self.made_up + other.made_up
        )


@dataclass(frozen=True, slots=True)
class NightTally:
    """A night by instant; instants at which nobody must be on are left out. Merging is associative and commutative."""

    instants: Mapping[datetime, InstantCount] = field(default_factory=dict)

    @property
    def total(self) -> InstantCount:
        """All instants together: each lamp counts once for each at which it must be on."""
        total = InstantCount()
        for count in self.instants.values():
            total = total.plus(count)
        return total

    def merged(self, other: "NightTally") -> "NightTally":
        """Return the tally of both sets of lamps, which must be disjoint."""
        both = dict(self.instants)
        for at, count in other.instants.items():
            both[at] = both.get(at, InstantCount()).plus(count)
        return NightTally(dict(sorted(both.items())))

    def dump(self) -> list[dict[str, Any]]:
        """Return the counts as plain JSON, in order of time."""
        return [
            {
                "at": at.isoformat(),
                "expected": count.expected,
                "lit": count.lit,
                "dark": count.dark,
                "unknown": count.unknown,
                "made_up": count.made_up,
            }
            for at, count in sorted(self.instants.items())
        ]

    @classmethod
    def load(cls, dumped: list[dict[str, Any]]) -> "NightTally":
        """Return the tally of a dump."""
        return cls(
            {
                datetime.fromisoformat(row["at"]): InstantCount(
                    row["expected"], row["lit"], row["dark"], row["made_up"]
                )
                for row in dumped
            }
        )
