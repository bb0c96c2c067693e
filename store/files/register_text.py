"""A register as the text of a file. Times in UTC; what is not known of a device is left out."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domain.ports import DeviceChange
from store.files.device_fields import COLUMNS


def to_csv(changes: Iterable[DeviceChange]) -> str:
    """Return a CSV file with the columns that any of the devices needs."""
    rows = [_fields(change) for change in changes]
    used = {name for row in rows for name in row}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [name for name in COLUMNS if name in used], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def to_geojson(changes: Iterable[DeviceChange]) -> str:
    """Return a GeoJSON file (RFC 7946) with one feature a line."""
    features = ",\n".join(json.dumps(_feature(change), ensure_ascii=False, allow_nan=False) for change in changes)
    return f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}\n'


def _feature(change: DeviceChange) -> dict[str, Any]:
    properties = _fields(change)
    position = [properties.pop(name, None) for name in ("lon", "lat")]
    geometry = None if None in position else {"type": "Point", "coordinates": position}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _fields(change: DeviceChange) -> dict[str, Any]:
    """Return the fields of a device by the names of the columns; those without a value are left out."""
    device = change.device
    fields = {
        "id": device.id,
        "kind": device.kind,
        "name": device.name,
        "district": device.district,
        "management_area": device.management_area,
        "responsible_unit": device.responsible_unit,
        "state": device.state.value,
        "lon": device.lon,
        "lat": device.lat,
        "synthetic": device.synthetic,
        "valid_from": _rfc3339(change.valid_from),
        "valid_to": None if change.valid_to is None else _rfc3339(change.valid_to),
        **device.attributes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
