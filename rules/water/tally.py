"""What a rate of sections rests on: one row per section, so that tallies of disjoint sections merge."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rules.water.outcome import Outcome


class Row(NamedTuple):
    """What counts of one section."""

    excluded: str
    """Why it takes no part, or nothing."""
    found: int | None
    """Its class (1…6), None when it has none."""
    compliant: bool | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What a rate is made of. `judged` = compliant + failing + unknown."""

    compliant: int
    failing: int
    unknown: int
    synthetic: int
    """How many of the judged are made up or placed by guess."""

    @property
    def judged(self) -> int:
        """The denominator: sections that take part."""
        return self.compliant + self.failing + self.unknown

    @property
    def value(self) -> float | None:
        """The confirmed rate, %: every unknown counts against it."""
        return 100 * self.compliant / self.judged if self.judged else None

    @property
    def observed(self) -> float | None:
        """The rate among sections with a class, %, as bulletins print it."""
        known = self.compliant + self.failing
        return 100 * self.compliant / known if known else None

    @property
    def coverage(self) -> float | None:
        """The share of the judged that is known, 0…1."""
        return (self.compliant + self.failing) / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class SectionTally:
    """Some sections, by id."""

    rows: Mapping[str, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "SectionTally":
        """Return the tally of sections against their own targets."""
        return cls(
            {
                o.device.id: Row(
                    o.excluded, None if o.found is None else o.found.worst, o.compliant, o.device.synthetic
                )
                for o in outcomes
            }
        )

    @property
    def counts(self) -> Counts:
        """Count the sections that take part."""
        judged = [row for row in self.rows.values() if not row.excluded]
        kinds = Counter(row.compliant for row in judged)
        return Counts(kinds[True], kinds[False], kinds[None], sum(row.synthetic for row in judged))

    def merged(self, other: "SectionTally") -> "SectionTally":
        """Return the tally over the sections of both, which must be others."""
        return SectionTally({**self.rows, **other.rows})

    def dump(self) -> Any:
        """Return the tally as plain JSON values."""
        return {section: list(row) for section, row in sorted(self.rows.items())}

    @classmethod
    def load(cls, dumped: Any) -> "SectionTally":
        """Return the tally of a dump."""
        return cls({section: Row(*row) for section, row in dumped.items()})
