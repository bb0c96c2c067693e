"""Car parks of German cities: free spaces and capacity, changed values only. Negative and too many are real."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from simulators.recording_format import Format, Observation, ReplayOptions, id_of, moment, recorded_device, whole

_ZONE: Final = ZoneInfo("Europe/Berlin")
_OPERATOR: Final = "not stated in the recording"


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row."""
    lot, capacity = row["lot"].strip(), whole(row, "capacity")
    device = recorded_device(id_of("pl", *lot.split("-")), "parking_lot", lot, _OPERATOR, {"capacity": capacity})
    values = {"free": whole(row, "free"), "capacity": capacity}
    return Observation(device, moment(row, "time", options.tz(_ZONE)), values)


FORMAT: Final = Format("parking_german_lots", "German car parks", ("time", "lot", "free", "capacity"), observe)
