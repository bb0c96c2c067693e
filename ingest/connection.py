"""One connection to the broker: paho at arm's length.

A new connection is a new paho client, so that an acknowledgement can never reach another connection than the one that
delivered.
"""

import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from domain.bundle import Bundle
from domain.delivery import Source
from domain.errors import JournalFull
from domain.ports import Clock
from ingest.accounting import Ledger
from ingest.inbox import Inbox, Waiting
from ingest.publishes import Run
from ingest.tap import TappedClient
from ingest.topics import SUBSCRIPTIONS, TopicTexts

logger = logging.getLogger(__name__)

_QOS: Final = 1
_CLOSING: Final = 2.0
"""Seconds that a peer gets to take the last bytes before the socket is closed under it."""


@dataclass(frozen=True, slots=True)
class MqttOptions:
    """How to reach the broker. Seconds of the wall. With 3.1.1 only the broker can bound what is in flight."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca_file: str | None = None
    """None = the certificate authorities that the system trusts."""
    cert_file: str | None = None
    key_file: str | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    receive_maximum: int = 5000
    session_expiry: int = 7 * 86400
    keepalive: int = 30
    connect_timeout: float = 10.0
    topics: tuple[str, ...] = SUBSCRIPTIONS


@dataclass(slots=True)
class Seat:
    """What a connection works with: where deliveries go, and whom to wake when its state changes."""

    inbox: Inbox
    ledger: Ledger
    clock: Clock
    wake: Callable[[], None]


class Connection:
    """Connects once, subscribes, hands deliveries over and acknowledges them until it ends. Never reconnects."""

    def __init__(self, options: MqttOptions, tls: ssl.SSLContext | None, epoch: int, seat: Seat) -> None:
        """Prepare; `open` connects."""
        self._options, self._seat, self.epoch = options, seat, epoch
        self._lock = threading.RLock()  # paho may call back on the thread that acknowledges
        self._up = self._taking = False
        self.subscribed = self.ended = self.overflowed = False
        self.session_present = False
        self.error: str | None = None
        self._thread: threading.Thread | None = None
        self._topics = TopicTexts()
        self._client = self._make_client(tls)

    def _make_client(self, tls: ssl.SSLContext | None) -> TappedClient:
        options = self._options
        client = TappedClient(self._on_publishes, options.client_id, modern=options.protocol == "5")
        client.connect_timeout = options.connect_timeout
        if options.username is not None:
            client.username_pw_set(options.username, options.password)
        if tls is not None:
            client.tls_set_context(tls)
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_disconnect = self._on_disconnect
        return client

    # -- the supervisor's side ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and start the network thread. Raises `OSError` or `ValueError` when the broker cannot be reached."""
        options = self._options
        extra: dict[str, Any] = {}
        if options.protocol == "5":
            # Untyped, and its attributes exist only at run time.
            properties = cast("Any", Properties)(PacketTypes.CONNECT)
            properties.ReceiveMaximum = options.receive_maximum
            properties.SessionExpiryInterval = options.session_expiry
            extra = {"clean_start": False, "properties": properties}
        self._taking = True
        self._client.connect(options.host, options.port, options.keepalive, **extra)
        before = set(threading.enumerate())
        self._client.loop_start()
        name = f"paho-mqtt-client-{options.client_id}"
        self._thread = next((t for t in threading.enumerate() if t.name == name and t not in before), None)

    def alive(self) -> bool:
        """Return whether the network thread runs; paho's own flag says yes even when it died."""
        return self._thread is not None and self._thread.is_alive()

    def quiesce(self) -> None:
        """Take no more deliveries; the broker keeps what is not acknowledged."""
        self._taking = False

    def close(self) -> None:
        """Send what is queued and DISCONNECT, end the thread, and let go of everything. Idempotent."""
        self.quiesce()
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
        if self._thread is not None:
            self._thread.join(_CLOSING)
        if (sock := self._client.socket()) is not None:
            with contextlib.suppress(OSError):
                cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)
            sock.close()
        if self._thread is not None:
            self._thread.join(_CLOSING)
        self._down()
        client = self._client  # its callbacks hold us: without them the client goes at once, and its sockets with it
        client.on_connect = client.on_subscribe = client.on_disconnect = None
        client.let_go()

    # -- the writer's side --------------------------------------------------------------------------------------

    def acknowledge(self, mids: Sequence[bytes]) -> bool:
        """Send PUBACKs, in order, if this connection still stands; return whether it does."""
        with self._lock:
            return self._up and self._client.acknowledge(mids)

    # -- the network thread's side: total, no I/O ---------------------------------------------------------------

    def _on_connect(
        self, client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._end(f"the broker refused: {code}")
            return
        with self._lock:
            self._up = True
        self.session_present = flags.session_present
        client.subscribe([(topic, _QOS) for topic in self._options.topics])

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        granted = [code.value for code in codes]
        refused = [topic for topic, qos in zip(self._options.topics, granted, strict=False) if qos != _QOS]
        if refused or len(granted) != len(self._options.topics):
            self._end(f"the broker does not grant QoS 1 for {', '.join(refused) or 'every topic'}")
            return
        self.subscribed = True
        self._seat.wake()

    def _on_publishes(self, run: Run) -> None:
        try:
            if self._taking:
                self._take(run)
        except Exception:
            logger.exception("deliveries_not_taken", extra={"epoch": self.epoch})

    def _take(self, run: Run) -> None:
        """Offer what came in a row, as much of it as there is room for."""
        repeatable = run.qos > 0
        topics = self._topics.of(run.topics)
        bundle = Bundle(topics, run.payloads, self._seat.clock.now(), Source.MQTT, self.epoch)
        space = self._seat.inbox.space(repeatable=repeatable)
        for part, mids in ((bundle[:space], run.mids[:space]), (bundle[space:], run.mids[space:])):
            received = _Received(part, self, mids if repeatable else None)
            if part and not self._seat.inbox.offer(received) and repeatable:
                # Acknowledgements must keep the order: after one that is not taken, nothing is.
                self._taking, self.overflowed = False, True
                self._end("more deliveries in flight than there is room for")
                return

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._down()
        self._end(f"the connection ended: {self._client.malformed or code}")

    def _down(self) -> None:
        with self._lock:
            self._up = False
        self._seat.ledger.forgotten(self._seat.inbox.remove(self._repeats))

    def _repeats(self, waiting: Waiting) -> bool:
        return isinstance(waiting, _Received) and waiting.connection is self and waiting.repeatable

    def _end(self, error: str) -> None:
        self.error = self.error or error
        self.ended = True
        self._seat.wake()


class _Received:
    """Deliveries of a connection. `mids` is None at QoS 0: nobody waits for their acknowledgement."""

    __slots__ = ("bundle", "connection", "mids", "repeatable")

    def __init__(self, bundle: Bundle, connection: Connection, mids: Sequence[bytes] | None) -> None:
        self.bundle, self.connection, self.mids = bundle, connection, mids
        self.repeatable = mids is not None

    def kept(self, first: int) -> bool | None:  # noqa: ARG002 - of `Waiting`; a PUBACK carries no offset
        return None if self.mids is None else self.connection.acknowledge(self.mids)

    def refuse(self, error: JournalFull) -> bool:  # noqa: ARG002 - of `Waiting`; we wait until the journal takes it
        return False
