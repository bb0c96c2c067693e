"""From mixing ratio to mass concentration: GB 3095 states gases at 298.15 K and 1013.25 hPa.

Until 2018-08 the edition of 2012 stated them at 273.15 K.
"""

from fractions import Fraction
from typing import Final

from rules.standards.hj633 import Number, Pollutant
from rules.standards.water_evaluation import exactly

REFERENCE_KELVIN: Final = Fraction("298.15")
_GAS_CONSTANT: Final = Fraction("8.314462618")
"""J/(mol·K), CODATA 2018."""
_PRESSURE: Final = Fraction(101325)
"""Pa."""
_MOLAR_MASS: Final = {
    Pollutant.SO2: Fraction("64.066"),
    Pollutant.NO2: Fraction("46.006"),
    Pollutant.CO: Fraction("28.010"),
    Pollutant.O3: Fraction("47.998"),
}
"""g/mol."""


def ug_per_m3(pollutant: Pollutant, ppm: Number, kelvin: Fraction = REFERENCE_KELVIN) -> Fraction:
    """Return the mass concentration (µg/m³, of CO as well) of a mixing ratio in ppm, at 1013.25 hPa.

    Raises:
        ValueError: the pollutant is no gas.
    """
    mass = _MOLAR_MASS.get(pollutant)
    if mass is None:
        raise ValueError(f"{pollutant.label} is no gas: it has no mixing ratio")
    exact = exactly(ppm) if isinstance(ppm, float) else Fraction(ppm)
    return exact * mass * _PRESSURE / (_GAS_CONSTANT * kelvin)
