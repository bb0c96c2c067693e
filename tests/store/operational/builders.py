"""Small makers of what the operational database keeps."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from domain.device import AssetState, Device
from domain.kind import Value

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def hours(count: float) -> datetime:
    return T0 + timedelta(hours=count)


def lamp(
    ident: str = "SL-1",
    name: str = "经十路 1 号灯",
    state: AssetState = AssetState.IN_SERVICE,
    attributes: Mapping[str, Value] | None = None,
    kind: str = "streetlight",
) -> Device:
    own: Mapping[str, Value] = {
        "road": "经十路",
        "road_class": "arterial",
        "supply_point": "SP-1",
        "lighting_use": "functional",
        "rated_power": 150.0,
        "underpass": False,
    }
    return Device(ident, kind, name, "370102", "370102", "照明中心", state, 117.02, 36.65, attributes=attributes or own)
