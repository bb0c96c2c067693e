"""What comes late, is corrected, or is registered in retrospect leaves a revision of the closed periods it touches."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.past import PastStores, caught_up
from app.reviser import Reviser, ReviserOptions
from app.world import RunningWorld
from domain.delivery import Delivery
from domain.device import AssetState
from domain.errors import StoreUnavailable
from domain.history import HistoryQuery, Mark, Published
from domain.lighting import Override, OverrideAction
from domain.period import PeriodKind
from domain.ports import DeviceChange
from domain.quarantine import Intended
from domain.reading import Reading
from domain.record import EventType
from ingest.envelope import envelope
from store.telemetry.memory import MemoryStore
from tests.app.test_engine import NIGHT, House, lamp, run
from tests.app.test_engine import caught_up as engine_caught_up
from tests.support.processes import wait_until

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class PastHouse(House):
    """The engine's house with a telemetry store and a reviser."""

    def __init__(self, folder: Path, lamps: int) -> None:
        super().__init__(folder, lamps)
        self.operational.measures.unmark(self.operational.measures.marks(10))  # of the register's first load
        self.store = MemoryStore()
        self.away = False
        self.running = run(self, self.engine())
        self.reviser = self.new_reviser(self.running)

    def new_reviser(self, engine: Engine) -> Reviser:
        stores = PastStores(self.store, self.operational.measures, self.operational.register, self.operational.lighting)
        there = caught_up(self.journal, lambda: stores.same_world(engine))
        options = ReviserOptions(calm=timedelta(seconds=30), look_s=0.01)
        return Reviser(engine, self.operational.measures, self.window, there, self.clock, options)

    def window(self, kind: str, start: datetime, end: datetime) -> Iterable[Reading]:
        if self.away:
            raise StoreUnavailable("away")
        return self.store.window(kind, start, end)

    def say(self, number: int, at: datetime, watts: float = 150.0, revision: int = 0) -> None:
        """A lamp's reading of `at` arrives now, and is stored."""
        now, self.clock.at = self.clock.at, at
        self.report(number, watts, revision)
        self.clock.at = now
        values = {"power": watts}
        self.store.append([Reading(f"L{number}", "streetlight", at, now, values, revision=revision)])
        wait_until(lambda: self.running.offset == self.journal.end, "applied")
        self.journal.commit("store", self.journal.end)

    def replay(self, number: int, at: datetime, watts: float = 150.0) -> None:
        """What a lamp said at `at` comes out of the quarantine now, and is stored."""
        payload = json.dumps({"device": f"L{number}", "at": at.isoformat(), "values": {"power": watts}}).encode()
        original = Delivery(f"city/v1/streetlight/370102/L{number}/telemetry", payload, at)
        self.journal.append([envelope(Intended(1, 1, original, None), self.clock.at)])
        self.store.append([Reading(f"L{number}", "streetlight", at, at, {"power": watts})])
        wait_until(lambda: self.running.offset == self.journal.end, "applied")
        self.journal.commit("store", self.journal.end)

    def sail(self, span: timedelta) -> None:
        self.clock.pass_(span)
        wait_until(lambda: engine_caught_up(self, self.running), "caught up")

    def world(self) -> RunningWorld:
        operational = self.operational
        return RunningWorld(operational.register, operational.lighting, operational.events, self.running, self.clock)

    def settle(self) -> None:
        """Let marks be written, the calm pass, and the reviser do its work."""
        self.sail(2 * MINUTE)
        self.sail(MINUTE)
        wait_until(self._moved, "every mark is done")

    def _moved(self) -> bool:
        self.clock.pass_(timedelta(seconds=10))
        return self.operational.measures.waiting() == 0

    def hours(self, scope: str = "city") -> list[Published]:
        asked = HistoryQuery("light_on_rate", scope, PeriodKind.HOUR, NIGHT - 9 * HOUR, NIGHT + 9 * HOUR, 1000)
        return list(self.operational.measures.history(asked))

    def told(self) -> list[dict[str, object]]:
        events = self.operational.events.after(0, 10_000)
        return [dict(e.event.data) for e in events if e.event.type is EventType.MEASURE_REVISED]

    def end(self) -> None:
        if self.reviser.alive():
            self.reviser.stop(10)
        self.running.stop()
        self.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PastHouse]:
    """Four lamps that were lit at 20:50, all but one; it is 21:05 and 20:00 to 21:00 is written down."""
    built = PastHouse(tmp_path, lamps=4)
    built.sail(50 * MINUTE)
    for number in range(3):
        built.say(number, built.clock.at)
    built.sail(15 * MINUTE)
    assert [(p.measure.numerator, p.measure.unknown) for p in built.hours()] == [(3, 1)]
    yield built
    built.end()


def test_a_reading_out_of_the_quarantine_revises_the_hour_that_missed_it_and_is_no_news_twice(house: PastHouse) -> None:
    house.reviser.start()
    for _ in range(2):
        house.replay(3, NIGHT + 51 * MINUTE)
        house.settle()
    (hour,) = house.hours()
    assert (hour.measure.numerator, hour.measure.unknown, hour.revision) == (4, 0, 1)
    assert hour.why == "late reading of L3"


