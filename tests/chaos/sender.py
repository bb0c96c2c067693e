"""Devices and a gateway that report under chaos, and keep books of what they sent and what the broker acknowledged."""

import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from app.clock import wall_now
from tests.chaos.plan import LOAD_S
from tests.support.processes import wait_until

SINGLES, BATCHED = 30, 20
LAMPS: Final = tuple(f"L{number}" for number in range(SINGLES + BATCHED))
PERIOD_S: Final = 0.1
"""Every device reports so often."""
KEPT: Final = 400
PATIENCE_S: Final = 600
_TOPIC: Final = "city/v1/streetlight/370102/{}/{}"

Key = tuple[str, datetime]


@dataclass
class Sent:
    """A reading: its number, when it was first handed to the client, when the broker first acknowledged it."""

    seq: int
    handed: float
    acknowledged: float | None = None
    copies: int = 0
    """How often it was handed over, what the client repeats by itself apart."""


@dataclass
class Message:
    """What went out in one PUBLISH."""

    topic: str
    payload: bytes
    keys: list[Key]


@dataclass
class Books:
    """What was sent in a round; instants of `Sent` are seconds of the monotonic clock."""

    readings: dict[Key, Sent] = field(default_factory=dict)
    messages: int = 0
    again: int = 0
    """Readings that were sent a second time on purpose."""

    @property
    def acknowledged(self) -> set[Key]:
        """What the broker has acknowledged."""
        return {key for key, sent in self.readings.items() if sent.acknowledged is not None}


class Sender:
    """A persistent session at QoS 1: what is not acknowledged is sent again after every reconnect, as DUP."""

    def __init__(self, port: int) -> None:
        self.seq = dict.fromkeys(LAMPS, 0)
        self._client = Client(
            CallbackAPIVersion.VERSION2, "chaos-sender", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.max_inflight_messages_set(200)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        self._answers: SimpleQueue[tuple[int, float]] = SimpleQueue()
        self._waiting: dict[int, list[Key]] = {}
        self._client.connect("127.0.0.1", port, keepalive=5)
        self._client.loop_start()

    def _on_publish(self, _client: Client, _data: Any, mid: int, *_: Any) -> None:
        self._answers.put((mid, time.monotonic()))  # matched later: the client holds its lock here

    def speak(self, chance: random.Random) -> Books:
        """Report for a round: some readings twice, some overtaken by later ones. Returns when the round is over."""
        books, held = Books(), list[Message]()
        past: list[Message] = []
        end = time.monotonic() + LOAD_S
        due = time.monotonic()
        while due < end:
            for message in self._said(chance, books):
                if chance.random() < 0.1 and message.keys[0][1] > min(k[1] for k in books.readings):
                    held.append(message)
                else:
                    self._publish(message, books)
                past.append(message)
            while held and chance.random() < 0.5:
                self._publish(held.pop(chance.randrange(len(held))), books)
            for message in chance.sample(past, min(len(past), chance.randrange(3))):
                books.again += len(message.keys)
                self._publish(message, books)
            del past[:-KEPT]
            due += PERIOD_S
            threading.Event().wait(max(0.0, due - time.monotonic()))
        for message in held:
            self._publish(message, books)
        return books

    def close_round(self, books: Books) -> set[Key]:
        """After the faults: wait for every PUBACK, then let each device say one more; return those last readings."""
        wait_until(lambda: self._settle(books) == 0, "the broker has acknowledged everything", PATIENCE_S)
        last: set[Key] = set()
        for message in self._said(random.Random(0), books):
            self._publish(message, books)
            last.update(message.keys)
        wait_until(lambda: self._settle(books) == 0, "the broker has acknowledged the last ones", PATIENCE_S)
        return last

    def _said(self, chance: random.Random, books: Books) -> Iterator[Message]:
        """One reading of every device: singles, and a gateway's batch."""
        batch: list[tuple[Key, dict[str, Any]]] = []
        for number, lamp in enumerate(LAMPS):
            at = wall_now() + timedelta(microseconds=number)
            self.seq[lamp] += 1
            values = {"on": True, "power": round(chance.uniform(80, 150), 1), "voltage": 225.0}
            reading = {"device": lamp, "at": at.isoformat(), "seq": self.seq[lamp], "values": values}
            books.readings[lamp, at] = Sent(self.seq[lamp], time.monotonic())
            if number < SINGLES:
                yield Message(_TOPIC.format(lamp, "telemetry"), json.dumps(reading).encode(), [(lamp, at)])
            else:
                batch.append(((lamp, at), reading))
        payload = json.dumps({"readings": [reading for _, reading in batch]}).encode()
        yield Message(_TOPIC.format("GW-1", "batch"), payload, [key for key, _ in batch])

    def _publish(self, message: Message, books: Books) -> None:
        info = self._client.publish(message.topic, message.payload, qos=1)
        self._waiting[info.mid] = message.keys
        for key in message.keys:
            books.readings[key].copies += 1
        books.messages += 1
        self._settle(books)

    def _settle(self, books: Books) -> int:
        """Match the broker's answers; return how many messages have none yet."""
        while True:
            try:
                mid, at = self._answers.get_nowait()
            except Empty:
                return len(self._waiting)
            for key in self._waiting.pop(mid, ()):
                sent = books.readings[key]
                sent.acknowledged = at if sent.acknowledged is None else sent.acknowledged

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()
