"""The MQTT source against a broker that is played packet by packet."""

import json
import subprocess
import threading
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest

from domain.errors import ConfigError
from tests.support.ingest import ARRIVAL
from tests.support.processes import free_port, wait_until
from tests.support.scripted_broker import DISCONNECT, MQTT_5, Peer, ScriptedBroker, publish
from tests.support.source import DeadlyClock, WayIn

VERSIONS = ["5", "3.1.1"]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"protocol": request.param}


def test_a_connection_asks_for_its_session_its_window_and_its_topics() -> None:
    wanted = {"username": "u", "password": "p", "receive_maximum": 77, "session_expiry": 5, "keepalive": 9}
    with ScriptedBroker() as broker, WayIn(broker.port, wanted).running():
        peer = broker.accept()
        connect = peer.greet()
        peer.send(peer.connack())
        subscribe = peer.subscription()

        assert (connect.level, connect.keepalive) == (MQTT_5, 9)
        assert not connect.flags & 0x02  # no clean start, ever
        assert connect.fields == [b"ingest-test", b"u", b"p"]
        assert b"\x21" + (77).to_bytes(2, "big") in connect.properties  # Receive Maximum
        assert b"\x11" + (5).to_bytes(4, "big") in connect.properties  # Session Expiry Interval
        for channel in (b"telemetry", b"batch", b"status"):
            assert b"city/v1/+/+/+/" + channel + b"\x01" in subscribe.body


def test_mqtt_3_keeps_its_session_too() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, {"protocol": "3.1.1"}).running():
        connect = broker.accept().shake_hands()

        assert connect.level == 4
        assert not connect.flags & 0x02


def test_it_is_connected_once_its_topics_are_granted(version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, version).running() as way:
        peer = broker.accept()
        peer.greet()
        peer.send(peer.connack())
        mid = peer.subscription().body[:2]
        assert not way.source.status().connected
        peer.send(peer.suback(mid, 1, 1, 1))

        wait_until(way.connected, "it is connected")
        assert way.source.status().error is None


def test_acknowledgements_come_in_order_and_only_after_the_commit(version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, version).running() as way:
        peer = broker.accept()
        peer.shake_hands()
        way.journal.gate.clear()
        for mid in (9, 3, 7, 1):
            peer.publish(mid, payload=b"%d" % mid)
        assert way.journal.entered.wait(20)
        assert peer.nothing_came()
        way.journal.gate.set()

        assert [peer.puback() for _ in range(4)] == [9, 3, 7, 1]
        assert way.payloads() == [b"9", b"3", b"7", b"1"]
        wait_until(lambda: way.count("acknowledged") == 4, "counted")


def test_a_stale_acknowledgement_never_reaches_another_connection(version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, version).running() as way:
        first = broker.accept()
        first.shake_hands()
        way.journal.gate.clear()
        first.publish(1, b"one")
        assert way.journal.entered.wait(20)
        first.drop()
        second = broker.accept()
        second.greet()  # the first packet is a CONNECT
        wait_until(lambda: not way.source.status().connected, "the loss was noticed")
        second.send(second.connack())
        second.send(second.suback(second.subscription().body[:2], 1, 1, 1))
        way.journal.gate.set()
        wait_until(lambda: way.count("stale_acknowledgements") == 1, "the first is stale")
        second.publish(2, b"two")

        assert second.puback() == 2
        second.publish(1, b"one")  # the broker repeats what was not acknowledged, with the same id
        assert second.puback() == 1
        assert way.payloads() == [b"one", b"two", b"one"]
        assert [delivery.epoch for delivery in way.journal.deliveries] == [1, 2, 2]
        wait_until(lambda: way.source.status().reconnects == 1, "one reconnect")


def test_what_waited_for_a_lost_connection_is_forgotten_and_counted() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port).running() as way:
        peer = broker.accept()
        peer.shake_hands()
        way.journal.gate.clear()
        peer.publish(1)
        assert way.journal.entered.wait(20)
        for mid in range(2, 7):
            peer.publish(mid)
        wait_until(lambda: way.count("received") == 6, "all are in hand")
        peer.drop()
        wait_until(lambda: way.count("forgotten") == 5, "the broker owns those that waited")

        assert way.count("in_hand") == 1


def test_no_bytes_can_stop_the_network_thread(version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, version).running() as way:
        peer = broker.accept()
        peer.shake_hands()
        for mid, topic in enumerate([b"\xff\xfe", b"a\0b", b"city/v1/\xf0\x9f\x92\xa7", b"+"], 1):
            peer.publish(mid, b"\xff", topic)

        assert [peer.puback() for _ in range(4)] == [1, 2, 3, 4]
        assert [d.topic for d in way.journal.deliveries] == ["\\xff\\xfe", "a\\x00b", "city/v1/💧", "+"]
        assert way.source.status().dead == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread dies on purpose
