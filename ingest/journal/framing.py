"""Deliveries as one blob: a mark, then bundles: header, two columns of lengths, topics, payloads. Pure.

Journals written before had a header for each delivery and no mark; they are still read.
"""

import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from struct import Struct
from typing import Final, TypeVar

from domain.bundle import Bundle, bundled
from domain.delivery import Delivery, Source
from domain.instants import instant_of, micros

_MARK: Final = Struct("<q").pack(-(2**63))
"""An arrival that no delivery can have: where the older form has the first arrival."""
_HEADER: Final = Struct("<qqBII")
"""Arrival in µs since 1970 UTC, connection epoch, source, number of deliveries, bytes of all topics.

In the older form: arrival, epoch, source, length of topic, length of payload."""
_CODES: Final = {Source.MQTT: 0, Source.HTTP: 1, Source.REPLAY: 2}
_SOURCES: Final = {code: source for source, code in _CODES.items()}
T = TypeVar("T", str, bytes)
_LENGTH: Final = 4
"""Bytes of a length in a column; little-endian."""


def pack(deliveries: Sequence[Delivery]) -> bytes:
    """Return the deliveries as one blob."""
    parts = [_MARK]
    for bundle in bundled(deliveries):
        topics = "".join(bundle.topics).encode("utf-8", "surrogatepass")  # a topic of any door must survive
        source = _CODES[bundle.source]
        header = _HEADER.pack(micros(bundle.arrival), bundle.epoch, source, len(bundle), len(topics))
        parts += (header, _column(bundle.topics), _column(bundle.payloads), topics, *bundle.payloads)
    return b"".join(parts)


def unpack(blob: bytes, skip: int = 0) -> Iterator[tuple[int, Bundle]]:
    """Yield the bundles of a blob that do not end before its delivery number `skip`, with the number of their first.

    Raises:
        ValueError, struct.error, KeyError: the blob is damaged.
    """
    if not blob.startswith(_MARK):
        yield from _unpack_older(blob, skip)
        return
    position, first = len(_MARK), 0
    while position < len(blob):
        arrival, epoch, source, count, topic_bytes = _HEADER.unpack_from(blob, position)
        lengths = position + _HEADER.size
        topics_at = lengths + 2 * _LENGTH * count
        sizes = _lengths(blob[lengths + _LENGTH * count : topics_at])
        payloads_at = topics_at + topic_bytes
        position = payloads_at + sum(sizes)
        if position > len(blob):
            raise ValueError("the blob ends inside a bundle")
        if first + count > skip:
            text = blob[topics_at:payloads_at].decode("utf-8", "surrogatepass")
            topics = _cut(text, _lengths(blob[lengths : lengths + _LENGTH * count]), 0)
            payloads = _cut(blob, sizes, payloads_at)
            yield first, Bundle(topics, payloads, instant_of(arrival), _SOURCES[source], epoch)
        first += count


def _column(items: Sequence[str] | Sequence[bytes]) -> bytes:
    """Return lengths as a column; those of topics count characters."""
    lengths = array("I", map(len, items))
    if sys.byteorder == "big":
        lengths.byteswap()
    return lengths.tobytes()


def _lengths(column: bytes) -> "array[int]":
    lengths = array("I")
    lengths.frombytes(column)
    if sys.byteorder == "big":
        lengths.byteswap()
    return lengths


def _cut(text: T, lengths: "array[int]", start: int) -> list[T]:
    return [text[begin:end] for begin, end in pairwise(accumulate(lengths, initial=start))]


def _unpack_older(blob: bytes, skip: int) -> Iterator[tuple[int, Bundle]]:
    position = number = 0
    while position < len(blob):
        arrival, epoch, source, topic_length, payload_length = _HEADER.unpack_from(blob, position)
        topic_end = position + _HEADER.size + topic_length
        if number >= skip:
            topic = blob[position + _HEADER.size : topic_end].decode("utf-8", "surrogatepass")
            payload = blob[topic_end : topic_end + payload_length]
            yield number, Bundle((topic,), (payload,), instant_of(arrival), _SOURCES[source], epoch)
        position, number = topic_end + payload_length, number + 1
