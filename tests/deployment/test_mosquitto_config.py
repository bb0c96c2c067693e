"""The broker's configuration of the compose file, run by a real Mosquitto."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.deployment.broker import DeployedBroker
from tests.support.processes import wait_until

pytestmark = pytest.mark.broker

NOT_AUTHORIZED = 135
TELEMETRY = "city/v1/streetlight/370102/{}/telemetry"


class Peer:
    """An MQTT 5 client that notes what it hears."""

    def __init__(self, port: int, user: str | None, password: str | None, session: str | None = None) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.connect_code: int | None = None
        self.left = threading.Event()
        self._acks: dict[int, int] = {}
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=session or f"test-{id(self)}", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.on_connect = self._connected
        self._client.on_disconnect = lambda *_: self.left.set()
        self._client.on_publish = self._published
        self._client.on_subscribe = self._published
        self._client.on_message = self._message
        if user is not None:
            self._client.username_pw_set(user, password)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 3600 if session else 0
        self._client.connect("127.0.0.1", port, clean_start=session is None, properties=properties)
        self._client.loop_start()
        wait_until(lambda: self.connect_code is not None, "the broker answers CONNECT")

    def _connected(self, _client: Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        self.connect_code = code.value
        if code.is_failure:
            self._client.disconnect()  # paho would try again for ever

    def _published(self, _client: Client, _data: Any, mid: int, codes: Any, _properties: Any) -> None:
        self._acks[mid] = (codes[0] if isinstance(codes, list) else codes).value

    def _message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))

    def publish(self, topic: str, payload: bytes = b"{}", qos: int = 1) -> int:
        """Publish and return the reason code of the acknowledgement."""
        mid = self._client.publish(topic, payload, qos).mid
        wait_until(lambda: mid in self._acks, "the broker acknowledges")
        return self._acks[mid]

    def send(self, topic: str, payload: bytes, qos: int) -> None:
        """Publish without waiting."""
        self._client.publish(topic, payload, qos)

    def subscribe(self, topic: str) -> int:
        """Subscribe and return the reason code."""
        _, mid = self._client.subscribe(topic, 1)
        assert mid is not None
        wait_until(lambda: mid in self._acks, "the broker acknowledges")
        return self._acks[mid]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[DeployedBroker]:
    broker = DeployedBroker(tmp_path, profiles="")
    for device in ("LAMP-1", "LAMP-2"):
        broker.add_device(device)
    broker.process.start()
    yield broker
    broker.process.stop()


@pytest.fixture
def connect(broker: DeployedBroker) -> Iterator[Callable[..., Peer]]:
    """Connect as a service account (its secret is looked up) or as a device."""
    peers: list[Peer] = []

    def _connect(user: str | None, session: str | None = None, password: str | None = None) -> Peer:
        if password is None and user is not None:
            known = broker.secrets / f"mqtt_{user}_password"
            password = broker.secret(known.name) if known.exists() else f"{user}-pass"
        peers.append(Peer(broker.port, user, password, session))
        return peers[-1]

    yield _connect
    for peer in peers:
        peer.close()


def test_a_client_without_a_name_or_with_a_wrong_password_is_refused(connect: Callable[..., Peer]) -> None:
    assert connect(None).connect_code == NOT_AUTHORIZED
    assert connect("quanyan", password="guess").connect_code == NOT_AUTHORIZED


def test_the_service_hears_a_device(connect: Callable[..., Peer]) -> None:
    service, lamp = connect("quanyan"), connect("LAMP-1")
    assert service.subscribe("city/v1/#") == 1
    assert lamp.publish(TELEMETRY.format("LAMP-1"), b"1") == 0
    wait_until(lambda: bool(service.heard), "the service hears the lamp")
    assert service.heard == [(TELEMETRY.format("LAMP-1"), b"1")]


def test_a_device_may_not_publish_as_another_and_hears_nobody(connect: Callable[..., Peer]) -> None:
    service, lamp, other = connect("quanyan"), connect("LAMP-1"), connect("LAMP-2")
    service.subscribe("city/v1/#")
    other.subscribe("city/v1/#")
    assert lamp.publish(TELEMETRY.format("LAMP-2"), b"forged") == NOT_AUTHORIZED
    assert lamp.publish("city/v1/streetlight/370102/LAMP-1/command", b"no such channel") == NOT_AUTHORIZED
    assert lamp.publish(TELEMETRY.format("LAMP-1"), b"own") == 0
    wait_until(lambda: bool(service.heard), "the service hears the lamp")
    other.subscribe("nothing")  # everything that was to reach it has reached it before this answer
    assert [payload for _, payload in service.heard] == [b"own"]
    assert other.heard == []


def test_the_service_may_not_publish(connect: Callable[..., Peer]) -> None:
    assert connect("quanyan").publish(TELEMETRY.format("LAMP-1")) == NOT_AUTHORIZED


def test_the_fleet_has_no_account_without_its_profile(connect: Callable[..., Peer]) -> None:
    assert connect("fleet").connect_code == NOT_AUTHORIZED


def test_the_fleet_publishes_for_every_device_when_its_profile_is_on(tmp_path: Path) -> None:
    broker = DeployedBroker(tmp_path, profiles="other,fleet")
    broker.process.start()
    try:
        fleet = Peer(broker.port, "fleet", broker.secret("mqtt_fleet_password"))
        assert fleet.publish(TELEMETRY.format("LAMP-7")) in (0, 16)  # 16: taken, but nobody listens
        fleet.close()
    finally:
        broker.process.stop()


def test_the_health_account_reads_the_uptime(connect: Callable[..., Peer]) -> None:
    health = connect("health")
    health.subscribe("$SYS/broker/uptime")
    wait_until(lambda: bool(health.heard), "the broker tells its uptime")


@pytest.mark.parametrize(("payload", "qos"), [(b"{}", 2), (b"x" * (4 << 20), 1)], ids=["qos 2", "larger than a packet"])
def test_what_the_contract_excludes_gets_its_sender_disconnected(
    connect: Callable[..., Peer], payload: bytes, qos: int
) -> None:
    lamp = connect("LAMP-1")
    lamp.send(TELEMETRY.format("LAMP-1"), payload, qos)
    wait_until(lamp.left.is_set, "the broker disconnects the sender")


def test_more_than_mosquittos_default_is_kept_for_an_absent_service_and_survives_a_restart(
    broker: DeployedBroker, connect: Callable[..., Peer]
) -> None:
    service = connect("quanyan", "quanyan-ingest")
    service.subscribe("city/v1/#")
    service.close()
    lamp = connect("LAMP-1")
    expected = [str(n).encode() for n in range(1500)]
    for payload in expected[:-1]:
        lamp.send(TELEMETRY.format("LAMP-1"), payload, 1)
    lamp.publish(TELEMETRY.format("LAMP-1"), expected[-1])
    lamp.close()
    broker.process.restart()
    service = connect("quanyan", "quanyan-ingest")
    wait_until(lambda: len(service.heard) >= len(expected), "the service gets all that was kept")
    assert [payload for _, payload in service.heard] == expected
