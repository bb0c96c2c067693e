"""Which sections there are at an instant, and in which scopes they stand."""

import re
from collections.abc import Sequence
from datetime import datetime

from domain.device import Device
from domain.register import Register
from domain.scope import CITY, Scope, ScopeKind

_SEPARATORS = re.compile(r"[\s,;，、；]+")


def scopes_of(section: Device) -> tuple[Scope, ...]:
    """Return the scopes of a section. One section can answer to several districts (shared responsibility)."""
    districts = [d for d in _SEPARATORS.split(section.text("districts")) if d] or [section.district]
    parts = (
        Scope(ScopeKind.SECTION, section.id),
        Scope(ScopeKind.RIVER, section.text("river")),
        Scope(ScopeKind.SECTION_SET, section.text("section_set")),
        *(Scope(ScopeKind.DISTRICT, d) for d in dict.fromkeys(districts)),
    )
    return CITY, *(scope for scope in parts if scope.id)


class Roster:
    """The sections that the register knows at one instant, in any asset state."""

    __slots__ = ("_by_scope", "sections")

    def __init__(self, register: Register, instant: datetime) -> None:
        """Look the sections up; the register is not asked again."""
        self.sections = {d.id: d for d in register.devices(instant, "river_section")}
        self._by_scope: dict[Scope, list[Device]] = {}
        for section in self.sections.values():
            for scope in scopes_of(section):
                self._by_scope.setdefault(scope, []).append(section)

    def scopes(self) -> list[Scope]:
        """Return the scopes that have a section, in order."""
        return sorted(self._by_scope)

    def of(self, scope: Scope) -> Sequence[Device]:
        """Return the sections of a scope; none if it has none."""
        return self._by_scope.get(scope, ())
