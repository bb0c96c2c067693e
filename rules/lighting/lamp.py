"""Whether a lamp is lit, from one reading: power, or current where no power is measured."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final

from domain.device import AssetState, Device
from domain.reading import Reading

STANDBY_POWER: Final = 2.0
"""W. Controller and driver of a lamp that is off draw up to this much."""
FLOOR_SHARE: Final = 0.2
"""A lamp shows light above this share of what it would draw at its dim level; below it the light source has failed."""
STOCK: Final = frozenset({AssetState.IN_SERVICE, AssetState.MAINTENANCE})
"""States of lamps that the city has: built and handed over, and not scrapped."""
HEARD: Final = timedelta(hours=24)
"""A lamp is under remote control while its controller was heard of within so long: circuits die by day (our choice)."""
NOMINAL_VOLTAGE: Final = 220.0
"""V, for lamps that report current but no voltage."""


class Glow(Enum):
    """What the last fresh reading shows."""

    LIT = "lit"
    DARK = "dark"


LIT: Final = Glow.LIT
DARK: Final = Glow.DARK
"""The same by names of their own, for what is done at each reading: an enum is slow to ask for its members."""


def rated_power(lamp: Device) -> float:
    """Return the rated power in W; 0 when the register does not say."""
    return float(lamp.attributes.get("rated_power") or 0.0)


def floor_power(rated: float, values: Mapping[str, Any]) -> float:
    """Return the power (W) that must be exceeded to count as light at the reading's dim level (100 % if absent)."""
    dim = values.get("dim")
    share = FLOOR_SHARE * rated if dim is None else FLOOR_SHARE * rated * dim / 100
    return share if share > STANDBY_POWER else STANDBY_POWER  # noqa: FURB136 - for each reading, and a call is slow


def glow(lamp: Device, reading: Reading) -> Glow | None:
    """Return what a reading of a lamp shows, as `glow_of`."""
    return glow_of(rated_power(lamp), reading.values)


def glow_of(rated: float, values: Mapping[str, Any]) -> Glow | None:
    """Return whether the reading shows light, or None when it has neither power nor current: no evidence.

    Current is held against the floor at the reading's voltage; without a power factor it can only flatter the lamp.
    """
    power = values.get("power")
    if power is None:
        current = values.get("current")
        if current is None:
            return None
        power = current * (values.get("voltage") or NOMINAL_VOLTAGE)
    return LIT if power > floor_power(rated, values) else DARK


def counts(lamp: Device) -> bool:
    """Return whether a lamp is expected to work at all: in service, neither under maintenance nor not handed over."""
    return lamp.state is AssetState.IN_SERVICE


def is_landscape(lamp: Device) -> bool:
    """Return whether a lamp is landscape lighting, which stays outside the plan's 98 and 96 %."""
    return lamp.text("lighting_use") == "landscape"


def is_uncontrolled(lamp: Device) -> bool:
    """Return whether the register says that a lamp has no controller of its own."""
    return lamp.text("control") in {"circuit", "none"}
