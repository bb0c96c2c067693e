"""Queue many messages at a broker quickly: packets made beforehand and written to the socket as one stream.

A publishing client library takes longer than what is measured; here a window of packets goes out, then its PUBACKs
are read (MQTT 3.1.1: four bytes each).
"""

import socket
from collections.abc import Iterable
from typing import Final

WINDOW: Final = 10_000
_CONNECT: Final = b"\x00\x04MQTT\x04\x02\x00\x3c"
_PUBACK: Final = 4


def packet(first: int, body: bytes) -> bytes:
    """Return an MQTT packet: its first byte, the length, the body."""
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (0x80 if rest else 0))
        if not rest:
            return bytes([first]) + bytes(length) + body


def publish_packet(mid: int, topic: str, payload: bytes) -> bytes:
    """Return a PUBLISH of QoS 1."""
    name = topic.encode()
    return packet(0x32, len(name).to_bytes(2, "big") + name + mid.to_bytes(2, "big") + payload)


def queue(host: str, port: int, messages: Iterable[tuple[str, bytes]], client: str = "load") -> int:
    """Publish all at QoS 1, as a client of this id; return how many messages the broker took. Raises `OSError`."""
    count = 0
    with socket.create_connection((host, port), timeout=120) as link:
        link.sendall(packet(0x10, _CONNECT + len(client).to_bytes(2, "big") + client.encode()))
        _read(link, 4)
        window: list[bytes] = []
        for topic, payload in messages:
            window.append(publish_packet(len(window) + 1, topic, payload))
            if len(window) == WINDOW:
                count += _hand_over(link, window)
                window = []
        count += _hand_over(link, window)
        link.sendall(b"\xe0\x00")
    return count


def _hand_over(link: socket.socket, window: list[bytes]) -> int:
    link.sendall(b"".join(window))
    _read(link, _PUBACK * len(window))
    return len(window)


def _read(link: socket.socket, length: int) -> None:
    while length:
        got = link.recv(min(length, 1 << 16))
        if not got:
            raise ConnectionError("the broker ended the connection")
        length -= len(got)
