"""The way in against real brokers: Mosquitto with both versions of MQTT, and the embedded broker of the trial run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.broker import EmbeddedBroker
from domain.delivery import Delivery, Journaled
from ingest.decode import Decoder
from ingest.journal.sqlite import SqliteJournal
from tests.support.broker import Mosquitto
from tests.support.ingest import BATCH, LAMP, STATUS, reading, register
from tests.support.processes import free_port, wait_until
from tests.support.publisher import publishing
from tests.support.source import WayIn

LAMPS = [f"lamp-{number}" for number in range(20)]
WORLD = register(*LAMPS)


def said(lamp: str, seq: int) -> tuple[str, bytes]:
    return LAMP.format(lamp), json.dumps(reading(lamp, seq=seq)).encode()


def numbers(way: WayIn) -> list[int]:
    """Return the `seq` of every reading that was journaled, in the order of the journal."""
    decoder = Decoder(lambda: WORLD)
    decoded = [decoder.decode(Journaled(n, d)) for n, d in enumerate(list(way.journal.deliveries))]
    assert not any(item.rejects or item.undecodable for item in decoded)
    return [item.seq for one in decoded for item in one.readings if item.seq is not None]


def connected(way: WayIn) -> None:
    wait_until(lambda: way.source.status().connected, "the source is connected")


@pytest.fixture(params=["5", "3.1.1"])
def version(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"protocol": request.param}


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    port = free_port()
    broker = EmbeddedBroker("127.0.0.1", port)
    broker.start()
    broker.port = port  # type: ignore[attr-defined] # for the test alone
    yield broker
    broker.stop()


def _all_channels(way: WayIn, port: int) -> None:
    connected(way)
    batch = json.dumps({"readings": [reading(lamp, seq=n) for n, lamp in enumerate(LAMPS)]}).encode()
    with publishing(port) as publisher:
        publisher.publish([said("lamp-1", 100), (BATCH, batch), (STATUS, b"online")])
        wait_until(lambda: len(way.journal.deliveries) == 3, "all three are journaled")
    assert sorted(numbers(way)) == [*range(20), 100]
    decoded = [Decoder(lambda: WORLD).decode(Journaled(0, delivery)) for delivery in way.journal.deliveries]
    assert [(s.gateway, s.online) for one in decoded for s in one.statuses] == [("gateway-1", True)]
    wait_until(lambda: way.count("acknowledged") == 3, "all three are acknowledged")


@pytest.mark.broker
def test_singles_batches_and_status_come_in(mosquitto: Mosquitto, version: dict[str, Any]) -> None:
    with WayIn(mosquitto.port, version).running() as way:
        _all_channels(way, mosquitto.port)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # amqtt leaves its sockets to the garbage collector
def test_singles_batches_and_status_come_in_from_the_embedded_broker(embedded: EmbeddedBroker) -> None:
    port: int = embedded.port  # type: ignore[attr-defined]
    with WayIn(port, {"protocol": "3.1.1"}).running() as way:
        _all_channels(way, port)
        with publishing(port) as publisher:
            publisher.publish(said(LAMPS[n % 20], 1000 + n) for n in range(500))
            wait_until(lambda: len(way.journal.deliveries) == 503, "all are journaled")
        assert numbers(way)[-500:] == [*range(1000, 1500)]


@pytest.mark.broker
def test_the_session_outlives_our_absence(mosquitto: Mosquitto, version: dict[str, Any]) -> None:
    with WayIn(mosquitto.port, version).running() as way:
        connected(way)
    with publishing(mosquitto.port) as publisher:
        publisher.publish(said(LAMPS[n % 20], n) for n in range(200))
    with WayIn(mosquitto.port, version).running() as again:
        wait_until(lambda: len(again.journal.deliveries) >= 200, "what came meanwhile is there")

        assert numbers(again) == list(range(200))


@pytest.mark.broker
def test_what_was_not_acknowledged_comes_again_after_a_kill(mosquitto: Mosquitto, version: dict[str, Any]) -> None:
    killed = WayIn(mosquitto.port, version)
    killed.journal.gate.clear()  # nothing is committed, so nothing is acknowledged
    with killed.running():
        connected(killed)
        with publishing(mosquitto.port) as publisher:
            publisher.publish(said(LAMPS[n % 20], n) for n in range(100))
        wait_until(lambda: killed.count("received") == 100, "all are in hand")
        connection = killed.source._connection
        assert connection is not None
        sock = connection._client.socket()
        assert sock is not None
        killed.source._draining.set()
        sock.close()  # as a kill does: no DISCONNECT, no acknowledgement
        wait_until(lambda: not killed.source.alive(), "it is gone")
        assert killed.count("acknowledged") == 0
    with WayIn(mosquitto.port, version).running() as again:
        wait_until(lambda: len(again.journal.deliveries) >= 100, "the broker repeats everything")

        assert numbers(again) == list(range(100))


@pytest.mark.broker
def test_a_restarted_broker_is_met_again_with_its_session(mosquitto: Mosquitto, version: dict[str, Any]) -> None:
    with WayIn(mosquitto.port, version).running() as way:
        connected(way)
        with publishing(mosquitto.port) as publisher:
            publisher.publish(said(LAMPS[n % 20], n) for n in range(50))
        wait_until(lambda: way.count("acknowledged") == 50, "the first are acknowledged")
        mosquitto.restart()
        with publishing(mosquitto.port) as publisher:
            publisher.publish(said(LAMPS[n % 20], n) for n in range(50, 100))
        wait_until(lambda: set(numbers(way)) == set(range(100)), "all are there")

        # A resumed session delivers before its SUBACK, which is when the supervisor counts the link as standing.
        wait_until(lambda: way.source.status().reconnects >= 1, "the link stands again")
        assert way.source.status().dead == 0


@pytest.mark.broker
def test_the_broker_never_has_more_in_flight_than_the_window(mosquitto: Mosquitto) -> None:
    with WayIn(mosquitto.port, {"receive_maximum": 10}).running() as way:
        connected(way)
        way.journal.gate.clear()
        with publishing(mosquitto.port) as publisher:
            publisher.publish(said(LAMPS[n % 20], n) for n in range(100))
            wait_until(lambda: way.count("received") == 10, "the window is full")
            publisher.publish([said("lamp-1", 100)])
        assert way.count("received") == 10
        way.journal.gate.set()
        wait_until(lambda: way.count("acknowledged") == 101, "the rest follows")

        assert numbers(way) == list(range(101))


@pytest.mark.broker
def test_a_full_journal_holds_back_the_broker_and_nothing_is_lost(mosquitto: Mosquitto, tmp_path: Path) -> None:
    way = WayIn(mosquitto.port, {"receive_maximum": 50})
    way.journal.full = True
    with way.running():
        connected(way)
        with publishing(mosquitto.port) as publisher:
            publisher.publish(said(LAMPS[n % 20], n) for n in range(300))
        wait_until(lambda: way.writer.failure is not None, "the journal refuses")
        assert way.count("acknowledged") == 0
        way.journal.full = False
        wait_until(lambda: way.count("acknowledged") == 300, "everything follows")

        assert numbers(way) == list(range(300))


@pytest.mark.broker
def test_the_whole_way_into_a_journal_on_disk(mosquitto: Mosquitto, tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal", ["store"], 2**30, 2**20)
    way = WayIn(mosquitto.port, journal=journal)  # type: ignore[arg-type] # the real one instead of the gated one
    way.writer.start()
    way.source.start()
    connected(way)
    with publishing(mosquitto.port) as publisher:
        publisher.publish(said(LAMPS[n % 20], n) for n in range(2000))
    wait_until(lambda: way.count("acknowledged") == 2000, "all are durable and acknowledged")
    way.source.stop(10)
    way.writer.stop(10)
    kept: list[Delivery] = [entry.delivery for entry in journal.read(0, 5000)]
    journal.close()

    assert [json.loads(delivery.payload)["seq"] for delivery in kept] == list(range(2000))
