"""A device's end of MQTT: publishes at QoS 1 and waits for the broker's acknowledgements."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.support.processes import wait_until


class Publisher:
    """Connected from construction to `close`."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._client = Client(
            CallbackAPIVersion.VERSION2, f"publisher-{uuid4().hex[:8]}", protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.max_inflight_messages = 0
        self._client.connect(host, port)
        self._client.loop_start()
        wait_until(self._client.is_connected, "the publisher is connected")

    def publish(self, messages: Iterable[tuple[str, bytes]], *, qos: int = 1, retain: bool = False) -> None:
        """Publish, and return when the broker has acknowledged everything."""
        sent: list[MQTTMessageInfo] = [self._client.publish(topic, body, qos, retain) for topic, body in messages]
        for info in sent:
            info.wait_for_publish(60)
            assert info.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def publishing(port: int) -> Iterator[Publisher]:
    """A publisher for the length of a block."""
    publisher = Publisher(port)
    try:
        yield publisher
    finally:
        publisher.close()
