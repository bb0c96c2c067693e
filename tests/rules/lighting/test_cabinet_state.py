"""How a cabinet stands now."""

from datetime import timedelta
from typing import Any

import pytest

from domain.reading import Reading
from rules.lighting.cabinet_state import ORDER, CabinetState, cabinet_state
from tests.support.rules import local

NOW = local("2026-11-25T20:00")
WELL = {"supply": True, "breaker_closed": True}


def said(age_minutes: float = 1, faults: tuple[str, ...] = (), **values: Any) -> Reading:
    at = NOW - timedelta(minutes=age_minutes)
    return Reading("cab-1", "lighting_cabinet", at, at, values={**WELL, **values}, faults=faults)


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (said(power=4000.0), CabinetState.FEEDING),
        (said(power=20.0), CabinetState.OFF),
        (said(power=100.0), CabinetState.OFF),
        (said(power=0.0, supply=False), CabinetState.SUPPLY_LOST),
        (said(power=0.0, supply=False, breaker_closed=False), CabinetState.SUPPLY_LOST),
        (said(power=0.0, breaker_closed=False), CabinetState.TRIPPED),
        (said(power=0.0, faults=("circuitBreakerTripped",)), CabinetState.TRIPPED),
        (said(power=0.0, faults=("supplyLoss",)), CabinetState.SUPPLY_LOST),
        (said(), CabinetState.UNKNOWN),
        (said(age_minutes=16, power=4000.0), CabinetState.FEEDING),
        (said(age_minutes=16.01, power=4000.0), CabinetState.UNKNOWN),
        (None, CabinetState.UNKNOWN),
    ],
)
def test_a_cabinet_stands_as_its_newest_fresh_reading_says(reading: Reading | None, state: CabinetState) -> None:
    assert cabinet_state(reading, NOW) is state


def test_trouble_comes_first_and_silence_is_trouble() -> None:
    assert [state.trouble for state in ORDER] == [True, True, True, False, False]
