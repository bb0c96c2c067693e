"""Garages of Aarhus (CityPulse): occupied spaces, in local time without offset. Some count more cars than they hold."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from simulators.recording_format import Format, Observation, ReplayOptions, id_of, moment, recorded_device, whole

_ZONE: Final = ZoneInfo("Europe/Copenhagen")


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row."""
    garage, capacity = row["garage"].strip(), whole(row, "capacity")
    ident = id_of("pl-aarhus", garage)
    device = recorded_device(ident, "parking_lot", garage, "Aarhus Kommune", {"capacity": capacity})
    values = {"occupied": whole(row, "occupied"), "capacity": capacity}
    return Observation(device, moment(row, "updatetime", options.tz(_ZONE)), values)


FORMAT: Final = Format("parking_aarhus", "Aarhus garages", ("updatetime", "garage", "occupied", "capacity"), observe)
