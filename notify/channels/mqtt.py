"""MQTT: a message is told once the broker has acknowledged it (QoS 1)."""

import json
import ssl
from dataclasses import dataclass, field

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from domain.notice import Message, Outcome
from notify.channel import SENT, Named, Result


@dataclass(frozen=True, slots=True)
class Broker:
    """How to reach the broker, and the topic; `{severity}` and `{group}` in it are filled in."""

    host: str
    port: int
    topic: str
    client_id: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: str | None = None
    timeout: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttChannel(Named):
    """Publishes messages as JSON, each on a connection of its own: notices are few."""

    broker: Broker

    def send(self, message: Message) -> Result:
        """Tell it."""
        client = self._client()
        try:
            client.connect(self.broker.host, self.broker.port)
        except (OSError, ValueError) as error:
            return Result(Outcome.AWAY, "connect", error.__class__.__name__)
        client.loop_start()
        try:
            sent = client.publish(self._topic(message), _payload(message), qos=1)
            sent.wait_for_publish(self.broker.timeout)
            if sent.is_published():
                return SENT
            # without a session nothing was sent; with one, the acknowledgement may have been lost
            return Result(Outcome.UNKNOWN if client.is_connected() else Outcome.AWAY, "no_puback")
        except (RuntimeError, ValueError) as error:
            return Result(Outcome.AWAY, "not_connected", str(error)[:200])
        finally:
            client.disconnect()
            client.loop_stop()

    def _client(self) -> Client:
        broker = self.broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            broker.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = broker.timeout
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls:
            client.tls_set_context(ssl.create_default_context(cafile=broker.ca_file))
        return client

    def _topic(self, message: Message) -> str:
        level = message.group.replace("/", "_").replace("+", "_").replace("#", "_")
        return self.broker.topic.replace("{severity}", message.severity.value).replace("{group}", level)


def _payload(message: Message) -> bytes:
    document = {
        "title": message.title,
        "text": message.text,
        "severity": message.severity.value,
        "group": message.group,
        "resolved": message.resolved,
        "keys": list(message.keys),
        "facts": dict(message.facts),
    }
    return json.dumps(document, ensure_ascii=False).encode()
