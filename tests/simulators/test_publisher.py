import contextlib
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from app.broker import EmbeddedBroker
from domain.errors import ConfigError
from simulators.publisher import Broker, Publisher
from simulators.wire import Channel, Message
from tests.simulators.listener import Listener
from tests.support.broker import Mosquitto
from tests.support.processes import free_port, wait_until

STATUS = "city/v1/streetlight/370102/gw-1/status"


def message(n: int, *, retain: bool = False) -> Message:
    topic = f"city/v1/streetlight/370102/gw-{n % 7}/batch"
    return Message(float(n), topic, f"{n}".encode(), Channel.BATCH, "streetlight", f"gw-{n % 7}", 1, retain)


def never() -> bool:
    return False


def publish(publisher: Publisher, numbers: range) -> None:
    for n in numbers:
        assert publisher.publish(message(n), n % 7, never)


@pytest.fixture
def embedded() -> Iterator[int]:
    port = free_port()
    broker = EmbeddedBroker("127.0.0.1", port)
    broker.start()
    yield port
    broker.stop()


def check_delivery(broker: Broker) -> None:
    with Listener(broker.host, broker.port) as listener:
        publisher = Publisher(broker)
        publisher.start()
        publish(publisher, range(500))
        assert publisher.idle(20)
        acknowledged = publisher.settle()
        wait_until(partial(listener.has, 500), "all messages heard")
        state = publisher.state()
        publisher.stop()

    assert sorted(int(m.payload) for m in acknowledged) == list(range(500))
    assert sorted(int(p) for p in listener.payloads()) == list(range(500))
    assert (state["connected"], state["in_flight"], state["refused"]) == (broker.connections, 0, 0)
    for lane in range(7):
        in_lane = [int(p) for p in listener.payloads() if int(p) % 7 == lane]
        assert in_lane == sorted(in_lane)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
def test_mosquitto_gets_every_message_once_and_in_order(mosquitto: Mosquitto, protocol: Literal["3.1.1", "5"]) -> None:
    check_delivery(Broker(mosquitto.host, mosquitto.port, protocol=protocol, connections=3, window=20))


def test_the_embedded_broker_gets_every_message_once_and_in_order(embedded: int) -> None:
    check_delivery(Broker(port=embedded, connections=3, window=20))


def test_a_broker_that_goes_and_returns_gets_everything(mosquitto: Mosquitto) -> None:
    with Listener(mosquitto.host, mosquitto.port) as listener:
        publisher = Publisher(Broker(mosquitto.host, mosquitto.port, connections=2, window=50))
        publisher.start()
        thread = threading.Thread(target=publish, args=(publisher, range(20_000)), daemon=True)
        thread.start()
        for number in (500, 3_000):
            wait_until(partial(listener.has, number), "some messages heard")
            mosquitto.restart()
        thread.join(60)
        assert publisher.idle(60)
        wait_until(lambda: len(set(listener.payloads())) >= 20_000, "everything heard")
        acknowledged, state = publisher.settle(), publisher.state()
        publisher.stop()

    assert {int(p) for p in listener.payloads()} == set(range(20_000))
    assert len(acknowledged) == 20_000
    assert state["reconnects"] >= 2


def test_a_broker_that_comes_late_is_waited_for(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    publisher = Publisher(Broker(mosquitto.host, mosquitto.port, connections=1))
    publisher.start()
    assert not publisher.publish(message(0), 0, lambda: True)
    mosquitto.start()
    publish(publisher, range(10))

    assert publisher.idle(30)
    assert len(publisher.settle()) == 10
    publisher.stop()


class ScriptedBroker:
    """Answers the first packet, and the second if there is an answer for it; never acknowledges anything else."""

    def __init__(self, *answers: bytes) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._answers = list(answers)
        self._client: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            self._client, _ = self._server.accept()
            while self._client.recv(4096):
                if self._answers:
                    self._client.sendall(self._answers.pop(0))

    def close(self) -> None:
        self._server.close()
        if self._client is not None:
            self._client.close()
        self._thread.join(5)


CONNACK = b"\x20\x02\x00\x00"
CONNACK_5 = b"\x20\x03\x00\x00\x00"
NOT_AUTHORISED = b"\x20\x02\x00\x05"
PUBACK_5_NOT_AUTHORISED = b"\x40\x03\x00\x01\x87"


def test_a_refused_connection_is_not_taken_for_one() -> None:
    broker = ScriptedBroker(NOT_AUTHORISED)
    publisher = Publisher(Broker(port=broker.port, connections=1))
    publisher.start()

    assert not publisher.publish(message(0), 0, lambda: True)
    assert publisher.state()["connected"] == 0
    publisher.stop()
    broker.close()


def test_a_broker_that_refuses_again_and_again_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        publisher = Publisher(Broker(port=server.getsockname()[1], connections=1))
        publisher.start()
        for _ in range(3):
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(NOT_AUTHORISED)
                client.recv(4096)
        publisher.stop()
    assert [record.message for record in caplog.records].count("fleet_refused") == 1


def test_a_message_that_the_broker_refuses_is_counted_and_not_acknowledged() -> None:
    broker = ScriptedBroker(CONNACK_5, PUBACK_5_NOT_AUTHORISED)
    publisher = Publisher(Broker(port=broker.port, protocol="5", connections=1))
    publisher.start()
    publish(publisher, range(1))

    assert publisher.idle(10)
    assert publisher.settle() == []
    assert (publisher.state()["refused"], publisher.state()["in_flight"]) == (1, 0)
    publisher.stop()
    broker.close()


def test_a_full_window_waits_and_can_be_given_up() -> None:
    broker = ScriptedBroker(CONNACK)
    publisher = Publisher(Broker(port=broker.port, connections=1, window=3))
    publisher.start()
    publish(publisher, range(3))

    assert not publisher.publish(message(3), 0, lambda: True)
    assert publisher.state()["in_flight"] == 3
    assert not publisher.idle(0.1)
    assert publisher.alive()
    publisher.stop()
    assert not publisher.alive()
    broker.close()


def test_a_connection_that_breaks_leaves_its_last_will_and_a_good_end_does_not(mosquitto: Mosquitto) -> None:
    broker = Broker(mosquitto.host, mosquitto.port, connections=1)
    with Listener(mosquitto.host, mosquitto.port) as listener:
        good = Publisher(broker, [STATUS])
        good.start()
        publish(good, range(1))
        assert good.idle(10)
        good.stop()
        first = Publisher(broker, [STATUS])
        first.start()
        wait_until(lambda: first.state()["connected"] == 1, "connected")
        assert [m.topic for m in listener.heard if m.topic == STATUS] == []
        second = Publisher(broker, [STATUS])  # the same client id: the broker throws the first one out
        second.start()
        wait_until(lambda: STATUS in [m.topic for m in listener.heard], "the last will is told")
        first.stop()
        second.stop()

    assert {m.payload for m in listener.heard if m.topic == STATUS} == {b"offline"}


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigError, match="mqtt: tls: a certificate or key cannot be used"):
        Publisher(Broker(tls=True, ca_file=tmp_path / "ca.pem"))


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Broker(username="fleet", password="secret"))
