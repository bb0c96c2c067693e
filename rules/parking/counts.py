"""Counts of parking spaces, additive over disjoint devices: what occupancy and vacancy are made of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Counts:
    """Parking spaces at one instant. `occupied` + `vacant` + unknown = `total`; empty counts are neutral."""

    total: int = 0
    occupied: int = 0
    vacant: int = 0
    synthetic: int = 0
    """How many of the total are made up."""

    @property
    def unknown(self) -> int:
        """Spaces without a fresh valid state: neither occupied nor free."""
        return self.total - self.occupied - self.vacant

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.total + other.total,
            self.occupied + other.occupied,
            self.vacant + other.vacant,
            self.synthetic + other.synthetic,
        )


NOTHING = Counts()


class LotCount(NamedTuple):
    """What the counter of one car park says. Counters drift (city_operations 3.2), so the count is kept as it came."""

    capacity: int
    counted: int | None
    """Cars inside as counted, below zero or above capacity as it may be; None when there is no fresh valid count."""
    synthetic: bool = False

    @property
    def below_zero(self) -> bool:
        """Whether more cars left than came, by the counter."""
        return self.counted is not None and self.counted < 0

    @property
    def above_capacity(self) -> bool:
        """Whether more cars are inside than the car park holds, by the counter."""
        return self.counted is not None and self.counted > self.capacity

    @property
    def clamped(self) -> int | None:
        """Cars inside, held to 0 … capacity, so that no rate leaves 0 … 100 %."""
        return None if self.counted is None else min(max(self.counted, 0), self.capacity)

    def counts(self) -> Counts:
        """Return the spaces of the car park."""
        made_up = self.capacity if self.synthetic else 0
        inside = self.clamped
        if inside is None:
            return Counts(self.capacity, synthetic=made_up)
        return Counts(self.capacity, inside, self.capacity - inside, made_up)


@dataclass(frozen=True, slots=True)
class ParkingTally:
    """The spaces of a scope: bays by the car park they lie in (`""`: none), and car parks by their counters.

    A counter speaks for all spaces of its car park; bays with sensors inside it are then not counted again (our
    choice: few bays of a car park have a sensor). That is decided when the total is asked for, so that tallies of
    disjoint devices merge in any grouping, also when a car park and its bays are told apart.
    """

    bays: Mapping[str, Counts] = field(default_factory=dict)
    lots: Mapping[str, LotCount] = field(default_factory=dict)

    def merged(self, other: "ParkingTally") -> "ParkingTally":
        """Return the tally of both sets of devices, which must be disjoint."""
        bays = dict(self.bays)
        for lot, counts in other.bays.items():
            bays[lot] = bays.get(lot, NOTHING) + counts
        return ParkingTally(bays, {**self.lots, **other.lots})

    def total(self) -> Counts:
        """Return all spaces, each once."""
        seen = NOTHING
        for lot, counts in self.bays.items():
            if lot not in self.lots:
                seen += counts
        for count in self.lots.values():
            seen += count.counts()
        return seen

    def in_counted_lots(self) -> int:
        """Return how many bays with a sensor lie in a car park whose counter speaks for them."""
        return sum(counts.total for lot, counts in self.bays.items() if lot in self.lots)

    def flags(self) -> dict[str, list[dict[str, Any]]]:
        """Return the car parks whose counters cannot be right, as plain JSON."""
        ordered = sorted(self.lots.items())
        return {
            "below_zero": [_flag(lot, count) for lot, count in ordered if count.below_zero],
            "above_capacity": [_flag(lot, count) for lot, count in ordered if count.above_capacity],
        }

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {
            "bays": {lot: asdict(counts) for lot, counts in self.bays.items()},
            "lots": {lot: count._asdict() for lot, count in self.lots.items()},
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "ParkingTally":
        """Return the tally of a dump."""
        return cls(
            {lot: Counts(**counts) for lot, counts in dumped["bays"].items()},
            {lot: LotCount(**count) for lot, count in dumped["lots"].items()},
        )


def _flag(lot: str, count: LotCount) -> dict[str, Any]:
    return {"lot": lot, "counted": count.counted, "capacity": count.capacity}
