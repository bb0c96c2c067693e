"""A broker that lost what it had acknowledged is noticed by sequence number, and the gateway is asked to send again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from app.clock import wall_now
from domain.citytime import JINAN
from simulators.resend import RESEND, Memory
from simulators.wire import Channel, Message
from tests.e2e.test_command_line import HEAD, LAMP
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until
from tests.support.publisher import publishing
from tests.support.service import Service

TOPIC = "city/v1/streetlight/370102/GW-9/batch"
LOST = range(5, 9)


class Gateway:
    """Remembers what it said, and answers when it is asked."""

    def __init__(self, port: int) -> None:
        self.port, self.memory = port, Memory(100)
        self.began = wall_now().replace(microsecond=0) - timedelta(minutes=5)
        self.client = Client(CallbackAPIVersion.VERSION2, "gateway-9")
        self.client.on_message = self.answer

    def listen(self) -> None:
        """Connect anew: the broker that lost its memory has no subscriptions either."""
        self.client.connect("127.0.0.1", self.port)
        self.client.subscribe(RESEND, qos=1)
        self.client.loop_start()

    def answer(self, _client: Client, _data: Any, question: MQTTMessage) -> None:
        for message in self.memory.answers(question.topic, bytes(question.payload), 0.0):
            self.client.publish(message.topic, message.payload, qos=1)

    def say(self, *numbers: int) -> None:
        with publishing(self.port) as publisher:
            for seq in numbers:
                at = (self.began + timedelta(seconds=seq)).isoformat()
                payload = json.dumps({"readings": [{"device": "L1", "at": at, "seq": seq, "values": {"power": seq}}]})
                self.memory.keep(Message(0, TOPIC, payload.encode(), Channel.BATCH, "streetlight", "GW-9", 1))
                publisher.publish([(TOPIC, payload.encode())])

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def service(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Service]:
    broker = {"QUANYAN_MQTT__PORT": str(mosquitto.port), "QUANYAN_ARRIVALS__REST_S": "1"}
    built = Service(tmp_path, broker)
    (tmp_path / "register.csv").write_text(f"{HEAD}\n{LAMP}\n", encoding="utf-8")
    built.prepare(tmp_path / "register.csv")
    built.start()
    yield built
    built.close()


def ledger(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.get("devices/L1/ledger")
    return found


def test_what_a_killed_broker_lost_is_noticed_asked_back_and_stored(service: Service, mosquitto: Mosquitto) -> None:
    gateway = Gateway(mosquitto.port)
    gateway.say(*range(1, 5))
    wait_until(lambda: ledger(service)["received"] == 4, "the first ones are counted", 60)

    service.stop()
    gateway.say(*LOST)  # acknowledged by the broker, for a session whose owner is away
    mosquitto.kill()
    for file in mosquitto.process.home.glob("mosquitto.db*"):
        file.unlink()
    mosquitto.start()
    service.start()
    gateway.say(9)
    wait_until(lambda: ledger(service)["missing"] == len(LOST), "the loss is noticed", 60)
    (gap,) = ledger(service)["gaps"]
    assert (gap["first"], gap["last"]) == (LOST[0], LOST[-1])
    log = (service.home / "service.log").read_bytes()
    assert b"readings_missing" in log
    assert b"mqtt_session_lost" in log  # by the broker, while nobody was connected

    gateway.listen()
    wait_until(lambda: ledger(service)["recovered"] == len(LOST), "what was lost came again", 120)
    gateway.close()
    told = ledger(service)
    assert (told["received"], told["missing"], told["duplicates"], told["gaps"]) == (9, 0, 0, [])
    span = {"from": gateway.began.isoformat(), "to": wall_now().isoformat()}
    wait_until(lambda: len(service.get("devices/L1/readings", **span)["items"]) == 9, "all are stored", 60)
    stored = service.get("devices/L1/readings", **span)["items"]
    assert [reading["seq"] for reading in stored] == list(range(1, 10))
    assert "quanyan_arrivals_recovered_total 4.0" in service.metrics()
    key = service.home / "key"
    key.write_text(service.key, encoding="utf-8")
    asked = service.cli("ledger", "L1", "--url", service.url, "--key-file", str(key)).stdout
    assert "received 9 of" in asked
    day = (
        (gateway.began + timedelta(seconds=1)).astimezone(JINAN.tz).date()
    )  # of the first reading: midnight may be past
    said = service.cli("completeness", "--day", str(day), "--url", service.url, "--key-file", str(key)).stdout
    assert "streetlight  370102" in said
