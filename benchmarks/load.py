"""Send many messages to a broker, quickly or at a rate: packets made beforehand and written to the socket as a stream.

A publishing client library takes longer than what is measured; here a window of packets goes out, then its PUBACKs
are read (MQTT 3.1.1: four bytes each).
"""

import socket
import time
from collections.abc import Iterable
from itertools import islice
from typing import Final

WINDOW: Final = 10_000
_CONNECT: Final = b"\x00\x04MQTT\x04\x02\x00\x3c"
_PUBACK: Final = 4
_PORTION_S: Final = 0.02


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
        _connect(link, client)
        window: list[bytes] = []
        for topic, payload in messages:
            window.append(publish_packet(len(window) + 1, topic, payload))
            if len(window) == WINDOW:
                count += _hand_over(link, window)
                window = []
        count += _hand_over(link, window)
        link.sendall(b"\xe0\x00")
    return count


def steady(host: str, port: int, messages: Iterable[tuple[str, bytes]], rate: int) -> list[tuple[float, int]]:
    """Publish everything at QoS 1 at `rate` messages a second, in portions of 20 ms, or as fast as the broker takes it.

    Returns when (`time.perf_counter`) each portion began to be sent, and how many messages had been sent after it.
    Raises `OSError`.
    """
    sent: list[tuple[float, int]] = []
    with socket.create_connection((host, port), timeout=120) as link:
        _connect(link, "flow")
        begin, rest, count = time.perf_counter(), iter(messages), 0
        while portion := list(islice(rest, max(1, round(rate * _PORTION_S)))):
            time.sleep(max(0.0, begin + count / rate - time.perf_counter()))
            window = [publish_packet(n, topic, payload) for n, (topic, payload) in enumerate(portion, 1)]
            now = time.perf_counter()
            count += _hand_over(link, window)
            sent.append((now, count))
        link.sendall(b"\xe0\x00")
    return sent


def _connect(link: socket.socket, client: str) -> None:
    link.sendall(packet(0x10, _CONNECT + len(client).to_bytes(2, "big") + client.encode()))
    _read(link, 4)


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
