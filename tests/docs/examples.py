"""Runs the payloads that the documentation shows through the real decoder."""

from datetime import UTC, datetime, timedelta

from domain.delivery import Decoded, Delivery, Journaled
from domain.device import Device, DeviceVersion
from domain.register import Register
from ingest.decode import Decoder

NOW = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
"""When the examples arrive: the evening that they speak of."""
KIND_BY_PREFIX = {
    "AIR": "air_station",
    "BAY": "parking_bay",
    "BODY": "black_odorous_point",
    "CAB": "lighting_cabinet",
    "LAMP": "streetlight",
    "SEC": "river_section",
    "STOP": "illegal_stop",
}


def _device(device_id: str) -> Device:
    kind = KIND_BY_PREFIX[device_id.partition("-")[0]]
    return Device(device_id, kind, device_id, district="370102", management_area="370102", responsible_unit="test")


_IDS = ("AIR-1", "BAY-1", "BODY-1", "CAB-1", "LAMP-1", "LAMP-2", "SEC-1", "STOP-1")
_REGISTER = Register.of(DeviceVersion(_device(i), NOW - timedelta(days=900), None, NOW) for i in _IDS)


def decode(topic: str, payload: bytes) -> Decoded:
    """Decode a payload as it would be on the evening of the examples."""
    return Decoder(lambda: _REGISTER).decode(Journaled(0, Delivery(topic, payload, NOW)))
