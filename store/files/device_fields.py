"""The fields of a device, as a flat mapping, become a `Device`. The only place that knows which fields there are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from domain.device import AssetState, Device
from domain.kind import SensorKind, Value
from domain.kinds import KINDS
from domain.ports import DeviceChange
from store.files import values
from store.files.values import Wrong

_POLE = 90
_DATE_LINE = 180
_STATES = tuple(state.value for state in AssetState)


def _state(value: object) -> AssetState:
    return AssetState(values.choice(value, _STATES))


def _latitude(value: object) -> float:
    found = values.number(value)
    if abs(found) > _POLE:
        hint = "; lon and lat seem to stand in each other's place" if abs(found) <= _DATE_LINE else ""
        raise Wrong(f"{found:g} is beyond 90 degrees{hint}")
    return found


_READERS: Mapping[str, Callable[[object], Any]] = {
    "id": values.ident,
    "kind": partial(values.choice, choices=tuple(KINDS)),
    "name": values.text,
    "district": values.district,
    "management_area": values.ident,
    "responsible_unit": values.text,
    "state": _state,
    "lon": partial(values.number, lowest=-_DATE_LINE, highest=_DATE_LINE),
    "lat": _latitude,
    "synthetic": values.truth,
}
REQUIRED = ("id", "kind", "name", "district", "management_area", "responsible_unit")
"""What every device has. What only a kind asks for is in its `AttributeSpec`s."""
TIMES = ("valid_from", "valid_to")
ATTRIBUTES = tuple(dict.fromkeys(spec.name for kind in KINDS.values() for spec in kind.attributes))
"""The attributes of all kinds, each once."""
COLUMNS = (*_READERS, *TIMES, *ATTRIBUTES)
"""Every column that a register file may have, in the order in which files are written."""
_OWN = {
    kind.name: tuple((spec.name, partial(values.attribute, spec=spec), spec.required) for spec in kind.attributes)
    for kind in KINDS.values()
}
_KNOWN = {name: frozenset((*_READERS, *TIMES, *(own for own, _, _ in readers))) for name, readers in _OWN.items()}
"""The fields that a device of a kind may have."""
_ALL = frozenset(COLUMNS)


class Fault(NamedTuple):
    """One mistake in the fields of a device."""

    field: str
    reason: str


class _Taker:
    """Takes fields out of a mapping and remembers every mistake. Null and blank texts mean: not given.

    Blanks around a text are cut off: a road with one at its end would be another road, and nobody could see why.
    """

    def __init__(self, fields: Mapping[str, object]) -> None:
        trimmed = ((name, type(v)(v.strip()) if isinstance(v, str) else v) for name, v in fields.items())
        self.fields = {name: value for name, value in trimmed if value is not None and value != ""}
        self.faults: list[Fault] = []

    def fault(self, field: str, reason: str) -> None:
        self.faults.append(Fault(field, reason))

    def take(self, name: str, read: Callable[[object], Any], *, required: bool = False) -> Any:
        """Return the value, or None if it is not given or wrong."""
        if name not in self.fields:
            if required:
                self.fault(name, "is required")
            return None
        try:
            return read(self.fields[name])
        except Wrong as wrong:
            self.fault(name, str(wrong))
            return None


def read_device(fields: Mapping[str, object]) -> Device | list[Fault]:
    """Return the device that the fields describe, or everything that is wrong with them."""
    taker = _Taker(fields)
    device = _device(taker)
    for name in TIMES:
        if name in taker.fields:
            taker.fault(name, "is not part of a device")
    return taker.faults or device


def read_change(fields: Mapping[str, object], default_from: datetime) -> DeviceChange | list[Fault]:
    """Return the device with the time it is valid for, or everything that is wrong with the fields.

    `default_from` (aware, UTC) stands in for a `valid_from` that is not given.
    """
    taker = _Taker(fields)
    device = _device(taker)
    valid_from = taker.take("valid_from", values.instant) or default_from
    valid_to = taker.take("valid_to", values.instant)
    if valid_to is not None and valid_to <= valid_from:
        taker.fault("valid_to", f"{valid_to.isoformat()} is not after valid_from, {valid_from.isoformat()}")
    return taker.faults or DeviceChange(device, valid_from, valid_to)


def _device(taker: _Taker) -> Device:
    """Return the device; its fields may only be trusted if the taker has found no fault."""
    common = {name: taker.take(name, read, required=name in REQUIRED) for name, read in _READERS.items()}
    for here, there in (("lon", "lat"), ("lat", "lon")):
        if here in taker.fields and there not in taker.fields:
            taker.fault(there, f"is missing: it comes together with {here}")
    own = _attributes(taker, KINDS.get(common["kind"]))
    return Device(
        attributes=own, **{name: value for name, value in common.items() if value is not None or name in REQUIRED}
    )


def _attributes(taker: _Taker, kind: SensorKind | None) -> dict[str, Value]:
    """Return the attributes of the kind; complain of fields that no device, or no device of this kind, has."""
    for name in sorted(taker.fields.keys() - (_KNOWN[kind.name] if kind else _ALL)):
        known = kind is not None and name in ATTRIBUTES
        taker.fault(name, f"is no attribute of a {kind.name}" if kind and known else "is no field of a device")
    if kind is None:
        return {}
    read = {name: taker.take(name, reader, required=required) for name, reader, required in _OWN[kind.name]}
    return {name: value for name, value in read.items() if value is not None}
