"""Components of the unified grid by district: how many there are, and how many stand on the map."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any, Final

from domain.citytime import Place
from domain.device import AssetState, Device

REACH_KM: Final = 150.0
"""A position further from the city's centre is not on its map: swapped or foreign coordinates (our choice)."""
_KM_PER_DEGREE: Final = 111.2
_CLASS_DIGITS: Final = 2


def why_not_placed(component: Device, place: Place) -> str:
    """Return why a component is not on the map, or nothing."""
    if component.lon is None or component.lat is None:
        return "no_position"
    north = (component.lat - place.latitude) * _KM_PER_DEGREE
    east = (component.lon - place.longitude) * _KM_PER_DEGREE * cos(radians(place.latitude))
    return "off_the_map" if north * north + east * east > REACH_KM * REACH_KM else ""


def main_class(component: Device) -> str:
    """Return the main class of a component: the first two digits of its category."""
    return component.text("category")[:_CLASS_DIGITS]


@dataclass(frozen=True, slots=True)
class ComponentTally:
    """Components of a scope. Merging is associative and commutative; an empty tally is neutral."""

    placed: Mapping[str, int] = field(default_factory=dict)
    """On the map, by main class."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """In the register but not on the map, by reason."""
    all: Mapping[str, int] = field(default_factory=dict)
    """In the register, by main class; scrapped ones are in none of these."""
    synthetic: int = 0

    @property
    def registered(self) -> int:
        """The denominator."""
        return sum(self.all.values())

    @property
    def on_map(self) -> int:
        """The numerator."""
        return sum(self.placed.values())

    def merged(self, other: "ComponentTally") -> "ComponentTally":
        """Return the tally of both sets of components, which must be disjoint."""
        return ComponentTally(
            _sum(self.placed, other.placed),
            _sum(self.missing, other.missing),
            _sum(self.all, other.all),
            self.synthetic + other.synthetic,
        )

    def dump(self) -> dict[str, Any]:
        """Return the tally as plain JSON values."""
        return {
            "placed": dict(self.placed),
            "missing": dict(self.missing),
            "all": dict(self.all),
            "synthetic": self.synthetic,
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "ComponentTally":
        """Return the tally of a dump."""
        return cls(**dumped)


def tally_of(components: Iterable[Device], place: Place) -> dict[str, ComponentTally]:
    """Return the tallies of components by district."""
    placed: dict[str, Counter[str]] = {}
    missing: dict[str, Counter[str]] = {}
    every: dict[str, Counter[str]] = {}
    synthetic: Counter[str] = Counter()
    for component in components:
        if component.state is AssetState.SCRAPPED:
            continue
        district, kind = component.district, main_class(component)
        why = why_not_placed(component, place)
        target, key = (missing, why) if why else (placed, kind)
        target.setdefault(district, Counter())[key] += 1
        every.setdefault(district, Counter())[kind] += 1
        synthetic[district] += component.synthetic
    return {
        district: ComponentTally(
            dict(placed.get(district, {})), dict(missing.get(district, {})), dict(counts), synthetic[district]
        )
        for district, counts in every.items()
    }


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))
