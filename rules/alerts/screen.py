"""Screens: what nearly every reading is, told quickly. Pure.

Most readings speak for their device and nothing is remembered of it: then no rule has anything to do. A screen says so
for one condition in well under a microsecond, where `rules.alerts.judges` makes a case and a finding.
"""

from collections.abc import Callable
from typing import assert_never

from domain.device import Device
from domain.reading import Reading
from rules.alerts.condition import Grade, Grader, Levels, Occurrence, OneDevice, Rate, Silence, State, Stuck, Threshold
from rules.alerts.graders import LAMP_GRADERS, grade
from rules.lighting.lamp import Glow, glow_of, rated_power

Screen = Callable[[Device, Reading], bool]
"""True only of readings in which `judges.breach` finds nothing while no rung is on; of others it may be false, too."""


def screen(condition: OneDevice) -> Screen:
    """Return the screen of a condition. What needs a memory or an attribute is left to the judges."""
    match condition:
        case Threshold():
            return _threshold(condition)
        case State():
            metric, wanted = condition.metric, condition.equals
            return lambda _, reading: reading.values.get(metric) != wanted
        case Grade():
            if condition.against:
                return _nothing
            return _lamp(condition) if condition.grader in LAMP_GRADERS else _grade(condition)
        case Occurrence():
            return lambda _, reading: not reading.faults and not reading.events
        case Rate() | Stuck() | Silence():
            return _nothing
    assert_never(condition)


def _nothing(_device: Device, _reading: Reading) -> bool:
    return False


def _threshold(condition: Threshold) -> Screen:
    metric, (limit, above) = condition.metric, _mildest(condition.levels)

    def clear(_device: Device, reading: Reading) -> bool:
        value = reading.values.get(metric)
        if value is None or isinstance(value, str):
            return True
        return value < limit if above else value > limit

    return clear


def _grade(condition: Grade) -> Screen:
    grader, (limit, above) = condition.grader, _mildest(condition.levels)

    def clear(device: Device, reading: Reading) -> bool:
        value = grade(grader, device, reading)
        return value is None or (value < limit if above else value > limit)

    return clear


def _lamp(condition: Grade) -> Screen:
    """A lamp's grade is 0 or 1, so that what to say of each is known beforehand: these rules see every reading."""
    limit, above = _mildest(condition.levels)
    wanted = Glow.DARK if condition.grader is Grader.LAMP_DARK else Glow.LIT
    wanted_clear, other_clear = (limit > 1.0, limit > 0.0) if above else (limit < 1.0, limit < 0.0)

    def clear(device: Device, reading: Reading) -> bool:
        shown = glow_of(rated_power(device), reading.values)
        return shown is None or (wanted_clear if shown is wanted else other_clear)

    return clear


def _mildest(levels: Levels) -> tuple[float, bool]:
    """Return the limit that breaches first, and whether high values are bad."""
    return (min(levels.raises) if levels.above else max(levels.raises)), levels.above
