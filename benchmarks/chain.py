"""Broker to durable: queued QoS 1 messages drained by Quanyan, in a ratio to a bare paho subscriber of the same run.

The broker queues for a client that is away; then the client comes and we time how long it takes until all are
acknowledged. For Quanyan that means durable in the journal; the time until all are in the store is told apart.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.report import Figure
from domain.citytime import JINAN
from rules.lighting.sun import sunrise, sunset
from tests.support.broker import Mosquitto
from tests.support.service import Service

GATEWAY_LAMPS = 92
TOPICS = ("city/v1/+/+/+/telemetry", "city/v1/+/+/+/batch", "city/v1/+/+/+/status")
WINDOW = 5000


def is_night(at: datetime) -> bool:
    """Return whether the sun is down in Jinan."""
    return not sunrise(JINAN, day := at.astimezone(JINAN.tz).date()) <= at < sunset(JINAN, day)


def values(step: int, *, lit: bool) -> dict[str, object]:
    """What one lamp says."""
    power = 140.0 + step % 20 if lit else 0.5 + step % 20 / 40
    current, dim = (0.69, 100) if lit else (0.01, 0)
    return {"power": power, "voltage": 221.4, "current": current, "power_factor": 0.97, "dim": dim, "on": lit}


def singles(lamps: int, count: int, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield `count` single readings of `lamps` lamps, each (lamp, instant) once.

    They shine while it is night in Jinan: a city whose lamps all shine by day does little but raise alerts.
    """
    lit = is_night(now)
    for number in range(count):
        lamp, step = number % lamps, number // lamps
        at = (now - timedelta(seconds=(count // lamps - step) * 2)).isoformat()
        reading = {"device": f"L{lamp}", "at": at, "seq": step, "values": values(number, lit=lit)}
        yield f"city/v1/streetlight/370102/L{lamp}/telemetry", json.dumps(reading).encode()


def batches(lamps: int, count: int, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield `count` batches of 92 readings, of lamps that shine by night."""
    lit = is_night(now)
    gateways = lamps // GATEWAY_LAMPS
    for number in range(count):
        gateway, step = number % gateways, number // gateways
        at = (now - timedelta(seconds=(count // gateways - step) * 2)).isoformat()
        first = gateway * GATEWAY_LAMPS
        readings = [
            {"device": f"L{first + i}", "at": at, "seq": step, "values": values(number + i, lit=lit)}
            for i in range(GATEWAY_LAMPS)
        ]
        yield f"city/v1/streetlight/370102/G{gateway}/batch", json.dumps({"readings": readings}).encode()


def register_csv(lamps: int, path: Path) -> None:
    """Write the register of the benchmark's lamps."""
    head = (
        "id,kind,name,district,management_area,responsible_unit,state,lon,lat,"
        "road,road_class,supply_point,lighting_use,rated_power"
    )
    place = "370102,370102,照明中心,in_service,117.0,36.6"
    rows = (f"L{i},streetlight,灯{i},{place},R{i // 400},arterial,S{i // 92},functional,150" for i in range(lamps))
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def client(ident: str) -> Client:
    """Return a paho client of MQTT 5."""
    return Client(CallbackAPIVersion.VERSION2, client_id=ident, protocol=MQTTProtocolVersion.MQTTv5)


def session() -> Properties:
    """A session that outlives the connection, and the same window as Quanyan asks for."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho ships no types here
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = WINDOW
    return properties


def leave_session(broker: Mosquitto, ident: str) -> None:
    """Subscribe as `ident` and leave, so that the broker queues for it."""
    done = threading.Event()
    subscriber = client(ident)
    subscriber.on_connect = lambda c, *_: c.subscribe([(topic, 1) for topic in TOPICS])
    subscriber.on_subscribe = lambda *_: done.set()
    subscriber.connect(broker.host, broker.port, clean_start=False, properties=session())
    subscriber.loop_start()
    assert done.wait(10), "the broker did not answer"
    subscriber.disconnect()
    subscriber.loop_stop()


def publish(broker: Mosquitto, messages: Iterator[tuple[str, bytes]]) -> int:
    """Publish everything at QoS 1 and return how many the broker acknowledged."""
    publisher = client("load")
    publisher.max_inflight_messages_set(500)
    publisher.connect(broker.host, broker.port)
    publisher.loop_start()
    sent = [publisher.publish(topic, payload, qos=1) for topic, payload in messages]
    for info in sent:
        info.wait_for_publish(120)
    publisher.disconnect()
    publisher.loop_stop()
    return len(sent)


def drained_by_paho(broker: Mosquitto, ident: str, count: int) -> float:
    """Return the seconds that a bare paho subscriber takes for `count` queued messages, acknowledging each."""
    seen, first, last, done = 0, 0.0, 0.0, threading.Event()

    def on_message(_client: Client, _data: Any, _message: MQTTMessage) -> None:
        nonlocal seen, first, last
        seen += 1
        if seen == 1:
            first = time.perf_counter()
        if seen == count:
            last = time.perf_counter()
            done.set()

    subscriber = client(ident)
    subscriber.on_message = on_message
    subscriber.connect(broker.host, broker.port, clean_start=False, properties=session())
    subscriber.loop_start()
    assert done.wait(600), f"paho saw {seen} of {count}"
    subscriber.disconnect()
    subscriber.loop_stop()
    return last - first


@contextmanager
def service(home: Path, environment: dict[str, str], lamps: int) -> Iterator[Service]:
    """A service whose register holds the lamps; not started."""
    home.mkdir(parents=True)
    subject = Service(home, environment)
    register_csv(lamps, home / "register.csv")
    subject.prepare(home / "register.csv")
    try:
        yield subject
    finally:
        subject.stop()
        subject.close()


def drained_by_quanyan(subject: Service, count: int, readings: int) -> tuple[float, float]:
    """Return the seconds from the first delivery until all are acknowledged, and until all are in the store."""
    subject.start(ready=False)
    marks: list[tuple[float, int, int]] = []

    def all_in() -> bool:
        try:
            account = subject.get("ingest")["accounting"]
        except httpx.TransportError:
            return False
        marks.append((time.perf_counter(), account["deliveries"]["acknowledged"], account["readings"]["stored"]))
        return bool(account["readings"]["stored"] >= readings)

    pause, deadline = threading.Event(), time.monotonic() + 900
    while not all_in():  # seldom, so that asking costs the service little
        assert time.monotonic() < deadline, f"{readings} readings were not stored"
        pause.wait(0.2)
    begin = max(t for t, acked, _ in marks if acked == 0) if any(a == 0 for _, a, _ in marks) else marks[0][0]
    acked = next(t for t, acked, _ in marks if acked >= count)
    return acked - begin, marks[-1][0] - begin


def measure(home: Path, broker: Mosquitto, environment: dict[str, str], name: str, *, batch: bool) -> list[Figure]:
    """Return the figures of one store and one shape of message."""
    lamps, count = (4600, 4000) if batch else (5000, 60_000)
    make, per = (batches, GATEWAY_LAMPS) if batch else (singles, 1)
    now = datetime.now(UTC)
    ident = f"bare-{name}"
    leave_session(broker, ident)
    mqtt = {"QUANYAN_MQTT__PORT": str(broker.port), "QUANYAN_MQTT__CLIENT_ID": f"quanyan-{name}"}
    with service(home / name, environment | mqtt, lamps) as subject:
        leave_session(broker, f"quanyan-{name}")
        publish(broker, make(lamps, count, now))
        bare = drained_by_paho(broker, ident, count)
        acked, stored = drained_by_quanyan(subject, count, count * per)
    return [
        Figure(f"{name}: bare paho", count / bare, "messages/s", 1.0),
        Figure(f"{name}: durable and acknowledged", count / acked, "messages/s", bare / acked),
        Figure(f"{name}: in the store, rules on", count * per / stored, "readings/s", bare / stored),
    ]
