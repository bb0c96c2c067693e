"""A subscriber that keeps every message of the contract that a broker hands out."""

import threading
from typing import Any, Self
from uuid import uuid4

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from domain.delivery import TOPIC_ROOT


class Listener:
    """Use as a context manager; `heard` grows in the order of arrival."""

    def __init__(self, host: str, port: int) -> None:
        self.heard: list[MQTTMessage] = []
        self._ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, f"listener-{uuid4().hex[:8]}", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._place = host, port

    def __enter__(self) -> Self:
        self._client.connect(*self._place)
        self._client.loop_start()
        assert self._ready.wait(10), "no SUBACK"
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def has(self, number: int) -> bool:
        return len(self.heard) >= number

    def payloads(self) -> list[bytes]:
        return [bytes(message.payload) for message in list(self.heard)]

    def _on_connect(self, client: Client, *_: Any) -> None:
        client.subscribe(f"{TOPIC_ROOT}/#", qos=1)

    def _on_subscribe(self, *_: Any) -> None:
        self._ready.set()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append(message)
