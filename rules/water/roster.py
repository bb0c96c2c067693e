"""In which scopes a section stands."""

import re

from domain.device import Device
from domain.scope import CITY, Scope, ScopeKind

_SEPARATORS = re.compile(r"[\s,;，、；]+")


def scopes_of(section: Device) -> tuple[Scope, ...]:
    """Return the scopes of a section. One section can answer to several districts (shared responsibility)."""
    districts = [d for d in _SEPARATORS.split(section.text("districts")) if d] or [section.district]
    parts = (
        Scope(ScopeKind.SECTION, section.id),
        Scope(ScopeKind.RIVER, section.text("river")),
        Scope(ScopeKind.BASIN, section.text("basin")),
        Scope(ScopeKind.SECTION_SET, section.text("section_set")),
        Scope(ScopeKind.WATER_SOURCE, section.text("water_source")),
        *(Scope(ScopeKind.DISTRICT, d) for d in dict.fromkeys(districts)),
    )
    return CITY, *(scope for scope in parts if scope.id)
