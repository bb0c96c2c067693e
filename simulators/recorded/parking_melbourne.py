"""Kerbside bay sensors of the City of Melbourne: a snapshot of the last change of each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from domain.kind import Value
from simulators.recording_format import (
    Format,
    Observation,
    ReplayOptions,
    UnusableRow,
    choice,
    id_of,
    moment,
    recorded_device,
)

_STATES: Final[Mapping[str, Value]] = {"Present": True, "Unoccupied": False}
_ZONE: Final = ZoneInfo("Australia/Melbourne")


def observe(row: Mapping[str, str], options: ReplayOptions) -> Observation:
    """Return the reading of one row. Its instant is that of the sensor's status, not of the table's update."""
    kerbside, zone = row["KerbsideID"].strip(), row["Zone_Number"].strip()
    if not kerbside:
        raise UnusableRow("KerbsideID", "is empty")
    attributes = {"lot": f"melbourne-{zone}"} if zone else {}
    name = f"Kerbside {kerbside}"
    device = recorded_device(id_of("pb-melbourne", kerbside), "parking_bay", name, "City of Melbourne", attributes)
    lat, lon = _position(row["Location"])
    values = {"occupied": choice(row, "Status_Description", _STATES)}
    at = moment(row, "Status_Timestamp", options.tz(_ZONE))
    return Observation(replace(device, lat=lat, lon=lon), at, values)


def _position(text: str) -> tuple[float | None, float | None]:
    """Read `lat, lon`; a bay without place is still a bay."""
    if not text.strip():
        return None, None
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise UnusableRow("Location", f"{text!r} is no `latitude, longitude`") from None
    return lat, lon


FORMAT: Final = Format(
    "parking_melbourne",
    "City of Melbourne on-street parking bay sensors",
    ("Lastupdated", "Status_Timestamp", "Zone_Number", "Status_Description", "KerbsideID", "Location"),
    observe,
)
