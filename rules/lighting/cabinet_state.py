"""How a lighting cabinet stands now, by its newest reading: supplied, tripped, feeding lamps, or not known."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.kinds import KINDS
from domain.reading import Reading
from rules.lighting.switching import LIT_POWER

_FRESHNESS: Final = KINDS["lighting_cabinet"].freshness
_TRIPPED: Final = "circuitBreakerTripped"
_LOST: Final = "supplyLoss"


class CabinetState(StrEnum):
    """How it stands, the worst first."""

    SUPPLY_LOST = "supply_lost"
    TRIPPED = "tripped"
    UNKNOWN = "unknown"
    """No fresh report, or one that says nothing of power: silence is not health."""
    FEEDING = "feeding"
    OFF = "off"
    """Supplied and closed, with no more than a controller's power: lamps are switched off."""

    @property
    def trouble(self) -> bool:
        """Whether somebody should look."""
        return self in {CabinetState.SUPPLY_LOST, CabinetState.TRIPPED, CabinetState.UNKNOWN}


ORDER: Final = tuple(CabinetState)


def cabinet_state(reading: Reading | None, now: datetime) -> CabinetState:
    """Return how a cabinet stands at `now` by its newest reading."""
    if reading is None or now - reading.at > _FRESHNESS:
        return CabinetState.UNKNOWN
    values = reading.values
    if values.get("supply") is False or _LOST in reading.faults:
        return CabinetState.SUPPLY_LOST
    if values.get("breaker_closed") is False or _TRIPPED in reading.faults:
        return CabinetState.TRIPPED
    power = values.get("power")
    if power is None:
        return CabinetState.UNKNOWN
    return CabinetState.FEEDING if float(power) > LIT_POWER else CabinetState.OFF
