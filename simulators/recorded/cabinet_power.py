"""Power and voltage of one lighting cabinet, a value a minute, counted from midnight of a day that is not named."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from simulators.recording_format import (
    Format,
    Observation,
    ReplayOptions,
    number,
    recorded_device,
    whole,
)

_ABSENT: Final = frozenset({""})
_CABINET: Final = recorded_device(
    "cab-recorded",
    "lighting_cabinet",
    "recorded cabinet",
    "not stated in the recording",
    {"supply_point": "sp-recorded"},
)


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row."""
    minute = whole(row, "minute")
    found = {"power": number(row, "power_w", _ABSENT), "voltage": number(row, "voltage_v", _ABSENT)}
    values = {name: value for name, value in found.items() if value is not None}
    return Observation(_CABINET, options.midnight() + timedelta(minutes=minute), values)


FORMAT: Final = Format("cabinet_power", "照明配电箱逐分钟功率", ("minute", "power_w", "voltage_v"), observe)