def test_a_dead_network_thread_is_noticed_and_replaced() -> None:
    clock = DeadlyClock()
    with ScriptedBroker() as broker, WayIn(broker.port, clock=clock).running() as way:
        first = broker.accept()
        first.shake_hands()
        wait_until(way.connected, "it is connected")
        clock.armed = True
        first.publish(1, b"deadly")
        second = broker.accept()
        second.shake_hands()
        second.publish(1, b"deadly")

        assert second.puback() == 1
        wait_until(way.connected, "it is connected again")
        assert (way.source.status().dead, way.source.status().reconnects) == (1, 1)
        first.read_to_the_end()


GREETING_BYTES = 60


@pytest.mark.parametrize("cut", [0, 1, 3, 5, 7, 10, 14, 20, 33, GREETING_BYTES])
def test_a_link_that_breaks_at_any_byte_loses_nothing(cut: int, version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, version).running() as way:
        first = broker.accept()
        level = first.greet().level
        said = first.connack() + first.suback(b"\0\1", 1, 1, 1) + publish(1, b"one", b"city/v1/x", level)
        said += publish(2, b"two" * 10, b"city/v1/x", level)
        first.send(said[:cut])
        first.drop()
        second = broker.accept()
        second.shake_hands()
        second.publish(1, b"one")
        second.publish(2, b"two")

        assert [second.puback(), second.puback()] == [1, 2]
        assert set(way.payloads()) >= {b"one", b"two"}


@pytest.mark.parametrize(("version", "code"), [("5", 0x86), ("3.1.1", 4)])
def test_a_refusal_is_told_and_tried_again(version: str, code: int) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, {"protocol": version}).running() as way:
        first = broker.accept()
        first.greet()
        first.send(first.connack(code))
        wait_until(lambda: "Bad user name or password" in (way.source.status().error or ""), "the reason is told")
        broker.accept().shake_hands()

        wait_until(way.connected, "it is connected")
        assert way.source.status().reconnects == 0


@pytest.mark.parametrize(("version", "code"), [("5", 0x87), ("5", 0), ("3.1.1", 0x80), ("3.1.1", 0)])
def test_a_subscription_below_qos_1_is_no_connection(version: str, code: int) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, {"protocol": version}).running() as way:
        first = broker.accept()
        first.greet()
        first.send(first.connack())
        first.send(first.suback(first.subscription().body[:2], 1, code, 1))

        wait_until(lambda: "QoS 1 for city/v1/+/+/+/batch" in (way.source.status().error or ""), "the reason is told")
        broker.accept().shake_hands()


def test_a_broker_that_says_nothing_is_given_up() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, {"connect_timeout": 0.1}).running() as way:
        broker.accept()

        wait_until(lambda: "in time" in (way.source.status().error or ""), "it is given up")
        broker.accept().greet()


def test_nobody_listening_is_told_and_stopping_is_quick() -> None:
    with WayIn(free_port()).running() as way:
        wait_until(lambda: "cannot connect" in (way.source.status().error or ""), "the reason is told")


def test_a_broker_that_ends_the_connection_is_met_again() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port).running() as way:
        first = broker.accept()
        first.shake_hands()
        wait_until(way.connected, "it is connected")
        first.send(b"\xe0\x01\x8e")  # DISCONNECT: session taken over
        wait_until(lambda: "taken over" in (way.source.status().error or ""), "the reason is told")
        broker.accept().shake_hands()


def test_a_session_that_the_broker_has_lost_is_told_and_counted_but_not_the_first(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port).running() as way:
        for reconnects, present in enumerate((False, True, False)):
            peer = broker.accept()
            peer.shake_hands(session_present=present)
            wait_until(way.connected, "it is connected")
            assert way.source.status().reconnects == reconnects
            assert way.source.status().lost_sessions == (reconnects == 2)
            peer.drop()
            wait_until(lambda: not way.source.status().connected, "the loss was noticed")

    assert [record.msg for record in caplog.records if record.msg == "mqtt_session_lost"] == ["mqtt_session_lost"]


