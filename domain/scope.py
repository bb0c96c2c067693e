"""What a measure is about: the city or a part of it, as in `city`, `district:370102`, `road_class:arterial`."""

from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override


class ScopeKind(StrEnum):
    """The parts of the city that can be measured."""

    CITY = "city"
    DISTRICT = "district"
    MANAGEMENT_AREA = "management_area"
    ROAD_CLASS = "road_class"
    ROAD = "road"
    SUPPLY_POINT = "supply_point"
    RIVER = "river"
    SECTION_SET = "section_set"
    SECTION = "section"
    STATION = "station"
    LOT = "lot"
    BAY = "bay"
    BASIN = "basin"
    WATER_SOURCE = "water_source"
    WATER_BODY = "water_body"
    SPRING = "spring"
    UNDERPASS = "underpass"
    SITE = "site"
    FEED = "feed"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """A part of the city. `id` is empty for the city itself."""

    kind: ScopeKind
    id: str = ""

    @classmethod
    def parse(cls, text: str) -> "Scope":
        """Read `city` or `kind:id`.

        Raises:
            ValueError: the text is neither; the message says what was expected.
        """
        name, colon, ident = text.partition(":")
        if name == ScopeKind.CITY and not colon:
            return CITY
        try:
            kind = ScopeKind(name)
        except ValueError:
            known = ", ".join(k.value for k in ScopeKind)
            raise ValueError(f"scope {text!r}: {name!r} is none of {known}") from None
        if kind is ScopeKind.CITY or not ident:
            raise ValueError(f"scope {text!r}: write `city` or `{kind.value}:<id>`")
        return cls(kind, ident)

    @override
    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value


CITY = Scope(ScopeKind.CITY)
