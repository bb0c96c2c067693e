"""The engine consumes the journal, ticks in event time, and comes back from a crash as if nothing had happened."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.alerting import Alerting, AlertParts
from app.engine import Engine
from app.engine_parts import Books, EngineOptions
from app.grid import floor
from app.keeper import Keeper
from app.sender_news import GATEWAYS
from app.snapshot import SnapshotFile
from app.throttle import OF_SENDER
from domain.alert_ports import TickRecord
from domain.citytime import JINAN
from domain.delivery import Delivery
from domain.device import Device
from domain.kind import Value
from domain.measure import Direction, Target
from domain.ports import DeviceChange
from domain.record import EventType
from domain.scope import Scope
from ingest.decode import Decoder
from ingest.feed import DecodedFeed
from ingest.journal.sqlite import SqliteJournal
from rules.alerts.book import RuleBook
from rules.indicator import World
from store.operational.facade import OperationalStore
from tests.support.clock import SetClock
from tests.support.processes import wait_until

NIGHT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""20:00 in Jinan: lamps have been on for hours."""
CITY = Scope.parse("city")
TARGET = Target(
    id="lit",
    document="plan",
    item="10",
    wording="98",
    bureau=("市城管局",),
    indicator="light_on_rate",
    scope="city",
    limit=98,
    direction=Direction.AT_LEAST,
)


def lamp(number: int) -> DeviceChange:
    attributes: dict[str, Value] = {
        "road": "经十路",
        "road_class": "arterial",
        "supply_point": "SP1",
        "lighting_use": "functional",
        "rated_power": 150.0,
    }
    device = Device(f"L{number}", "streetlight", f"灯{number}", "370102", "370102", "照明中心", attributes=attributes)
    return DeviceChange(device, NIGHT - timedelta(days=30))


class House:
    """Everything the engine lives on, in one folder. `engine()` is a new incarnation on the same files."""

    def __init__(self, folder: Path, lamps: int) -> None:
        self.clock = SetClock(NIGHT)
        self.folder = folder
        self.operational = OperationalStore(f"sqlite:///{folder / 'operational.sqlite'}")
        self.operational.register.record([lamp(i) for i in range(lamps)], "test", NIGHT)
        self.journal = SqliteJournal(folder / "journal", ("engine", "store"), 1 << 30, 1 << 20)
        self.sent = 0
        self.book = RuleBook()
        self.pace = 1.0
        self.committed: list[datetime] = []
        """The ticks that were committed: those that told something, and one in 20 s."""

    def engine(self, grid: timedelta = timedelta(seconds=1), world: Callable[[], World] | None = None) -> Engine:
        register = self.operational.register.load()
        feed = DecodedFeed(self.journal, Decoder(lambda: register))
        keeper = Keeper(self.operational.measures, self.clock, JINAN.tz, calm=timedelta(seconds=30))
        parts = AlertParts(self.operational.alerts, self.operational.mutes, None, self.book, self.clock.now)
        alerting = Alerting(parts, [TARGET])
        return Engine(
            EngineOptions(tick=grid, idle_s=0.01, pace=lambda: self.pace),
            feed,
            self.journal,
            Books(self.operational.events, keeper, alerting, self.commit),
            self.clock,
            SnapshotFile(self.folder / "snapshots" / "engine.json.gz"),
            [TARGET],
            world or (lambda: World(register, self.operational.lighting.load(), JINAN)),
        )

    def commit(self, tick: TickRecord) -> None:
        self.committed.append(tick.through)
        self.operational.alerts.commit(tick)

    def report(self, number: int, power: float, revision: int = 0) -> None:
        """A lamp says its power at the city's present instant."""
        payload = {
            "device": f"L{number}",
            "at": self.clock.at.isoformat(),
            "seq": self.sent,
            "values": {"power": power},
            "revision": revision,
        }
        topic = f"city/v1/streetlight/370102/L{number}/telemetry"
        self.journal.append([Delivery(topic, json.dumps(payload).encode(), self.clock.at)])
        self.sent += 1

    def verdicts(self) -> list[str]:
        events = self.operational.events.after(0, 1000)
        return [e.event.data["verdict"] for e in events if e.event.type is EventType.VERDICT_CHANGED]

    def close(self) -> None:
        self.journal.close()
        self.operational.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path, lamps=4)
    yield built
    built.close()


