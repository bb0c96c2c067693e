"""Bays and car parks, and what they say."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from domain.device import AssetState, Device
from domain.kind import Value
from domain.reading import DeviceEvent, Phase, Reading


def device(kind: str, device_id: str, *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    return Device(
        id=device_id,
        kind=kind,
        name=f"车位{device_id}",
        district="370102",
        management_area="370102",
        responsible_unit="济南市公安局",
        state=state,
        attributes=changes,
    )


def bay(device_id: str = "b1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    return device("parking_bay", device_id, state=state, **{"road": "泉城路", "road_class": "branch", **changes})


def lot(device_id: str = "p1", capacity: int = 100, *, state: AssetState = AssetState.IN_SERVICE) -> Device:
    return device("parking_lot", device_id, state=state, **({"capacity": capacity} if capacity else {}))


def says(
    device_id: str,
    at: datetime,
    occupied: bool | None,  # noqa: FBT001 - the state of a bay is what it is
    event: str = "",
    *,
    faults: Iterable[str] = (),
    revision: int = 0,
) -> Reading:
    """What a bay's sensor says; `event`: `Occupied` or `Vacant`, when it tells a change."""
    values: dict[str, Value] = {"battery": 3.6} if occupied is None else {"occupied": occupied}
    events = (DeviceEvent(f"occupancyChangeTo{event}", Phase.ONCE),) if event else ()
    return Reading(
        device_id, "parking_bay", at, at + timedelta(seconds=1), values, tuple(faults), events, None, revision
    )


def counts(
    device_id: str, at: datetime, values: Mapping[str, Value], faults: Iterable[str] = (), revision: int = 0
) -> Reading:
    """What a car park's counter says."""
    return Reading(
        device_id, "parking_lot", at, at + timedelta(seconds=1), values, faults=tuple(faults), revision=revision
    )


def point(device_id: str = "i1", *, state: AssetState = AssetState.IN_SERVICE, **changes: Value) -> Device:
    """A watched stretch of a main road where one may not stop."""
    attributes: dict[str, Value] = {"road": "经十路", "road_class": "arterial", "no_stopping": True}
    return device("illegal_stop", device_id, state=state, **{**attributes, **changes})


def watched(
    device_id: str,
    at: datetime,
    stay: float | None = None,
    *,
    longest: float = 0.0,
    faults: Iterable[str] = (),
    revision: int = 0,
) -> Reading:
    """What the sensor of such a stretch says; `stay`: how long the vehicle stood that just drove off, in minutes."""
    values: dict[str, Value] = {"vehicles": int(longest > 0), "longest_stay": longest}
    values |= {} if stay is None else {"stay": stay}
    return Reading(
        device_id, "illegal_stop", at, at + timedelta(seconds=1), values, faults=tuple(faults), revision=revision
    )
