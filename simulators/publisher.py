"""Publishes to a broker over few connections: QoS 1, bounded in flight, reconnecting with back-off and jitter.

A message that was handed over is sent again until the broker acknowledges it, also over a new connection.
"""

import logging
import random
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from domain.errors import ConfigError, Problem
from simulators.wire import Message

logger = logging.getLogger(__name__)

_FIRST_DELAY_S: Final = (1, 3)
_LONGEST_DELAY_S: Final = 30
_POLL_S: Final = 0.1
_HEARD: Final = 10_000
"""Questions that may wait; the oldest are forgotten, they are asked again."""
_VERSIONS: Final = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}


@dataclass(frozen=True, slots=True)
class Broker:
    """How to reach the broker. The password never stands in a log."""

    host: str = "127.0.0.1"
    port: int = 1883
    client_id: str = "quanyan-fleet"
    protocol: Literal["5", "3.1.1"] = "3.1.1"
    """The embedded broker of the trial run speaks 3.1.1 only."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: int = 60
    connections: int = 4
    window: int = 200
    """Messages in flight per connection."""
    listens: str | None = None
    """A topic filter that the first connection listens to: questions to gateways."""


class Publisher:
    """Several connections to one broker. `publish` is for one thread; `start`, `stop`, `alive` for any."""

    def __init__(self, broker: Broker, wills: Sequence[str] = ()) -> None:
        """Connect later, in `start`. `wills`: the status topic that each connection's last will says offline on.

        Raises:
            ConfigError: a TLS file is missing or wrong.
        """
        self._links = [_Link(broker, n, wills[n] if n < len(wills) else None) for n in range(broker.connections)]

    @property
    def lanes(self) -> int:
        """How many connections there are; messages of one lane travel in order, unless the connection is lost."""
        return len(self._links)

    def start(self) -> None:
        """Begin to connect; the broker may still be away."""
        for link in self._links:
            link.start()

    def publish(self, message: Message, lane: int, give_up: Callable[[], bool]) -> bool:
        """Hand a message over; wait while its connection is down or full. False if `give_up()` became true."""
        return self._links[lane % len(self._links)].publish(message, give_up)

    def settle(self) -> list[Message]:
        """Return the messages that the broker has acknowledged since the last call."""
        return [message for link in self._links for message in link.settle()]

    def heard(self) -> list[tuple[str, bytes]]:
        """Return topic and payload of what was heard since the last call."""
        heard = self._links[0].heard
        return [heard.popleft() for _ in range(len(heard))]

    def idle(self, timeout: float) -> bool:
        """Wait until everything is acknowledged, at most `timeout` seconds; return whether it is."""
        return all(link.idle(timeout) for link in self._links)

    def stop(self) -> None:
        """Disconnect in good order; what is not acknowledged by now is given up, and stays counted as in flight."""
        for link in self._links:
            link.stop()

    def alive(self) -> bool:
        """Return whether every connection is up or being brought up."""
        return all(link.alive() for link in self._links)

    def state(self) -> dict[str, int]:
        """Return connections that are up, messages in flight, refused by the broker, and how often we reconnected."""
        return {
            "connected": sum(link.connected.is_set() for link in self._links),
            "in_flight": sum(link.in_flight for link in self._links),
            "refused": sum(link.refused for link in self._links),
            "reconnects": sum(link.reconnects for link in self._links),
        }


class _Link:
    """One connection. paho keeps it up in a thread of its own; its callbacks here cannot raise."""

    def __init__(self, broker: Broker, number: int, will: str | None) -> None:
        self._broker = broker
        self._name = f"{broker.client_id}-{number}"
        self._client = _client(broker, self._name, will)
        self._client.on_connect, self._client.on_disconnect = self._on_connect, self._on_disconnect
        self._client.on_publish, self._client.on_message = self._on_publish, self._on_message
        self._listens = broker.listens if number == 0 else None
        self.heard: deque[tuple[str, bytes]] = deque(maxlen=_HEARD)
        self._room = threading.BoundedSemaphore(broker.window)
        self._waiting: dict[int, Message] = {}
        self._answers: deque[tuple[int, bool]] = deque()
        self._answered = threading.Event()
        self._connections = 0
        self.connected = threading.Event()
        self.refused = 0
        self._refusal = ""

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    @property
    def reconnects(self) -> int:
        return max(0, self._connections - 1)

    def start(self) -> None:
        self._back_off()
        self._client.connect_async(self._broker.host, self._broker.port, self._broker.keepalive_s)
        self._client.loop_start()

    def alive(self) -> bool:
        """The thread decides: paho's own `is_connected` stays true when its thread has died."""
        return any(t.name == f"paho-mqtt-client-{self._name}" for t in threading.enumerate())

    def publish(self, message: Message, give_up: Callable[[], bool]) -> bool:
        """Wait for the connection too: what paho keeps while there is none would be overtaken afterwards."""
        while not self.connected.wait(_POLL_S):
            if give_up():
                return False
        while not self._room.acquire(timeout=_POLL_S):
            if give_up():
                return False
        info = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        self._waiting[info.mid] = message
        return True

    def settle(self) -> list[Message]:
        """No lock on purpose: paho calls back while it holds one of its own that `publish` needs."""
        done = []
        for _ in range(len(self._answers)):
            mid, refused = self._answers.popleft()
            message = self._waiting.pop(mid, None)
            if message is None:  # answered before `publish` could note it: look again next time
                self._answers.append((mid, refused))
            elif refused:
                self.refused += 1
            else:
                done.append(message)
        return done

    def idle(self, timeout: float) -> bool:
        for _ in range(max(1, int(timeout / _POLL_S))):
            if len(self._answers) >= len(self._waiting):
                return True
            self._answered.clear()
            self._answered.wait(_POLL_S)
        return len(self._answers) >= len(self._waiting)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self.connected.clear()

    def _back_off(self) -> None:
        """Draw the first delay anew each time: a thousand clients must not come back in step."""
        self._client.reconnect_delay_set(random.randint(*_FIRST_DELAY_S), _LONGEST_DELAY_S)

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _props: Properties | None
    ) -> None:
        if reason.is_failure:
            if self._refusal != str(reason):  # tried again and again; said once
                logger.warning("fleet_refused", extra={"client": self._name, "reason": str(reason)})
            self._refusal = str(reason)
        else:
            self._connections += 1
            self._refusal = ""
            if self._listens is not None:
                self._client.subscribe(self._listens, qos=1)
            self.connected.set()

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, _reason: ReasonCode, _props: Properties | None
    ) -> None:
        self.connected.clear()
        self._back_off()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))

    def _on_publish(self, _client: Client, _data: Any, mid: int, reason: ReasonCode, _props: Properties | None) -> None:
        self._answers.append((mid, reason.is_failure))
        self._room.release()
        self._answered.set()


def _client(broker: Broker, name: str, will: str | None) -> Client:
    version = _VERSIONS[broker.protocol]
    client = Client(CallbackAPIVersion.VERSION2, name, protocol=version)
    client.max_inflight_messages_set(broker.window)
    client.max_queued_messages_set(0)
    if broker.username is not None:
        client.username_pw_set(broker.username, broker.password)
    if broker.tls:
        client.tls_set_context(_tls(broker))
    if will is not None:
        client.will_set(will, b"offline", qos=1, retain=True)
    return client


def _tls(broker: Broker) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=broker.ca_file)
        if broker.cert_file is not None:
            context.load_cert_chain(broker.cert_file, broker.key_file)
    except OSError as error:  # ssl.SSLError is one too
        raise ConfigError([Problem("mqtt", 0, "tls", f"a certificate or key cannot be used: {error}")]) from None
    return context
