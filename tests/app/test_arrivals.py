"""The ledger of arrivals over a real journal: counted once across crashes, gaps asked back with patience."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.arrivals import CONSUMER, ArrivalOptions, Arrivals
from domain.arrivals import Ask
from domain.citytime import JINAN
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from tests.support.ingest import ARRIVAL, FixedClock, batch, reading, register
from tests.support.processes import wait_until

WORLD = register("lamp-1", "lamp-2")


@dataclass
class House:
    """One folder; `arrivals()` is a new incarnation."""

    folder: Path
    clock: FixedClock = field(default_factory=FixedClock)
    asked: list[Ask] = field(default_factory=list)
    reachable: bool = True

    def __post_init__(self) -> None:
        self.journal = SqliteJournal(self.folder / "journal", [CONSUMER], 2**30, 2**20)

    def arrivals(self, keep_s: float = 3600) -> Arrivals:
        feed = DecodedFeed(self.journal, Decoder(lambda: WORLD))
        options = ArrivalOptions(keep_s=keep_s, ask_s=0.01)
        file = self.folder / "arrivals.json.gz"
        return Arrivals((self.journal, feed), lambda: WORLD, self.clock, file, JINAN.tz, self.ask, options)

    def ask(self, ask: Ask) -> bool:
        if self.reachable:
            self.asked.append(ask)
        return self.reachable

    def say(self, *numbers: int, device: str = "lamp-1") -> None:
        at = [(ARRIVAL - timedelta(hours=1) + timedelta(minutes=n)).isoformat() for n in numbers]
        self.journal.append([batch(*(reading(device, at=t, seq=n) for t, n in zip(at, numbers, strict=True)))])

    def caught_up(self, arrivals: Arrivals) -> bool:
        return arrivals.offset == self.journal.end


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.journal.close()


def test_across_a_stop_and_a_crash_every_reading_is_counted_once(house: House) -> None:
    first = house.arrivals()
    first.start()
    house.say(1, 2, 5)
    wait_until(lambda: house.caught_up(first), "counted")
    first.stop(30)
    assert house.journal.committed(CONSUMER) == house.journal.end
    second = house.arrivals()
    second.start()
    house.say(6, 3)
    wait_until(lambda: house.caught_up(second), "counted")
    # A crash: nothing of the second incarnation was kept. The third finds the same deliveries again.
    third = house.arrivals()
    third.start()
    wait_until(lambda: house.caught_up(third), "counted again")
    ledger = third.device("lamp-1", house.clock.now())
    assert (ledger.received, ledger.duplicates, ledger.missing, ledger.recovered, ledger.last_seq) == (5, 0, 1, 1, 6)
    assert third.totals().received == 5
    for one in (second, third):
        one.stop(30)


def test_a_file_that_cannot_be_read_begins_the_books_anew(house: House) -> None:
    house.say(1)
    (house.folder / "arrivals.json.gz").write_bytes(b"no gzip")
    arrivals = house.arrivals()
    arrivals.start()
    wait_until(lambda: house.caught_up(arrivals), "counted")
    assert arrivals.device("lamp-1", house.clock.now()).received == 1
    arrivals.stop(30)
    assert json.loads(json.dumps(arrivals.status())) == {"offset": 1, "lag_deliveries": 0}


def test_a_gap_rests_is_asked_back_where_it_came_from_and_again_later_and_then_no_more(house: House) -> None:
    arrivals = house.arrivals()
    arrivals.start()
    house.say(1, 2, 6)
    wait_until(lambda: house.caught_up(arrivals), "counted")
    assert house.asked == []
    house.clock.at += timedelta(seconds=31)
    wait_until(lambda: len(house.asked) == 1, "asked")
    assert house.asked == [Ask("streetlight", "370102", "gateway-1", "lamp-1", 3, 5)]
    for times in (2, 3):
        house.clock.at += timedelta(minutes=6)
        wait_until(lambda least=times: len(house.asked) == least, "asked again")  # type: ignore[misc]
    house.clock.at += timedelta(minutes=6)
    house.say(3, 4)
    wait_until(lambda: arrivals.device("lamp-1", house.clock.now()).missing == 1, "some came")
    assert len(house.asked) == arrivals.totals().asked == 3
    arrivals.stop(30)


def test_without_a_connection_nothing_counts_as_asked(house: House) -> None:
    house.reachable = False
    arrivals = house.arrivals()
    arrivals.start()
    house.say(1, 3)
    wait_until(lambda: house.caught_up(arrivals), "counted")
    house.clock.at += timedelta(minutes=1)
    house.say(4)
    wait_until(lambda: house.caught_up(arrivals), "counted")
    assert arrivals.totals().asked == 0
    house.reachable = True
    wait_until(lambda: len(house.asked) > 0, "asked once there is somebody")
    arrivals.stop(30)
