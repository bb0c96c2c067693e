"""Five-minute amounts of rain by gauge, and their sums over the last hour and the last day.

Amounts are kept as whole thousandths of a millimetre, so sums are exact. A sum ends with the newest five minutes that
a gauge told. With fewer than three quarters of its five minutes it is not known (our choice): what is missing could be
the cloudburst.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple

from rules.standards.water_evaluation import exactly

STEP_S: Final = 300
HOUR_STEPS: Final = 12
DAY_STEPS: Final = 288
ENOUGH: Final = Fraction(3, 4)
_THOUSANDTHS: Final = 1000


class Amount(NamedTuple):
    """What one gauge told of one five minutes: the latest reading for them, of the highest revision."""

    at: float
    """Seconds since 1970 UTC."""
    revision: int
    amount: int | None
    """Thousandths of a millimetre; None when a fault makes it invalid."""


@dataclass(frozen=True, slots=True)
class RainSum:
    """A sum in thousandths of a millimetre over so many five minutes that were told."""

    amount: int
    told: int
    of: int

    @property
    def known(self) -> bool:
        """Whether enough was told."""
        return self.told >= ENOUGH * self.of

    @property
    def mm(self) -> float:
        """The sum in millimetres: at least so much fell."""
        return self.amount / _THOUSANDTHS


@dataclass(frozen=True, slots=True)
class RainTally:
    """The gauges of a scope now: how many are expected, and the sums of those that report."""

    expected: int = 0
    synthetic: int = 0
    sums: Mapping[str, tuple[RainSum, RainSum]] = field(default_factory=dict)
    """By gauge, the sums of its last hour and its last day."""

    def merged(self, other: "RainTally") -> "RainTally":
        """Return the tally of both sets of gauges, which must be disjoint."""
        return RainTally(self.expected + other.expected, self.synthetic + other.synthetic, {**self.sums, **other.sums})

    def known(self, which: int) -> list[RainSum]:
        """Return the sums over the hour (0) or the day (1) that are known."""
        return [sums[which] for sums in self.sums.values() if sums[which].known]

    def dump(self) -> list[Any]:
        """Return the tally as plain JSON values."""
        rows = {gauge: [[s.amount, s.told, s.of] for s in sums] for gauge, sums in self.sums.items()}
        return [self.expected, self.synthetic, rows]

    @classmethod
    def load(cls, dumped: list[Any]) -> "RainTally":
        """Return the tally of a dump."""
        expected, synthetic, rows = dumped
        return cls(expected, synthetic, {g: (RainSum(*hour), RainSum(*day)) for g, (hour, day) in rows.items()})


def label_of(at: datetime) -> int:
    """Return the number of the five minutes that a reading ends: its instant to the nearest five minutes."""
    return round(at.timestamp() / STEP_S)


def end_of(label: int) -> datetime:
    """Return the instant at which five minutes end."""
    return datetime.fromtimestamp(label * STEP_S, UTC)


def thousandths(mm: float) -> int:
    """Return an amount in whole thousandths of a millimetre."""
    return round(exactly(mm) * _THOUSANDTHS)


class Gauge:
    """The amounts of one gauge over the last day, by label."""

    __slots__ = ("_by_label", "_sums")

    def __init__(self) -> None:
        """Start without amounts."""
        self._by_label: dict[int, Amount] = {}
        self._sums: tuple[int, tuple[RainSum, RainSum]] | None = None

    def put(self, label: int, said: Amount) -> bool:
        """Keep an amount; return whether it is news, not a duplicate or an older revision."""
        known = self._by_label.get(label)
        if known is not None and known[:2] >= said[:2]:
            return False
        self._by_label[label] = said
        self._sums = None
        return True

    def sums(self, end: int) -> tuple[RainSum, RainSum]:
        """Return the sums of the hour and the day that end with a label."""
        if self._sums is None or self._sums[0] != end:
            self._sums = end, (self._sum(end, HOUR_STEPS), self._sum(end, DAY_STEPS))
        return self._sums[1]

    def amounts(self, end: int) -> list[tuple[int, int | None]]:
        """Return label and amount of the hour that ends with a label, where told."""
        told = ((label, self._by_label.get(label)) for label in range(end - HOUR_STEPS + 1, end + 1))
        return [(label, said.amount) for label, said in told if said is not None]

    def drop_before(self, label: int) -> None:
        """Let go of what is older than a label."""
        for old in [each for each in self._by_label if each < label]:
            del self._by_label[old]

    def dump(self) -> list[list[Any]]:
        """Return the amounts as plain JSON values: [seconds, revision, amount]."""
        return [list(said) for said in self._by_label.values()]

    def _sum(self, end: int, steps: int) -> RainSum:
        found = (self._by_label.get(label) for label in range(end - steps + 1, end + 1))
        valid = [said.amount for said in found if said is not None and said.amount is not None]
        return RainSum(sum(valid), len(valid), steps)
