"""Questions for missing readings: how many wait while the broker does not take them."""

from domain.arrivals import Ask
from ingest.asker import MOST_WAITING, Asker
from ingest.connection import MqttOptions
from tests.support.processes import wait_until
from tests.support.scripted_broker import PUBACK, PUBLISH, ScriptedBroker, packet


def test_questions_that_the_broker_does_not_take_are_bounded_and_go_on_once_it_does() -> None:
    question = Ask("streetlight", "370102", "GW-1", "L1", 3, 5)
    with ScriptedBroker() as broker:
        asker = Asker(MqttOptions("127.0.0.1", broker.port, "asks"))
        asker.start()
        peer = broker.accept()
        peer.greet()
        peer.send(peer.connack())
        wait_until(lambda: asker.ask(question), "it is connected")
        assert sum(asker.ask(question) for _ in range(MOST_WAITING + 5)) == MOST_WAITING - 1
        assert not asker.ask(question)
        first = peer.receive()
        assert first.type == PUBLISH
        length = int.from_bytes(first.body[:2], "big")
        peer.send(packet(PUBACK, 0, first.body[2 + length : 4 + length]))
        wait_until(lambda: asker.ask(question), "there is room for another")
        asker.stop()
