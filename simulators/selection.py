"""Which devices a fault of a scenario hits: named ones, or a share or number drawn by seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.device import Device
from simulators.faults import FaultKind
from simulators.noise import key_of

_LAMPS: Final = {FaultKind.DARK_LAMP, FaultKind.DAY_BURNING}
_ON_THE_WAY: Final = {FaultKind.DUPLICATES, FaultKind.REORDERING, FaultKind.GARBAGE_PAYLOAD}


@dataclass(frozen=True, slots=True)
class Selection:
    """One of `device`, `supply_point`, `gateway`, `count`, `share` says which; the others narrow what is drawn from."""

    device: str | None = None
    supply_point: str | None = None
    gateway: str | None = None
    count: int | None = None
    share: float | None = None
    """Of all that are eligible, rounded, but one at least."""
    seed: int = 0
    kind: str | None = None
    road_class: str | None = None
    district: str | None = None


def hit(fault: FaultKind, selection: Selection, devices: Sequence[Device]) -> set[str]:
    """Return the ids that carry the fault: of devices, and for faults on the way of their senders.

    Raises:
        ValueError: nothing matches; the message says what was looked for.
    """
    units = _units(fault, devices, selection)
    named = _named(selection)
    if named:
        what, wanted = named
        chosen = {unit for unit, members in units.items() if any(_is(d, what, wanted) for d in members)}
    else:
        chosen = set(_drawn(selection, fault, list(units)))
    if not chosen:
        sought = f"{named[0]} {named[1]!r}" if named else "device like this"
        raise ValueError(f"there is no {sought} that a {fault.value} could happen to")
    return {ident for unit in chosen for ident in _carriers(fault, unit, units[unit])}


def _units(fault: FaultKind, devices: Sequence[Device], selection: Selection) -> dict[str, list[Device]]:
    """Return what the fault happens to, with its devices: supply points, gateways, senders, or single devices."""
    roads = {d.text("supply_point"): d.text("road_class") for d in devices if d.kind == "streetlight"}
    units: dict[str, list[Device]] = {}
    for device in devices:
        road_class = device.text("road_class") or roads.get(device.text("supply_point"), "")
        if _eligible(fault, device) and _fits(selection, device, road_class):
            units.setdefault(_unit(fault, device), []).append(device)
    return units


def _eligible(fault: FaultKind, device: Device) -> bool:
    if fault in _LAMPS:
        return device.kind == "streetlight"
    if fault is FaultKind.TRIPPED_CABINET:
        return bool(device.text("supply_point"))
    return fault is not FaultKind.SILENT_GATEWAY or bool(device.text("gateway"))


def _fits(selection: Selection, device: Device, road_class: str) -> bool:
    return (
        selection.kind in {None, device.kind}
        and selection.road_class in {None, road_class}
        and selection.district in {None, device.district}
    )


def _unit(fault: FaultKind, device: Device) -> str:
    if fault is FaultKind.TRIPPED_CABINET:
        return device.text("supply_point")
    if fault is FaultKind.SILENT_GATEWAY:
        return device.text("gateway")
    return _sender(device) if fault in _ON_THE_WAY else device.id


def _sender(device: Device) -> str:
    return device.text("gateway") or device.id if device.kind == "streetlight" else device.id


def _carriers(fault: FaultKind, unit: str, members: Sequence[Device]) -> set[str]:
    """A gateway's silence is also that of the cabinet beside it, which speaks through it."""
    if fault is FaultKind.SILENT_GATEWAY:
        return {unit, *(_sender(d) for d in members)}
    return {unit} if fault in _ON_THE_WAY else {d.id for d in members}


def _named(selection: Selection) -> tuple[str, str] | None:
    for what in ("device", "supply_point", "gateway"):
        value: str | None = getattr(selection, what)
        if value is not None:
            return what, value
    return None


def _is(device: Device, what: str, wanted: str) -> bool:
    return wanted == (device.id if what == "device" else device.text(what))


def _drawn(selection: Selection, fault: FaultKind, units: list[str]) -> list[str]:
    units.sort(key=lambda unit: (key_of(selection.seed, fault.value, unit), unit))
    number = selection.count if selection.count is not None else max(1, round((selection.share or 0) * len(units)))
    return units[:number]
