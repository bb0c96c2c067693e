import threading

from domain.bundle import Bundle
from domain.delivery import Delivery, Source
from domain.errors import JournalFull
from ingest.accounting import Ledger
from ingest.inbox import Inbox, sources
from tests.support.ingest import ARRIVAL
from tests.support.processes import wait_until


class Offered:
    def __init__(self, number: int, *, repeatable: bool = True, source: Source = Source.MQTT) -> None:
        self.bundle = Bundle.of(Delivery(str(number), b"x" * 10, ARRIVAL, source))
        self.repeatable = repeatable

    def kept(self, first: int) -> bool | None:  # noqa: ARG002
        return True

    def refuse(self, error: JournalFull) -> bool:  # noqa: ARG002
        return False


def test_what_piled_up_is_taken_in_order_and_in_bounds() -> None:
    inbox = Inbox(Ledger(ARRIVAL), room=10)
    offered = [Offered(number) for number in range(7)]
    for item in offered:
        assert inbox.offer(item)

    assert inbox.take(3, 10_000, 0) == offered[:3]
    assert inbox.take(100, 15, 0) == offered[3:5]
    assert inbox.take(100, 10_000, 0) == offered[5:]
    assert inbox.take(100, 10_000, 0) == []


def test_without_room_what_nobody_repeats_is_dropped_and_counted() -> None:
    ledger = Ledger(ARRIVAL)
    inbox = Inbox(ledger, room=2)
    taken = [inbox.offer(Offered(number, repeatable=False)) for number in range(3)]
    repeated = [inbox.offer(Offered(number)) for number in range(3)]

    assert taken == [True, True, False]
    assert repeated == [True, True, False]
    deliveries = ledger.snapshot()["deliveries"]
    assert (deliveries["received"], deliveries["dropped"], deliveries["in_hand"]) == (5, 1, 4)


def test_unwanted_ones_are_removed_and_the_others_keep_their_order() -> None:
    inbox = Inbox(Ledger(ARRIVAL), room=10)
    for number in range(4):
        inbox.offer(Offered(number))

    assert inbox.remove(lambda waiting: waiting.bundle.topics[0] in "13") == 2
    assert [waiting.bundle.topics[0] for waiting in inbox.take(9, 999, 0)] == ["0", "2"]


def test_drained_means_settled_not_only_taken() -> None:
    inbox = Inbox(Ledger(ARRIVAL), room=10)
    inbox.offer(Offered(1))
    batch = inbox.take(10, 100, 0)

    assert not inbox.drained(0)
    inbox.settled(len(batch))
    assert inbox.drained(0)


def test_closing_wakes_the_writer_and_takes_nothing_more() -> None:
    inbox = Inbox(Ledger(ARRIVAL), room=10)
    taken: list[int] = []
    writer = threading.Thread(target=lambda: taken.append(len(inbox.take(1, 1, 60))))
    writer.start()
    inbox.close()

    wait_until(lambda: taken == [0], "the writer came back")
    writer.join(30)
    assert not inbox.offer(Offered(1))


def test_deliveries_are_counted_by_door() -> None:
    batch = [Offered(1), Offered(2, source=Source.HTTP), Offered(3)]

    assert sources(list(batch)) == {Source.MQTT: 2, Source.HTTP: 1}
