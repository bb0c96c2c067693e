"""MQTT against a real Mosquitto: told once the broker has acknowledged it."""

import json
import threading
from datetime import timedelta

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from domain.notice import NoticeState
from domain.severity import Severity
from notify.channels.mqtt import Broker, MqttChannel
from tests.notify.support import Office, notice
from tests.support.broker import Mosquitto


def channel(port: int) -> MqttChannel:
    return MqttChannel("mqtt", broker=Broker("127.0.0.1", port, "centre/notices/{severity}/{group}", "quanyan-notify"))


def test_a_message_arrives_under_its_topic(office: Office, mosquitto: Mosquitto) -> None:
    came, subscribed = threading.Event(), threading.Event()
    got: list[tuple[str, bytes, int]] = []
    listener = Client(CallbackAPIVersion.VERSION2)
    listener.on_subscribe = lambda *_: subscribed.set()

    def take(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        got.append((message.topic, bytes(message.payload), message.qos))
        came.set()

    listener.on_message = take
    listener.connect(mosquitto.host, mosquitto.port)
    listener.loop_start()
    listener.subscribe("centre/notices/#", qos=1)
    assert subscribed.wait(10)
    office.post(notice("a", "mqtt", severity=Severity.CRITICAL, group="road:经十路/1"))
    office.run(office.lane(channel(mosquitto.port)), timedelta(seconds=1))
    assert came.wait(10)
    listener.disconnect()
    listener.loop_stop()
    ((topic, payload, qos),) = got
    assert (topic, qos) == ("centre/notices/critical/road:经十路_1", 1)
    assert json.loads(payload)["title"] == "【紧急】告警：回路失电 a"
    assert office.states() == {"a": NoticeState.SENT}


def test_a_broker_that_is_down_is_away_and_told_when_it_is_back(office: Office, mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    lane = office.lane(channel(mosquitto.port))
    office.post(notice("a", "mqtt"))
    lane.step()
    assert office.outcomes() == ["away"]
    mosquitto.start()
    office.run(lane, timedelta(minutes=1))
    assert office.states() == {"a": NoticeState.SENT}