def test_a_stranger_with_endless_names_does_not_make_the_gateways_grow(house: House) -> None:
    engine = house.engine()
    engine.news.gateways.update((f"gw-{n}", True) for n in range(GATEWAYS))
    for name in ("gw-1", "one-more"):
        topic = f"city/v1/streetlight/370102/{name}/status"
        house.journal.append([Delivery(topic, b"offline", house.clock.at)])
    engine.start()
    try:
        wait_until(lambda: engine.beginning.over and engine.offset == 2, "both were looked at")
    finally:
        engine.stop(30)
    assert engine.news.gateways["gw-1"] is False
    assert len(engine.news.gateways) == GATEWAYS


def statuses(house: House) -> list[bool]:
    events = house.operational.events.after(0, 1000)
    return [e.event.data["online"] for e in events if e.event.type is EventType.GATEWAY_STATUS]


def test_a_gateway_that_flaps_at_full_speed_does_not_fill_the_log_and_its_last_word_is_told(house: House) -> None:
    topic = "city/v1/streetlight/370102/gw-1/status"
    said = [Delivery(topic, (b"online", b"offline")[n % 2], house.clock.at) for n in range(1000)]
    house.journal.append(said)
    engine = run(house, house.engine())
    house.clock.pass_(timedelta(seconds=2))
    wait_until(lambda: len(statuses(house)) == OF_SENDER.at_once, "what it may say at once is logged")
    assert engine.news.gateways == {"gw-1": False}, "what is so now is known all the same"
    engine.stop()
    engine = run(house, house.engine())
    house.clock.pass_(timedelta(seconds=70))
    wait_until(lambda: len(statuses(house)) == OF_SENDER.at_once + 1, "its last word waited, also over a restart")
    assert statuses(house)[-1] is False
    engine.stop()


def test_a_cabinet_that_raises_events_at_full_speed_does_not_fill_the_log(house: House) -> None:
    cabinet = Device(
        "C1", "lighting_cabinet", "箱1", "370102", "370102", "照明中心", attributes={"supply_point": "SP1"}
    )
    house.operational.register.record([DeviceChange(cabinet, NIGHT - timedelta(days=30))], "test", NIGHT)
    topic = "city/v1/lighting_cabinet/370102/C1/telemetry"
    for number in range(500):
        at = house.clock.at - timedelta(seconds=500 - number)
        event = {"type": "cabinetDoorOpen", "phase": "once"}
        body = {"device": "C1", "at": at.isoformat(), "seq": number, "values": {"power": 1.0}, "events": [event]}
        house.journal.append([Delivery(topic, json.dumps(body).encode(), house.clock.at)])
    engine = run(house, house.engine())
    house.clock.pass_(timedelta(seconds=2))
    wait_until(lambda: caught_up(house, engine), "the engine has ticked")
    assert engine.status()["events_left_out"] == 500 - OF_SENDER.at_once - 1, "the rest is counted, and one waits"
    engine.stop()
    events = [e.event.type for e in house.operational.events.after(0, 1000)]
    assert events.count(EventType.CABINET_EVENT) == OF_SENDER.at_once


def lit(engine: Engine) -> tuple[float, float, float]:
    with engine.lock:
        measure = engine.city.measure("light_on_rate", CITY, engine.instant)
    return measure.numerator, measure.denominator, measure.unknown


def caught_up(house: House, engine: Engine) -> bool:
    ticked = engine.ticked is not None and engine.ticked >= floor(house.clock.at, timedelta(seconds=1))
    return engine.beginning.over and ticked and engine.offset == house.journal.end


def run(house: House, engine: Engine) -> Engine:
    engine.start()
    wait_until(lambda: caught_up(house, engine), "the engine is at the end of the journal")
    return engine


def test_a_reading_moves_the_live_indicator(house: House) -> None:
    engine = run(house, house.engine())
    assert lit(engine) == (0, 4, 4)
    for number, power in enumerate((150, 148, 151, 0)):
        house.report(number, power)
    house.clock.pass_(timedelta(seconds=2))
    wait_until(lambda: lit(engine) == (3, 4, 0), "three of four lamps are lit")
    engine.stop()


def test_verdicts_are_told_when_they_change_and_unknown_is_one_of_them(house: House) -> None:
    engine = run(house, house.engine())
    for number in range(4):
        house.report(number, 150)
    house.clock.pass_(timedelta(minutes=1))
    wait_until(lambda: house.verdicts() == ["unknown", "met"], "met")
    house.report(0, 0)
    house.clock.pass_(timedelta(minutes=1))
    wait_until(lambda: house.verdicts()[-1] == "missed", "missed")
    house.clock.pass_(timedelta(hours=2))
    wait_until(lambda: house.verdicts() == ["unknown", "met", "missed", "unknown"], "silence is unknown")
    engine.stop()


