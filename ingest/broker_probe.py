"""What a broker does for its clients, found out by being one: limits, rights, and what it keeps for who is away."""

import contextlib
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ingest.client import tls_context
from ingest.connection import MqttOptions
from ingest.topics import SUBSCRIPTIONS

TRIED: Final = 2000
"""So many small messages are left for a session that is away: Mosquitto keeps 1,000 unless it is told otherwise."""
_PATIENCE: Final = 10.0
_QUIET: Final = 2.0
_EXPIRY: Final = 60


@dataclass(frozen=True, slots=True)
class BrokerFound:
    """What was found. `refused`: why there is no connection at all; the other figures are of no use then."""

    refused: str | None = None
    max_packet: int | None = None
    """Bytes; None = the broker names no limit."""
    max_qos: int = 2
    session_expiry: int | None = None
    """Seconds, when the broker gives less than was asked for."""
    not_granted: tuple[str, ...] = ()
    """Topics of the contract that may not be read with QoS 1."""
    kept: int | None = None
    """How many of `TRIED` messages were kept for an absent session; None = this account may not publish."""


@dataclass
class _Seen:
    """What came back on one connection."""

    connected: threading.Event = field(default_factory=threading.Event)
    subscribed: threading.Event = field(default_factory=threading.Event)
    came: threading.Event = field(default_factory=threading.Event)
    code: ReasonCode | None = None
    properties: Any = None
    granted: tuple[int, ...] = ()
    published: dict[int, ReasonCode] = field(default_factory=dict)
    received: int = 0
    more: threading.Condition = field(default_factory=threading.Condition)


def probe(options: MqttOptions) -> BrokerFound:
    """Connect as another client of the same account and find out. Takes some seconds; leaves nothing behind."""
    ident = f"{options.client_id}-doctor-{secrets.token_hex(3)}"
    try:
        client, seen = _connected(options, ident, clean=True)
    except (OSError, ValueError) as error:
        return BrokerFound(refused=f"cannot connect: {error}")
    try:
        if seen.code is None or seen.code.is_failure:
            return BrokerFound(refused=f"the broker refused: {seen.code or 'no answer'}")
        client.subscribe([(topic, 1) for topic in SUBSCRIPTIONS])
        seen.subscribed.wait(_PATIENCE)
        wrong = [t for t, qos in zip(SUBSCRIPTIONS, seen.granted or (128,) * 9, strict=False) if qos != 1]
        named = seen.properties
        found = BrokerFound(
            max_packet=getattr(named, "MaximumPacketSize", None),
            max_qos=getattr(named, "MaximumQoS", 2),
            session_expiry=getattr(named, "SessionExpiryInterval", None),
            not_granted=tuple(wrong),
        )
    finally:
        _close(client)
    return found if options.protocol != "5" else _with_queue(options, ident, found)


def _with_queue(options: MqttOptions, ident: str, found: BrokerFound) -> BrokerFound:
    topic = f"city/v1/doctor/probe/{ident}/doctor"  # of the contract's root, and of no subscription of the service
    absent, seen = _connected(options, ident, clean=True)
    absent.subscribe(topic, 1)
    seen.subscribed.wait(_PATIENCE)
    _close(absent)
    if not seen.granted or seen.granted[0] != 1:
        return found
    writer, told = _connected(options, f"{ident}-w", clean=True)
    infos = [writer.publish(topic, b"x", qos=1) for _ in range(TRIED)]
    for info in infos:
        with contextlib.suppress(ValueError, RuntimeError):
            info.wait_for_publish(_PATIENCE)
    _close(writer)
    if any(code.is_failure for code in told.published.values()):
        return found
    back, seen = _connected(options, ident, clean=False)
    with seen.more:
        while seen.received < TRIED and seen.more.wait(_QUIET):
            pass
    back.unsubscribe(topic)
    _close(back)
    _forget(options, ident)
    return replace(found, kept=seen.received)


def _forget(options: MqttOptions, ident: str) -> None:
    """Take the session up once more without keeping it, so that nothing stays behind at the broker."""
    client, _ = _connected(options, ident, clean=True, expiry=0)
    _close(client)


def _connected(options: MqttOptions, ident: str, *, clean: bool, expiry: int = _EXPIRY) -> tuple[Client, _Seen]:
    modern = options.protocol == "5"
    seen = _Seen()
    client = Client(
        CallbackAPIVersion.VERSION2,
        ident,
        clean_session=None if modern else clean,
        protocol=MQTTProtocolVersion.MQTTv5 if modern else MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )
    client.connect_timeout = options.connect_timeout
    client.max_inflight_messages_set(1000)
    if options.username is not None:
        client.username_pw_set(options.username, options.password)
    if options.tls:
        client.tls_set_context(tls_context(options))
    _listen(client, seen)
    extra: dict[str, Any] = {}
    if modern:
        properties = cast("Any", Properties)(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = expiry
        properties.ReceiveMaximum = options.receive_maximum
        extra = {"clean_start": clean, "properties": properties}
    client.connect(options.host, options.port, options.keepalive, **extra)
    client.loop_start()
    seen.connected.wait(_PATIENCE)
    return client, seen


def _listen(client: Client, seen: _Seen) -> None:
    def on_connect(_c: Client, _d: Any, _f: ConnectFlags, code: ReasonCode, properties: Properties | None) -> None:
        seen.code, seen.properties = code, properties
        seen.connected.set()

    def on_subscribe(_c: Client, _d: Any, _mid: int, codes: list[ReasonCode], _p: Properties | None) -> None:
        seen.granted = tuple(code.value for code in codes)
        seen.subscribed.set()

    def on_message(_c: Client, _d: Any, message: MQTTMessage) -> None:
        if message.topic.endswith("/doctor"):
            with seen.more:
                seen.received += 1
                seen.more.notify_all()

    def on_publish(_c: Client, _d: Any, mid: int, code: ReasonCode, _p: Properties | None) -> None:
        seen.published[mid] = code

    client.on_connect, client.on_subscribe = on_connect, on_subscribe
    client.on_message, client.on_publish = on_message, on_publish


def _close(client: Client) -> None:
    with contextlib.suppress(OSError, ValueError):
        client.disconnect()
    client.loop_stop()
    client.on_connect = client.on_subscribe = client.on_message = client.on_publish = None
