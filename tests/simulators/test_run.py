import json
import threading
from collections import Counter
from datetime import datetime, timedelta

from simulators.fleet import Fleet
from simulators.jinan.city import city_of
from simulators.publisher import Broker
from simulators.run import FleetRunner, fleet_runner
from tests.simulators.listener import Listener
from tests.simulators.outlets import Shelf
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until

DEVICES = [c.device for c in city_of(120, 5) if c.valid_to is None]
START = datetime.fromisoformat("2026-11-23T16:45+08:00")


class HandClock:
    """A city clock that is set by hand."""

    def __init__(self) -> None:
        self._now = START
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, step: timedelta) -> None:
        with self._lock:
            self._now += step


def runner(shelf: Shelf, clock: HandClock) -> FleetRunner:
    return FleetRunner(Fleet(DEVICES, START), shelf, clock)


def planned(fleet: FleetRunner) -> datetime:
    return datetime.fromisoformat(fleet.report(sequence=False)["planned_through"])


def test_the_fleet_follows_the_clock_and_reports_what_it_sent() -> None:
    clock, shelf = HandClock(), Shelf()
    fleet = runner(shelf, clock)
    fleet.start()
    clock.advance(timedelta(hours=1))
    wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
    assert fleet.alive()
    fleet.stop()
    report = json.loads(json.dumps(fleet.report()))
    sent = [m for m, _ in shelf.taken]

    assert report["sent"] == report["acknowledged"]
    assert sum(n["fresh"] for n in report["sent"]["readings"].values()) == sum(m.readings for m in sent)
    assert sum(report["sequence"].values()) == sum(m.readings for m in sent)
    assert report["sent"]["messages"]["status"] == {"fresh": 2 * 5}
    assert report["abandoned"] == {"messages": {}, "readings": {}}
    assert report["lag_s"]["now"] == 0
    assert not fleet.alive()
    assert shelf.stopped


def test_all_that_was_due_is_sent_however_the_clock_jumps() -> None:
    clock, shelf = HandClock(), Shelf()
    fleet = runner(shelf, clock)
    fleet.start()
    for minutes in (1, 0, 45, 3):
        clock.advance(timedelta(minutes=minutes))
        wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
    fleet.stop()

    whole = Fleet(DEVICES, START).plan(clock.now())
    assert [m for m, _ in shelf.taken][: len(whole)] == whole


def test_messages_of_one_sender_share_a_lane() -> None:
    clock, shelf = HandClock(), Shelf(lanes=3)
    fleet = runner(shelf, clock)
    fleet.start()
    clock.advance(timedelta(minutes=30))
    wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
    fleet.stop()
    lanes = Counter({m.sender: lane for m, lane in shelf.taken}.values())

    assert len({(m.sender, lane) for m, lane in shelf.taken}) == len({m.sender for m, _ in shelf.taken})
    assert set(lanes) == {0, 1, 2}


def test_falling_behind_is_counted() -> None:
    clock, shelf = HandClock(), Shelf(room=5)
    fleet = runner(shelf, clock)
    fleet.start()
    clock.advance(timedelta(seconds=30))
    wait_until(lambda: len(shelf.taken) == 5, "the outlet is full")
    clock.advance(timedelta(minutes=30))
    assert fleet.report(sequence=False)["lag_s"]["now"] == 1830
    shelf.make_room()
    wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
    fleet.stop()
    report = fleet.report(sequence=False)

    assert report["lag_s"] == {"now": 0, "max": 1800}
    assert report["late_steps"] > 0


def test_what_could_not_be_handed_over_before_the_end_is_counted_as_abandoned() -> None:
    clock, shelf = HandClock(), Shelf(room=5)
    fleet = runner(shelf, clock)
    fleet.start()
    clock.advance(timedelta(seconds=30))
    wait_until(lambda: len(shelf.taken) == 5, "the outlet is full")
    fleet.stop(timeout=0.1)
    report = fleet.report()
    of = {part: sum(sum(n.values()) for n in report[part]["readings"].values()) for part in ("sent", "abandoned")}

    assert of["sent"] + of["abandoned"] == sum(report["sequence"].values())
    assert of["abandoned"] > 0


def test_a_fleet_on_mosquitto_can_be_reconciled_to_the_last_reading(mosquitto: Mosquitto) -> None:
    clock = HandClock()
    broker = Broker(mosquitto.host, mosquitto.port, connections=3)
    with Listener(mosquitto.host, mosquitto.port) as listener:
        fleet = fleet_runner(DEVICES, clock, broker)
        fleet.start()
        clock.advance(timedelta(minutes=40))
        wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
        fleet.stop()
        report = fleet.report()
        messages = sum(sum(n.values()) for n in report["sent"]["messages"].values())
        wait_until(lambda: len(listener.heard) >= messages, "everything heard")

    heard: Counter[str] = Counter()
    for message in listener.heard:
        if not message.topic.endswith("/status"):
            payload = json.loads(message.payload)
            heard.update(r["device"] for r in payload.get("readings", [payload]))
    assert report["sent"] == report["acknowledged"]
    assert dict(heard) == report["sequence"]
    statuses = [m for m in listener.heard if m.topic.endswith("/status")]
    assert Counter(m.payload for m in statuses) == {b"online": 5, b"offline": 5}


def test_gateways_are_remembered_as_offline_after_the_end(mosquitto: Mosquitto) -> None:
    clock = HandClock()
    fleet = fleet_runner(DEVICES, clock, Broker(mosquitto.host, mosquitto.port, connections=2))
    fleet.start()
    clock.advance(timedelta(minutes=1))
    wait_until(lambda: planned(fleet) == clock.now(), "the fleet caught up")
    fleet.stop()
    with Listener(mosquitto.host, mosquitto.port) as late:
        wait_until(lambda: len(late.heard) >= 5, "retained statuses")

    assert {m.payload for m in late.heard} == {b"offline"}
    assert all(m.retain and m.topic.endswith("/status") for m in late.heard)