@pytest.mark.parametrize("snapshot", [True, False], ids=["snapshot", "no snapshot"])
def test_after_a_crash_the_state_is_the_same_and_nothing_is_told_twice(house: House, *, snapshot: bool) -> None:
    first = run(house, house.engine())
    for number in range(3):
        house.report(number, 150)
    house.clock.pass_(timedelta(minutes=1))
    wait_until(lambda: caught_up(house, first), "caught up")
    if snapshot:
        first.request_snapshot()
        wait_until(lambda: house.journal.committed("engine") == 3, "a snapshot")
    house.report(3, 0)
    house.clock.pass_(timedelta(minutes=1))
    wait_until(lambda: house.verdicts()[-1:] == ["missed"], "missed")
    told, state = house.verdicts(), lit(first)
    crash(first)
    second = run(house, house.engine())
    assert (lit(second), house.verdicts()) == (state, told)
    second.stop()


def crash(engine: Engine) -> None:
    """End the thread without the snapshot that a clean stop keeps."""
    engine._stop.set()
    engine._thread.join(10)


def test_a_clean_stop_keeps_a_snapshot_so_that_the_journal_can_let_go(house: House) -> None:
    engine = run(house, house.engine())
    house.report(0, 150)
    wait_until(lambda: caught_up(house, engine), "caught up")
    engine.stop()
    assert house.journal.committed("engine") == 1
    assert not engine.alive()


def test_a_disk_that_takes_no_snapshot_stops_nothing_and_the_next_one_is_kept(house: House) -> None:
    engine = run(house, house.engine())
    in_the_way = house.folder / "snapshots" / "engine.json.tmp"
    in_the_way.mkdir()
    house.report(0, 150)
    wait_until(lambda: caught_up(house, engine), "caught up")
    engine.request_snapshot()
    wait_until(lambda: not engine._snapshot_due.is_set(), "it is tried")
    house.report(1, 150)
    wait_until(lambda: caught_up(house, engine), "live figures go on")
    assert house.journal.committed("engine") == 0  # what came since the last snapshot is kept
    in_the_way.rmdir()
    engine.request_snapshot()
    wait_until(lambda: house.journal.committed("engine") == 2, "a snapshot")
    assert engine.alive()
    engine.stop()


def test_a_backlog_is_ticked_at_its_arrival_times_not_now(house: House) -> None:
    """A lamp that went dark and came back while we were away was missed in between, and the log says so."""
    for number in range(4):
        house.report(number, 150)
    house.clock.pass_(timedelta(minutes=5))
    house.report(0, 0)
    house.clock.pass_(timedelta(minutes=5))
    house.report(0, 150)
    house.clock.pass_(timedelta(minutes=5))
    engine = run(house, house.engine())
    assert [v for v in house.verdicts() if v != "unknown"] == ["met", "missed", "met"]
    engine.stop()


def test_a_clock_that_jumps_after_a_restart_is_followed_in_strides_not_tick_by_tick(house: House) -> None:
    run(house, house.engine()).stop()
    engine = run(house, house.engine())
    before = house.clock.at
    house.clock.pass_(timedelta(minutes=14))
    wait_until(lambda: caught_up(house, engine), "caught up")
    engine.stop()
    assert [at for at in house.committed if at > before] == [before + timedelta(minutes=n) for n in range(1, 15)]


def test_ticks_follow_the_speed_of_the_clock_so_that_nobody_waits_when_it_runs_slowly_again(house: House) -> None:
    house.pace = 300.0
    engine = run(house, house.engine())
    house.clock.at = NIGHT + timedelta(minutes=10)
    wait_until(lambda: engine.ticked == NIGHT + timedelta(minutes=10), "a tick each five minutes", 30)
    house.pace = 1.0
    house.clock.at += timedelta(seconds=2)
    wait_until(lambda: engine.ticked == house.clock.at, "a tick each second", 30)
    engine.stop()


def test_the_grid_is_anchored_at_the_epoch() -> None:
    at = datetime(2026, 11, 23, 12, 0, 7, 900000, tzinfo=UTC)
    assert floor(at, timedelta(seconds=0.5)) == at.replace(microsecond=500000)
    assert floor(at, timedelta(minutes=1)) == at.replace(second=0, microsecond=0)
