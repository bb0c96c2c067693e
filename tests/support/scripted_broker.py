"""The broker's end of an MQTT connection, played by the test packet by packet: it can drop the link at any byte."""

import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 14
MQTT_5 = 5
_PATIENCE = 20


class Packet(NamedTuple):
    """A packet as it came: its type, its flags, and everything after the length."""

    type: int
    flags: int
    body: bytes


def packet(kind: int, flags: int, body: bytes) -> bytes:
    """Return a packet with its fixed header."""
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (0x80 if rest else 0))
        if not rest:
            return bytes([kind << 4 | flags]) + bytes(length) + body


def publish(mid: int, payload: bytes, topic: bytes, level: int = MQTT_5, qos: int = 1) -> bytes:
    """Return a PUBLISH."""
    head = struct.pack("!H", len(topic)) + topic + (struct.pack("!H", mid) if qos else b"")
    return packet(PUBLISH, qos << 1, head + (b"\0" if level == MQTT_5 else b"") + payload)


@dataclass
class Connect:
    """What a CONNECT said."""

    level: int
    flags: int
    keepalive: int
    properties: bytes
    fields: list[bytes]

    @classmethod
    def read(cls, body: bytes) -> "Connect":
        assert body[:6] == b"\0\4MQTT"
        level, flags, keepalive = struct.unpack_from("!BBH", body, 6)
        at = 10
        properties = b""
        if level == MQTT_5:
            properties = body[at + 1 : at + 1 + body[at]]
            at += 1 + body[at]
        fields = []
        while at < len(body):
            (length,) = struct.unpack_from("!H", body, at)
            fields.append(body[at + 2 : at + 2 + length])
            at += 2 + length
        return cls(level, flags, keepalive, properties, fields)


@dataclass
class Peer:
    """One accepted connection. Reading fails the test after a while."""

    sock: socket.socket
    connect: Connect | None = None
    _pending: bytes = field(default=b"")

    def receive(self) -> Packet:
        """Return the next packet. Raises `EOFError` when the client has closed."""
        first = self._exactly(1)[0]
        length = shift = 0
        while True:
            digit = self._exactly(1)[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return Packet(first >> 4, first & 0x0F, self._exactly(length))

    def _exactly(self, count: int) -> bytes:
        while len(self._pending) < count:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise EOFError
            self._pending += chunk
        taken, self._pending = self._pending[:count], self._pending[count:]
        return taken

    def nothing_came(self) -> bool:
        """Return whether the client has sent nothing that was not read."""
        self.sock.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            self._pending += self.sock.recv(65536)
        self.sock.settimeout(_PATIENCE)
        return not self._pending

    def read_to_the_end(self) -> None:
        """Read until the client has closed the connection."""
        with contextlib.suppress(EOFError, ConnectionError):
            while self.receive():
                pass

    def send(self, *packets: bytes) -> None:
        self.sock.sendall(b"".join(packets))

    @property
    def level(self) -> int:
        assert self.connect is not None
        return self.connect.level

    def greet(self) -> Connect:
        """Read the first packet, which must be a CONNECT."""
        first = self.receive()
        assert first.type == CONNECT, first
        self.connect = Connect.read(first.body)
        return self.connect

    def connack(self, code: int = 0, *, session_present: bool = True) -> bytes:
        tail = b"\0" if self.level == MQTT_5 else b""
        return packet(CONNACK, 0, bytes([session_present and not code, code]) + tail)

    def suback(self, mid: bytes, *codes: int) -> bytes:
        return packet(SUBACK, 0, mid + (b"\0" if self.level == MQTT_5 else b"") + bytes(codes))

    def shake_hands(self, *, session_present: bool = True) -> Connect:
        """CONNECT, CONNACK, SUBSCRIBE, SUBACK: the client is in session."""
        connect = self.greet()
        self.send(self.connack(session_present=session_present))
        self.send(self.suback(self.subscription().body[:2], 1, 1, 1))
        return connect

    def subscription(self) -> Packet:
        subscribe = self.receive()
        assert subscribe.type == SUBSCRIBE, subscribe
        return subscribe

    def publish(self, mid: int, payload: bytes = b"{}", topic: bytes = b"city/v1/x", qos: int = 1) -> None:
        self.send(publish(mid, payload, topic, self.level, qos))

    def puback(self) -> int:
        """Read the next packet, which must be a PUBACK, and return its message id."""
        got = self.receive()
        assert got.type == PUBACK, got
        return int.from_bytes(got.body[:2], "big")

    def drop(self) -> None:
        """Cut the link without a word."""
        self.sock.close()


class ScriptedBroker:
    """Listens on a free loopback port; the test accepts and plays each connection itself."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_PATIENCE)
        self._tls = tls
        self._peers: list[Peer] = []
        self.port: int = self._listener.getsockname()[1]

    def accept(self) -> Peer:
        """Wait for the next connection."""
        sock, _ = self._listener.accept()
        sock.settimeout(_PATIENCE)
        if self._tls is not None:
            sock = self._tls.wrap_socket(sock, server_side=True)
        self._peers.append(Peer(sock))
        return self._peers[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for peer in self._peers:
            peer.drop()
        self._listener.close()
