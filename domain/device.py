"""A device of the register: what is expected to report, where it stands and who answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.kind import Value


class AssetState(StrEnum):
    """The asset's life. Only IN_SERVICE devices are expected to report and stand in a denominator."""

    BUILT_NOT_HANDED_OVER = "built_not_handed_over"
    IN_SERVICE = "in_service"
    MAINTENANCE = "maintenance"
    SCRAPPED = "scrapped"


@dataclass(frozen=True, slots=True)
class Device:
    """One version of one device. `lon`, `lat` are WGS-84 degrees, or None while not surveyed.

    `attributes` holds what only this kind has, as its `AttributeSpec`s fix it (road, road_class, river …).
    """

    id: str
    kind: str
    name: str
    district: str
    """Six-digit code of GB/T 2260, e.g. 370102 for 历下区."""
    management_area: str
    """Who manages it: a district code, or a functional zone such as `gaoxin`; zones overlap districts."""
    responsible_unit: str
    state: AssetState = AssetState.IN_SERVICE
    lon: float | None = None
    lat: float | None = None
    synthetic: bool = False
    """Made up for simulation or placed by guess; never in an official report."""
    attributes: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return the text attribute `name`, or `default`."""
        value = self.attributes.get(name, default)
        return value if isinstance(value, str) else default

    def flag(self, name: str) -> bool:
        """Return whether the boolean attribute `name` is set and true."""
        return self.attributes.get(name) is True


@dataclass(frozen=True, slots=True)
class DeviceVersion:
    """A device as it was in the world from `valid_from` until `valid_to` (None = still), and since when we know it.

    All instants are aware and in UTC. `recorded_to` is None for what is believed today.
    """

    device: Device
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    recorded_to: datetime | None = None
    author: str = ""

    def covers(self, instant: datetime) -> bool:
        """Return whether the version is valid at `instant` (from inclusive, to exclusive)."""
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)
