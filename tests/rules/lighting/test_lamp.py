"""Lit or dark from one reading: the floor by rated power and dim level, current where no power is measured."""

import pytest

from domain.device import AssetState
from rules.lighting.lamp import Glow, counts, floor_power, glow, is_landscape, rated_power
from tests.support.rules import BEGINNING, lamp, power


@pytest.mark.parametrize(
    ("rated", "dim", "floor"),
    [
        (100.0, None, 20.0),
        (100.0, 50.0, 10.0),
        (250.0, 100.0, 50.0),
        (60.0, 10.0, 2.0),
        (100.0, 0.0, 2.0),
        (None, 50.0, 2.0),
    ],
)
def test_the_floor_is_a_fifth_of_the_power_at_the_dim_level_and_never_below_standby(
    rated: float | None, dim: float | None, floor: float
) -> None:
    device = lamp(rated_power=rated if rated is not None else 0.0)
    assert floor_power(rated_power(device), {} if dim is None else {"dim": dim}) == pytest.approx(floor)


@pytest.mark.parametrize(
    ("watts", "shown"), [(0.0, Glow.DARK), (20.0, Glow.DARK), (20.001, Glow.LIT), (100.0, Glow.LIT)]
)
def test_a_lamp_is_lit_above_the_floor(watts: float, shown: Glow) -> None:
    assert glow(lamp(), power("l1", BEGINNING, watts)) is shown


@pytest.mark.parametrize(
    ("amperes", "volts", "shown"),
    [
        (0.0909, None, Glow.DARK),
        (0.0910, None, Glow.LIT),
        (0.1, 200.0, Glow.DARK),
        (0.101, 200.0, Glow.LIT),
        (0.5, 0.0, Glow.LIT),
    ],
)
def test_without_power_the_current_decides_at_the_voltage_reported(
    amperes: float, volts: float | None, shown: Glow
) -> None:
    more = {"current": amperes} if volts is None else {"current": amperes, "voltage": volts}
    assert glow(lamp(), power("l1", BEGINNING, None, **more)) is shown


def test_power_decides_where_both_are_measured() -> None:
    assert glow(lamp(), power("l1", BEGINNING, 0.0, current=1.0)) is Glow.DARK


def test_a_reading_without_power_and_current_is_no_evidence() -> None:
    assert glow(lamp(), power("l1", BEGINNING, None, on=True, voltage=220.0)) is None


@pytest.mark.parametrize("state", AssetState)
def test_only_lamps_in_service_count(state: AssetState) -> None:
    assert counts(lamp(state=state)) is (state is AssetState.IN_SERVICE)


def test_landscape_lamps_stand_apart() -> None:
    assert is_landscape(lamp(lighting_use="landscape"))
    assert not is_landscape(lamp())