def test_a_broker_that_turns_us_away_again_and_again_is_told_of_at_growing_intervals(
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts = 4
    with ScriptedBroker() as broker, WayIn(broker.port).running() as way:
        for _ in range(attempts):
            broker.accept().drop()
        broker.accept().shake_hands()
        wait_until(way.connected, "it is connected")
        told = caplog.messages.count("mqtt_disconnected")

    assert 0 < told < attempts


def test_a_session_that_was_lost_while_we_were_away_is_told_too(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    lost = []
    with ScriptedBroker() as broker:
        other = f"ingest-test@127.0.0.1:{broker.port + 1}"
        for present, torn in ((False, None), (True, None), (False, None), (False, ""), (False, other)):
            if torn is not None:
                file.write_text(torn and json.dumps({"session": torn, "seen": ARRIVAL.isoformat()}), encoding="utf-8")
            with WayIn(broker.port, session=file).running() as way:
                broker.accept().shake_hands(session_present=present)
                wait_until(way.connected, "it is connected")
                lost.append(way.source.status().lost_sessions)

    assert lost == [0, 0, 1, 0, 0]  # the first; a session; lost; a file cut off by a crash; that of another broker


def test_a_session_that_cannot_be_noted_is_told_and_the_link_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, session=tmp_path).running() as way:  # a folder is no file
        broker.accept().shake_hands()
        wait_until(way.connected, "it is connected")

    assert "mqtt_session_not_noted" in caplog.messages


def test_what_is_no_mqtt_is_told_and_the_broker_is_met_again() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port).running() as way:
        first = broker.accept()
        first.shake_hands()
        wait_until(way.connected, "it is connected")
        first.send(b"\x32\x01\x00")
        wait_until(lambda: "ends inside its header" in (way.source.status().error or ""), "the reason is told")
        broker.accept().shake_hands()

        wait_until(way.connected, "it is connected again")
        assert way.source.status().dead == 0


def test_a_broker_without_a_window_is_turned_away_and_met_again_when_there_is_room() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, {"protocol": "3.1.1"}, room=5).running() as way:
        first = broker.accept()
        first.shake_hands()
        way.journal.gate.clear()
        first.publish(1, b"1")
        assert way.journal.entered.wait(20)
        for mid in range(2, 14):
            first.publish(mid, b"%d" % mid)
        wait_until(lambda: way.count("forgotten") == 10, "it was turned away")
        assert way.count("received") == 11
        way.journal.gate.set()
        second = broker.accept()
        second.shake_hands()
        for mid in range(1, 14):
            second.publish(mid, b"%d" % mid)
            assert second.puback() == mid


def test_what_is_sent_at_qos_0_is_kept_without_acknowledgement_and_dropped_beyond_the_room() -> None:
    with ScriptedBroker() as broker, WayIn(broker.port, room=3).running() as way:
        peer = broker.accept()
        peer.shake_hands()
        way.journal.gate.clear()
        peer.publish(0, b"first", qos=0)
        assert way.journal.entered.wait(20)
        for _ in range(5):
            peer.publish(0, b"more", qos=0)
        wait_until(lambda: way.count("received") == 6, "all have come")
        assert way.count("dropped") == 2
        peer.drop()
        way.journal.gate.set()
        broker.accept().shake_hands()

        wait_until(lambda: way.count("journaled") == 4, "nobody repeats them, so they are kept")
        assert way.count("acknowledged") == way.count("stale_acknowledgements") == way.count("forgotten") == 0


def test_stopping_acknowledges_what_was_taken_takes_nothing_more_and_says_goodbye(version: dict[str, Any]) -> None:
    with ScriptedBroker() as broker:
        way = WayIn(broker.port, version)
        with way.running():
            peer = broker.accept()
            peer.shake_hands()
            way.journal.gate.clear()
            for mid in (1, 2, 3):
                peer.publish(mid)
            wait_until(lambda: way.count("received") == 3, "all are in hand")
            stopping = threading.Thread(target=way.source.stop, args=(20,))
            stopping.start()
            wait_until(way.source._draining.is_set, "it is draining")
            wait_until(lambda: not _takes(way), "it takes nothing more")
            peer.publish(4)
            way.journal.gate.set()
            stopping.join(20)

        assert [peer.puback() for _ in range(3)] == [1, 2, 3]
        assert peer.receive().type == DISCONNECT
        with pytest.raises(EOFError):
            peer.receive()
        assert len(way.payloads()) == 3


def _takes(way: WayIn) -> bool:
    connection = way.source._connection
    assert connection is not None
    return connection._taking


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return cert, key


def _tls_broker(certificate: tuple[str, str]) -> ScriptedBroker:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return ScriptedBroker(context)


def test_a_broker_is_met_over_tls(certificate: tuple[str, str]) -> None:
    options = {"tls": True, "ca_file": certificate[0]}
    with _tls_broker(certificate) as broker, WayIn(broker.port, options).running() as way:
        peer: Peer = broker.accept()
        peer.shake_hands()
        peer.publish(1, b"x" * 100_000)

        assert peer.puback() == 1
        assert len(way.payloads()[0]) == 100_000


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the socket to refcounting
def test_a_broker_that_no_authority_vouches_for_is_not_trusted(certificate: tuple[str, str]) -> None:
    with _tls_broker(certificate) as broker, WayIn(broker.port, {"tls": True, "connect_timeout": 1.0}).running() as way:
        with pytest.raises(OSError, match=r"(?i)alert|eof|reset"):
            broker.accept()

        wait_until(lambda: "CERTIFICATE_VERIFY_FAILED" in (way.source.status().error or ""), "the reason is told")


def test_a_tls_file_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")

    with pytest.raises(ConfigError, match=r"ca\.pem"):
        WayIn(1, {"tls": True, "ca_file": str(tmp_path / "ca.pem")})
