"""The socket of a connection with a tap on it: PUBLISH packets leave by the tap, the rest reaches paho unchanged.

paho keeps the connection, the session and everything rare; its own parser costs about 45 µs for each message.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, cast

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from typing_extensions import override

from ingest.publishes import MalformedStream, Run, length_of, qos_of_publish, walk

CHUNK: Final = 1 << 18
"""Bytes taken from the socket at once."""
_PUBACK: Final = b"\x40\x02"
"""Type and length of a PUBACK that says nothing but success, in MQTT 3.1.1 and 5 alike."""
_QOS: Final = 1


class Taker(Protocol):
    """Who is given the PUBLISHes, on the network thread."""

    def __call__(self, run: Run) -> None:
        """Take PUBLISHes that came in a row."""
        ...


class Tap:
    """Looks like the socket that it wraps. Used by the network thread alone, but for `close` and `shutdown`."""

    def __init__(self, sock: socket.socket | ssl.SSLSocket, take: Taker, *, modern: bool) -> None:
        """Read from `sock`; `modern`: the connection speaks MQTT 5."""
        self._sock, self._take, self._modern = sock, take, modern
        self._data, self._at = b"", 0
        self._others = memoryview(b"")
        self._chunks: list[bytes] = []
        self._missing = 0
        self._paused = False
        self.malformed: str | None = None
        """What is wrong with what came; None while it is MQTT."""

    def recv(self, size: int) -> bytes:
        """Return bytes of packets that are not PUBLISH; empty at the end of the stream.

        Raises:
            BlockingIOError: there are none now.
            OSError: the connection is broken, or what came is no MQTT.
        """
        try:
            if not self._others and not self._advance():
                chunk = self._sock.recv(CHUNK)
                if not chunk:
                    return b""
                if not self._feed(chunk):
                    raise BlockingIOError
        except MalformedStream as error:
            self.malformed = str(error)  # paho says only that the connection is lost
            raise
        taken, self._others = bytes(self._others[:size]), self._others[size:]
        return taken

    def pending(self) -> int:
        """Return more than 0 when there is something to do before the socket has news."""
        if self._others or self._paused:
            return 1
        return self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0

    def _feed(self, chunk: bytes) -> bool:
        """Take in what came; return whether there is something for paho. A long packet is joined once, at its end."""
        self._chunks.append(chunk)
        self._missing -= len(chunk)
        if self._missing > 0:
            return False
        self._data, self._at = b"".join((self._data[self._at :], *self._chunks)), 0
        self._chunks.clear()
        self._paused = True
        return self._advance()

    def _advance(self) -> bool:
        """Hand PUBLISHes over until another packet comes, which becomes paho's, or the bytes run out.

        Order is kept: what follows a packet of paho's waits until paho has read that one.
        """
        if not self._paused:
            return False
        data = self._data
        while self._at < len(data):
            qos = qos_of_publish(data[self._at])
            if qos is None:
                return self._give_other()
            if qos > _QOS:
                raise MalformedStream("a PUBLISH of a QoS that was not asked for")
            run, end = walk(data, self._at, qos, modern=self._modern)
            if end == self._at:
                break
            self._at = end
            self._take(run)
        self._paused = False
        self._expect()
        return False

    def _give_other(self) -> bool:
        found = length_of(self._data, self._at + 1)
        end = None if found is None else found[1] + found[0]
        if end is None or end > len(self._data):
            self._paused = False
            self._expect()
            return False
        self._others = memoryview(self._data)[self._at : end]
        self._at = end
        return True

    def _expect(self) -> None:
        """Note how many bytes the packet that began still needs."""
        found = length_of(self._data, self._at + 1) if self._at < len(self._data) else None
        self._missing = 0 if found is None else found[1] + found[0] - len(self._data)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the socket's."""
        return getattr(self._sock, name)


class TappedClient(Client):
    """paho's client on a tapped socket. `take` is called on the network thread for the PUBLISHes that came in."""

    def __init__(self, take: Callable[[Run], None], ident: str, *, modern: bool) -> None:
        """Prepare; nothing is connected yet. `modern`: MQTT 5 instead of 3.1.1."""
        super().__init__(
            CallbackAPIVersion.VERSION2,
            ident,
            clean_session=None if modern else False,
            protocol=MQTTProtocolVersion.MQTTv5 if modern else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        self.suppress_exceptions = True  # a callback that raises would end the network thread
        self._taker, self._modern = take, modern
        self._tap: Tap | None = None

    def acknowledge(self, mids: Sequence[bytes]) -> bool:
        """Let the network thread send PUBACKs, in order, as one write; return whether there is a connection."""
        if self.socket() is None:
            return False
        packets = _PUBACK + _PUBACK.join(mids)
        return self._packet_queue(0x40, packets, 0, _QOS) is MQTTErrorCode.MQTT_ERR_SUCCESS

    @property
    def malformed(self) -> str | None:
        """What is wrong with what came; None while it is MQTT."""
        return self._tap.malformed if self._tap is not None else None

    def let_go(self) -> None:
        """Forget who takes PUBLISHes, so that the two do not hold each other."""
        self._taker = _nobody

    @override
    def _create_socket(self) -> Any:
        self._tap = Tap(cast("socket.socket", super()._create_socket()), self._taken, modern=self._modern)
        return self._tap

    def _taken(self, run: Run) -> None:
        self._last_bytes_received = time.monotonic()  # as paho notes it: a PINGRESP may stand behind many PUBLISHes
        self._taker(run)


def _nobody(_run: Run) -> None:
    """The connection was closed."""
