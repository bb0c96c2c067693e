"""Grades of one reading: the class of water, the index of air, whether a lamp shows light."""

from typing import Final

from domain.device import Device
from domain.reading import Reading
from rules.air.hours import label_of, sample
from rules.alerts.condition import Grader
from rules.lighting.lamp import Glow, glow
from rules.standards.gb3838 import Body, worst_class
from rules.standards.hj633 import HOURLY, Pollutant, iaqi
from rules.standards.hj633_editions import edition_of_hour
from rules.water.samples import valid_values

LAMP_GRADERS: Final = frozenset({Grader.LAMP_DARK, Grader.LAMP_LIT})


def grade(grader: Grader, device: Device, reading: Reading) -> float | None:
    """Return the grade of a reading, or None when it says nothing that could be graded."""
    match grader:
        case Grader.WATER_CLASS:
            return _water_class(device, reading)
        case Grader.AIR_INDEX:
            return _air_index(reading)
        case Grader.LAMP_DARK | Grader.LAMP_LIT:
            shown = glow(device, reading)
            wanted = Glow.DARK if grader is Grader.LAMP_DARK else Glow.LIT
            return None if shown is None else float(shown is wanted)


def _water_class(device: Device, reading: Reading) -> float | None:
    """Any measured item counts, so that one that is far over is told even while another is missing (our choice)."""
    values = valid_values(reading)
    if not values:
        return None
    body = Body.LAKE if device.text("body_type") == Body.LAKE else Body.RIVER
    return float(worst_class(dict(values), body).worst)


def _air_index(reading: Reading) -> float | None:
    """The greatest individual index of the hour; a station that misses an item still says what the others reach."""
    edition = edition_of_hour(label_of(reading.at))
    values = sample(reading).values.items()
    found = [iaqi(HOURLY[Pollutant(name)], value, edition) for name, value in values]
    return max((float(index) for index in found if index is not None), default=None)
