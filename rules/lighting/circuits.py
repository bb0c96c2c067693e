"""The lamps in service by supply point: which of them burn behind a cabinet's meter, and which behind none."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from domain.device import Device
from domain.scope import CITY, Scope, ScopeKind
from rules.lighting.lamp import counts

_SCOPES = (ScopeKind.DISTRICT, ScopeKind.MANAGEMENT_AREA, ScopeKind.ROAD, ScopeKind.SUPPLY_POINT)


@dataclass(frozen=True, slots=True)
class Behind:
    """Lamps in service of a scope."""

    read: int = 0
    """Behind a meter that was read."""
    not_read: int = 0
    """Behind a cabinet whose meter was not."""
    without: Mapping[str, int] = field(default_factory=dict)
    """By supply point: behind no cabinet in service."""

    @property
    def all(self) -> int:
        """Every lamp in service."""
        return self.read + self.not_read + sum(self.without.values())

    @property
    def coverage(self) -> float | None:
        """The share whose energy is known; None without a lamp."""
        return self.read / self.all if self.all else None


class Circuits:
    """How many lamps in service hang on each supply point."""

    def __init__(self, lamps: Iterable[Device]) -> None:
        """Count lamps, by all that they share with their circuit."""
        self._lamps: Counter[tuple[str, str, str, str]] = Counter()
        self.day_and_night: set[str] = set()
        """Supply points with lamps that burn day and night, under bridges."""
        for lamp in lamps:
            if counts(lamp):
                point = lamp.text("supply_point")
                self._lamps[lamp.district, lamp.management_area, lamp.text("road"), point] += 1
                if lamp.flag("underpass"):
                    self.day_and_night.add(point)

    def behind(self, scope: Scope, cabinets: Collection[str], read: Collection[str]) -> Behind:
        """Return how the lamps of a scope are metered. `cabinets`: supply points with one; `read`: whose meter was."""
        known = not_read = 0
        without: Counter[str] = Counter()
        for key, lamps in self._lamps.items():
            if scope != CITY and (scope.kind not in _SCOPES or key[_SCOPES.index(scope.kind)] != scope.id):
                continue
            point = key[-1]
            if point in read:
                known += lamps
            elif point in cabinets:
                not_read += lamps
            else:
                without[point] += lamps
        return Behind(known, not_read, dict(sorted(without.items())))
