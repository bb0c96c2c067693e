"""Where a lamp stands: the scopes, below the city, that it is counted in."""

from collections.abc import Sequence
from typing import Final

from domain.device import Device
from domain.scope import CITY, Scope, ScopeKind

Places = tuple[str, str, str, str, str, str]
"""A lamp's place of each of the `PLACE_KINDS`; empty where it has none."""

PLACE_KINDS: Final = (
    ScopeKind.DISTRICT,
    ScopeKind.MANAGEMENT_AREA,
    ScopeKind.ROAD_CLASS,
    ScopeKind.ROAD,
    ScopeKind.SUPPLY_POINT,
    ScopeKind.UNDERPASS,
)
LAMP_SCOPES: Final = (ScopeKind.CITY, *PLACE_KINDS)


def places_of(lamp: Device) -> Places:
    """Return a lamp's places."""
    return (
        lamp.district,
        lamp.management_area,
        lamp.text("road_class"),
        lamp.text("road"),
        lamp.text("supply_point"),
        lamp.text("underpass_name") if lamp.flag("underpass") else "",
    )


def scopes_of(places: Sequence[str]) -> tuple[Scope, ...]:
    """Return the scopes of such places, the city first; a lamp without a road or district is in no such scope."""
    return CITY, *(Scope(kind, ident) for kind, ident in zip(PLACE_KINDS, places, strict=True) if ident)
