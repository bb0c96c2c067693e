"""Asks gateways for readings that are missing: a connection of its own, so that nothing of the way in waits for it."""

import json
import logging
from typing import Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from domain.arrivals import Ask
from domain.delivery import TOPIC_ROOT
from ingest.client import tls_context
from ingest.connection import MqttOptions

logger = logging.getLogger(__name__)

RESEND: Final = "resend"
"""The last level of the topic that a gateway which can send again listens to."""
MOST_WAITING: Final = 1_000
"""Questions that the broker has not taken yet; a broker with its hands full takes them later than they come."""


class Asker:
    """Publishes with QoS 1. Without a connection, or with too many questions waiting, it is asked again later."""

    def __init__(self, options: MqttOptions) -> None:
        """Use the broker of the way in, under a client id of its own."""
        self._options = options
        version = MQTTProtocolVersion.MQTTv5 if options.protocol == "5" else MQTTProtocolVersion.MQTTv311
        self._client = Client(CallbackAPIVersion.VERSION2, f"{options.client_id}-ask", protocol=version)
        self._client.suppress_exceptions = True
        self._client.connect_timeout = options.connect_timeout
        self._client.reconnect_delay_set(1, 60)
        self._client.max_queued_messages_set(MOST_WAITING)
        if options.username is not None:
            self._client.username_pw_set(options.username, options.password)
        if options.tls:
            self._client.tls_set_context(tls_context(options))

    def start(self) -> None:
        """Begin to connect; the broker may still be away."""
        self._client.connect_async(self._options.host, self._options.port, self._options.keepalive)
        self._client.loop_start()

    def ask(self, ask: Ask) -> bool:
        """Ask for what is missing; return whether the question is on its way."""
        if not self._client.is_connected():
            return False
        topic = f"{TOPIC_ROOT}/{ask.kind}/{ask.district}/{ask.sender}/{RESEND}"
        body = {"device": ask.device, "first": ask.first, "last": ask.last}
        sent = self._client.publish(topic, json.dumps(body, ensure_ascii=False).encode(), qos=1)
        return sent.rc is not MQTTErrorCode.MQTT_ERR_QUEUE_SIZE

    def stop(self) -> None:
        """Disconnect; idempotent."""
        self._client.disconnect()
        self._client.loop_stop()
