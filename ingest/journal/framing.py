"""Deliveries as one blob: a fixed header per delivery, then its topic and its payload. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

from domain.delivery import Delivery, Source

_HEADER: Final = Struct("<qqBII")
"""Arrival in µs since 1970 UTC, connection epoch, source, length of topic, length of payload."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CODES: Final = {Source.MQTT: 0, Source.HTTP: 1, Source.REPLAY: 2}
_SOURCES: Final = {code: source for source, code in _CODES.items()}


def micros(instant: datetime) -> int:
    """Return an aware instant as µs since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def pack(deliveries: Sequence[Delivery]) -> bytes:
    """Return the deliveries as one blob."""
    parts: list[bytes] = []
    for delivery in deliveries:
        topic = delivery.topic.encode("utf-8", "surrogatepass")  # a topic of any door must survive
        header = _HEADER.pack(
            micros(delivery.arrival), delivery.epoch, _CODES[delivery.source], len(topic), len(delivery.payload)
        )
        parts += (header, topic, delivery.payload)
    return b"".join(parts)


def unpack(blob: bytes, skip: int = 0) -> Iterator[Delivery]:
    """Yield the deliveries of a blob, without the first `skip`.

    Raises:
        struct.error: the blob ends inside a header.
    """
    position = 0
    while position < len(blob):
        arrival, epoch, source, topic_length, payload_length = _HEADER.unpack_from(blob, position)
        topic_end = position + _HEADER.size + topic_length
        if skip:
            skip -= 1
        else:
            topic = blob[position + _HEADER.size : topic_end].decode("utf-8", "surrogatepass")
            payload = blob[topic_end : topic_end + payload_length]
            yield Delivery(topic, payload, _EPOCH + arrival * _MICROSECOND, _SOURCES[source], epoch)
        position = topic_end + payload_length
