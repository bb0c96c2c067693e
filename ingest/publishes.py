"""PUBLISH packets read from the stream of an MQTT connection, many at a time. Pure; knows MQTT 3.1.1 and 5.

A client library makes several objects and calls for each message; this walks over the bytes once. Everything that is
not a PUBLISH of QoS 0 or 1 is left where it is, for the client library.
"""

from typing import Final, NamedTuple

_PUBLISH: Final = 0x30
_FLAGS: Final = 0xF6
"""The type and the QoS of a packet; whether it is a repeat (DUP) or retained does not matter here."""
_MORE: Final = 0x80
_LENGTH_BYTES: Final = 4


class MalformedStream(OSError):
    """The broker's bytes are no MQTT: an `OSError`, since the connection is of no more use."""


class Run(NamedTuple):
    """PUBLISHes of one QoS that came in a row, as columns. `mids` are the two bytes of each packet identifier."""

    qos: int
    topics: list[bytes]
    payloads: list[bytes]
    mids: list[bytes]


def length_of(data: bytes, at: int) -> tuple[int, int] | None:
    """Return the remaining length that stands at `at` and where it ends; None when it is not all there.

    Raises:
        MalformedStream: it has more than four bytes.
    """
    length = shift = 0
    for position in range(at, min(at + _LENGTH_BYTES, len(data))):
        digit = data[position]
        length |= (digit & ~_MORE) << shift
        if digit < _MORE:
            return length, position + 1
        shift += 7
    if at + _LENGTH_BYTES <= len(data):
        raise MalformedStream("the length of a packet has more than four bytes")
    return None


def walk(data: bytes, at: int, qos: int, *, modern: bool) -> tuple[Run, int]:
    """Collect the whole PUBLISHes of one QoS (0 or 1) that stand at `at`; return them and where they end.

    `modern`: the connection speaks MQTT 5, whose PUBLISH has properties.

    Raises:
        MalformedStream: a PUBLISH is shorter than what it must hold.
    """
    run = Run(qos, [], [], [])
    try:
        return run, _walk(data, at, run, modern=modern)
    except IndexError:
        raise MalformedStream("a PUBLISH ends inside its header") from None


def _walk(data: bytes, at: int, run: Run, *, modern: bool) -> int:
    """The hot path: one turn per message."""
    _, topics, payloads, mids = run
    wanted, mid_bytes = _PUBLISH | run.qos << 1, 2 if run.qos else 0
    last = len(data) - 1
    while at < last and data[at] & _FLAGS == wanted:
        length, body = data[at + 1], at + 2
        if length >= _MORE:
            found = length_of(data, at + 1)
            if found is None:
                break
            length, body = found
        following = body + length
        if following > last + 1:
            break
        topic_end = body + 2 + (data[body] << 8 | data[body + 1])
        start = topic_end + mid_bytes
        if modern:
            start += 1 + data[start] if data[start] < _MORE else _properties(data, start)
        if start > following:
            raise MalformedStream("a PUBLISH ends inside its header")
        topics.append(data[body + 2 : topic_end])
        mids.append(data[topic_end : topic_end + mid_bytes])
        payloads.append(data[start:following])
        at = following
    return at


def _properties(data: bytes, at: int) -> int:
    """Return how many bytes long properties take, their length included."""
    found = length_of(data, at)
    if found is None:
        raise MalformedStream("a PUBLISH ends inside its properties")
    length, end = found
    return end + length - at


def qos_of_publish(first: int) -> int | None:
    """Return the QoS of a packet by its first byte if it is a PUBLISH; else None."""
    return first >> 1 & 3 if first & 0xF0 == _PUBLISH else None
