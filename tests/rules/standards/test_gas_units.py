"""Mixing ratio to mass concentration at the reference conditions."""

from fractions import Fraction

import pytest

from rules.standards.gas_units import ug_per_m3
from rules.standards.hj633 import Pollutant


@pytest.mark.parametrize(
    ("pollutant", "per_ppm"),
    [(Pollutant.O3, 1962), (Pollutant.NO2, 1880), (Pollutant.SO2, 2619), (Pollutant.CO, 1145)],
)
def test_a_ppm_of_gas_at_25_degrees_weighs_as_in_the_tables(pollutant: Pollutant, per_ppm: int) -> None:
    assert round(ug_per_m3(pollutant, 1)) == per_ppm
    assert ug_per_m3(pollutant, 0.1) * 10 == ug_per_m3(pollutant, 1)


def test_at_0_degrees_it_weighs_more() -> None:
    assert round(ug_per_m3(Pollutant.O3, 1, Fraction("273.15"))) == 2141


@pytest.mark.parametrize("particles", [Pollutant.PM10, Pollutant.PM25])
def test_particles_have_no_mixing_ratio(particles: Pollutant) -> None:
    with pytest.raises(ValueError, match="no gas"):
        ug_per_m3(particles, 1)