def test_a_late_reading_revises_the_hour_that_missed_it(house: PastHouse) -> None:
    house.reviser.start()
    house.say(3, NIGHT + 51 * MINUTE)
    house.settle()
    (hour,) = house.hours()
    assert (hour.measure.numerator, hour.measure.unknown, hour.revision) == (4, 0, 1)
    assert hour.why == "late reading of L3"
    (told,) = house.told()
    assert (told["indicator"], told["period"], told["why"]) == ("light_on_rate", "2026-11-23T20", hour.why)
    scopes = told["scopes"]
    assert isinstance(scopes, list)
    assert (scopes[0]["scope"], scopes[0]["old"]["numerator"], scopes[0]["new"]["numerator"]) == ("city", 3, 4)
    assert (
        house.running.status()["measures_corrected"] == told["revised"] == 4
    )  # city, district, management area, road class


def test_a_corrected_reading_revises_what_rested_on_the_wrong_one(house: PastHouse) -> None:
    house.reviser.start()
    house.say(0, NIGHT + 50 * MINUTE, watts=0.0, revision=1)
    house.settle()
    (hour,) = house.hours()
    assert (hour.measure.numerator, hour.measure.unknown, hour.why) == (2, 1, "corrected reading of L0")


def test_a_late_reading_that_changes_nothing_leaves_no_revision(house: PastHouse) -> None:
    house.reviser.start()
    house.say(0, NIGHT + 49 * MINUTE)
    house.settle()
    assert [p.revision for p in house.hours()] == [0]
    assert house.told() == []
    assert house.reviser.periods == 0  # the board knows by itself which hour a lamp may change


def test_marks_that_overlap_are_looked_at_together_and_each_says_why(house: PastHouse) -> None:
    house.store.append([Reading("L3", "streetlight", NIGHT + 51 * MINUTE, house.clock.at, {"power": 150.0})])
    spans = {"earlier": (40, 52), "within": (45, 50), "later": (51, 55), "another day": (2000, 2010)}
    marks = [
        Mark("streetlight", NIGHT + first * MINUTE, NIGHT + last * MINUTE, house.clock.at, why)
        for why, (first, last) in spans.items()
    ]
    house.operational.measures.mark(marks)
    house.reviser.start()
    house.settle()
    (hour,) = house.hours()
    assert (hour.measure.numerator, hour.revision, hour.why) == (4, 1, "earlier; within; later")


def test_a_register_changed_in_retrospect_revises_what_was_counted(house: PastHouse) -> None:
    house.reviser.start()
    gone = lamp(3).device
    idle = DeviceChange(replace(gone, state=AssetState.MAINTENANCE), NIGHT + 10 * MINUTE)
    house.world().change_devices([idle], "test")
    house.settle()
    (hour,) = house.hours()
    assert (hour.measure.numerator, hour.measure.denominator) == (3, 3)
    assert hour.why == "register changed, version 2"


def test_a_scope_that_had_no_device_after_all_is_revised_to_nothing(house: PastHouse) -> None:
    house.reviser.start()
    moved = [DeviceChange(replace(lamp(n).device, district="370199"), NIGHT - HOUR) for n in range(4)]
    house.world().change_devices(moved, "test")
    house.settle()
    (old,), (new,) = house.hours("district:370102"), house.hours("district:370199")
    assert (old.measure.value, old.measure.denominator, old.measure.reason) == (None, 0, "the scope had no device then")
    assert (new.measure.numerator, new.revision, new.why) == (3, 0, "register changed, version 2")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_an_override_in_retrospect_revises_who_had_to_be_lit(house: PastHouse, *, withdrawn: bool) -> None:
    house.reviser.start()
    world, now = house.world(), house.clock.at
    span = (NIGHT + 30 * MINUTE, NIGHT + 61 * MINUTE)
    world.add_override(Override("o1", "city", OverrideAction.NO_JUDGEMENT, *span, "test", "检修", now))
    house.settle()
    assert house.hours()[0].measure.denominator == 0
    if withdrawn:
        world.withdraw_override("o1", "test")
        house.settle()
        (hour,) = house.hours()
        assert (hour.measure.denominator, hour.revision) == (4, 2)


def test_marks_outlive_the_process_and_are_worked_off_by_the_next(house: PastHouse) -> None:
    house.say(3, NIGHT + 51 * MINUTE)
    house.running.stop()
    assert house.operational.measures.waiting() == 1
    house.running = run(house, house.engine())
    house.reviser = house.new_reviser(house.running)
    house.reviser.start()
    house.settle()
    assert [(p.measure.numerator, p.revision) for p in house.hours()] == [(4, 1)]


def test_a_store_that_is_away_is_waited_for(house: PastHouse) -> None:
    house.running.stop()  # the next process remembers nothing of the hour, so the store must be asked
    house.running = run(house, house.engine())
    house.reviser = house.new_reviser(house.running)
    house.reviser.start()
    house.away = True
    house.say(3, NIGHT + 51 * MINUTE)
    house.sail(2 * MINUTE)
    wait_until(lambda: house._moved() or house.reviser.failure is not None, "it waits")
    assert house.operational.measures.waiting() == 1
    house.away = False
    house.settle()
    assert [(p.measure.numerator, p.revision) for p in house.hours()] == [(4, 1)]
    wait_until(lambda: house.reviser.failure is None, "all is well")


def test_nothing_is_looked_at_before_the_store_has_caught_up(house: PastHouse) -> None:
    wanted = caught_up(house.journal, lambda: True)
    assert wanted(1)
    house.report(0, 1.0)
    assert wanted(1)  # what came later is not what was marked
    assert not wanted(2)
    house.journal.commit("store", house.journal.end)
    assert wanted(2)
