"""What the bays and car parks of a scope add up to over one day; tallies of disjoint devices merge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rules.parking.bay_day import BayDay
from rules.parking.lot_day import LotDay
from rules.parking.profile import NOTHING, Profile, profile_of


@dataclass(frozen=True, slots=True)
class BaySums:
    """Bays over a day. All counts add up over disjoint bays."""

    bays: int = 0
    heard: int = 0
    parkings: int = 0
    inferred: int = 0
    closed: int = 0
    closed_us: int = 0
    one_sided: int = 0
    synthetic: int = 0

    def __add__(self, other: "BaySums") -> "BaySums":
        mine, theirs = asdict(self), asdict(other)
        return BaySums(**{name: mine[name] + theirs[name] for name in mine})


def sums_of(days: Iterable[tuple[BayDay, bool]]) -> BaySums:
    """Return the sums of many bays; each comes with whether it is made up."""
    bays = heard = parkings = inferred = closed = closed_us = one_sided = synthetic = 0
    for day, made_up in days:
        bays += 1
        heard += day.heard
        parkings += day.parkings
        inferred += day.inferred
        closed += day.closed
        closed_us += day.closed_us
        one_sided += day.one_sided
        synthetic += made_up
    return BaySums(bays, heard, parkings, inferred, closed, closed_us, one_sided, synthetic)


@dataclass(frozen=True, slots=True)
class Spaces:
    """Parking spaces over a day with their profile."""

    spaces: int = 0
    profile: Profile = NOTHING
    synthetic: int = 0

    def __add__(self, other: "Spaces") -> "Spaces":
        return Spaces(self.spaces + other.spaces, self.profile + other.profile, self.synthetic + other.synthetic)


@dataclass(frozen=True, slots=True)
class DayTally:
    """A scope over a day: its bays, by the car park they lie in (`""`: none), and its car parks by their counters."""

    bays: BaySums = BaySums()
    by_lot: Mapping[str, Spaces] = field(default_factory=dict)
    lots: Mapping[str, Spaces] = field(default_factory=dict)

    def merged(self, other: "DayTally") -> "DayTally":
        """Return the tally of both sets of devices, which must be disjoint and of the same day."""
        by_lot = dict(self.by_lot)
        for lot, spaces in other.by_lot.items():
            by_lot[lot] = by_lot.get(lot, Spaces()) + spaces
        return DayTally(self.bays + other.bays, by_lot, {**self.lots, **other.lots})

    def spaces(self) -> Spaces:
        """Return all spaces, each once: a counter speaks for the bays of its car park."""
        seen = Spaces()
        for lot, spaces in self.by_lot.items():
            if lot not in self.lots:
                seen += spaces
        for spaces in self.lots.values():
            seen += spaces
        return seen

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {
            "bays": asdict(self.bays),
            "by_lot": {lot: _dump(spaces) for lot, spaces in self.by_lot.items()},
            "lots": {lot: _dump(spaces) for lot, spaces in self.lots.items()},
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "DayTally":
        """Return the tally of a dump."""
        return cls(
            BaySums(**dumped["bays"]),
            {lot: _load(spaces) for lot, spaces in dumped["by_lot"].items()},
            {lot: _load(spaces) for lot, spaces in dumped["lots"].items()},
        )


def day_tally(bays: Iterable[tuple[str, BayDay, bool]], lots: Iterable[tuple[str, LotDay]], quarters: int) -> DayTally:
    """Return the tally of bays (car park, day, whether made up) and of car parks."""
    every = list(bays)
    groups: dict[str, list[tuple[BayDay, bool]]] = {}
    for lot, day, made_up in every:
        groups.setdefault(lot, []).append((day, made_up))
    return DayTally(
        sums_of((day, made_up) for _, day, made_up in every),
        {lot: _spaces(days, quarters) for lot, days in groups.items()},
        {lot: Spaces(day.spaces, day.profile, day.spaces if day.synthetic else 0) for lot, day in lots},
    )


def _spaces(days: Sequence[tuple[BayDay, bool]], quarters: int) -> Spaces:
    profile = profile_of((day.mask for day, _ in days), quarters)
    return Spaces(len(days), profile, sum(made_up for _, made_up in days))


def _dump(spaces: Spaces) -> list[Any]:
    return [spaces.spaces, spaces.profile.dump(), spaces.synthetic]


def _load(dumped: Any) -> Spaces:
    return Spaces(dumped[0], Profile.load(dumped[1]), dumped[2])
