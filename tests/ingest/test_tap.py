"""The tap on the socket: whatever the pieces in which a stream comes, PUBLISHes and all else leave it in order."""

import contextlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.publishes import MalformedStream, Run
from ingest.tap import Tap
from tests.support.scripted_broker import packet

NAMES = st.binary(max_size=20)
PAYLOADS = st.one_of(st.binary(max_size=40), st.integers(100, 20_000).map(lambda size: b"x" * size))


def said(qos: int, topic: bytes, payload: bytes, mid: int, properties: bytes | None) -> tuple[str, bytes, bytes, bytes]:
    return ("publish" if qos else "publish 0", topic, payload, mid.to_bytes(2, "big") if qos else b"")


def frame(qos: int, topic: bytes, payload: bytes, mid: int, properties: bytes | None) -> bytes:
    body = len(topic).to_bytes(2, "big") + topic + (mid.to_bytes(2, "big") if qos else b"")
    if properties is not None:
        length = bytes([len(properties)]) if len(properties) < 128 else bytes([len(properties) & 127 | 128, 1])
        body += length + properties
    return packet(3, qos << 1 | (mid & 1) << 3, body + payload)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bool, list[object], bytes]:
    """A stream of MQTT 3.1.1 or 5 and, in order, what it says."""
    modern = draw(st.booleans())
    told: list[object] = []
    stream = b""
    for _ in range(draw(st.integers(0, 12))):
        if draw(st.integers(0, 3)):
            properties = draw(st.binary(max_size=200)) if modern else None
            fields = draw(st.integers(0, 1)), draw(NAMES), draw(PAYLOADS), draw(st.integers(1, 65535)), properties
            told.append(said(*fields))
            stream += frame(*fields)
        else:
            other = packet(draw(st.sampled_from([2, 9, 13, 14])), 0, draw(st.binary(max_size=300)))
            told.append(other)
            stream += other
    return modern, told, stream


class Pieces:
    """A socket whose peer sent a stream in pieces; between two pieces there is nothing to read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]

    def recv(self, _size: int) -> bytes:
        if not self.pieces:
            raise BlockingIOError
        return self.pieces.pop(0)


class Heard:
    """What a tap gave to either side, in the order in which it came."""

    def __init__(self, pieces: Sequence[bytes], *, modern: bool) -> None:
        self.told: list[object] = []
        self._others = b""
        self.socket = Pieces(pieces)
        self.tap = Tap(self.socket, self.take, modern=modern)  # type: ignore[arg-type] # reads, no more

    def take(self, run: Run) -> None:
        self.close()
        name = "publish" if run.qos else "publish 0"
        self.told += [(name, *fields) for fields in zip(run.topics, run.payloads, run.mids, strict=True)]

    def read(self, size: int) -> None:
        while self.socket.pieces or self.tap.pending():
            with contextlib.suppress(BlockingIOError):
                read = self.tap.recv(size)  # takes PUBLISHes on the way
                self._others += read
        self.close()

    def close(self) -> None:
        """Split what paho was given into packets."""
        while self._others:
            shift = length = position = 0
            while True:
                position += 1
                length |= (self._others[position] & 127) << shift
                shift += 7
                if self._others[position] < 128:
                    break
            self.told.append(self._others[: position + 1 + length])
            self._others = self._others[position + 1 + length :]


@given(streams(), st.lists(st.integers(0, 3000), max_size=20), st.integers(1, 50))
def test_any_stream_in_any_pieces_says_the_same_in_the_same_order(
    stream: tuple[bool, list[object], bytes], cuts: list[int], size: int
) -> None:
    modern, told, data = stream
    borders = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[start:end] for start, end in pairwise(borders)]
    heard = Heard(pieces, modern=modern)
    heard.read(size)

    assert heard.told == told


@given(streams())
def test_byte_by_byte_too(stream: tuple[bool, list[object], bytes]) -> None:
    modern, told, data = stream
    data = data[:4000]
    whole = Heard([data], modern=modern)
    whole.read(100)
    bytewise = Heard([data[at : at + 1] for at in range(len(data))], modern=modern)
    bytewise.read(1)

    assert bytewise.told == whole.told
    assert whole.told == told[: len(whole.told)]


@pytest.mark.parametrize(
    ("modern", "data"),
    [
        (False, b"\x32\x01\x00"),  # no room for the length of a topic
        (False, b"\x32\x04\x00\x05ab"),  # the topic is longer than the packet
        (False, b"\x32\x04\x00\x02ab"),  # no packet identifier
        (True, b"\x32\x06\x00\x02ab\x00\x01"),  # no properties
        (True, b"\x32\x07\x00\x02ab\x00\x01\x05"),  # properties longer than the packet
        (False, b"\x30\xff\xff\xff\xff\x01"),  # a length of five bytes
        (False, b"\xd0\xff\xff\xff\xff\x01"),
        (False, b"\x34\x06\x00\x02ab\x00\x01"),  # QoS 2, which was not asked for
    ],
)
def test_what_is_no_mqtt_ends_the_connection(modern: bool, data: bytes) -> None:  # noqa: FBT001
    heard = Heard([data], modern=modern)

    with pytest.raises(MalformedStream):
        heard.read(10)
    assert heard.told == []
