"""While the engine takes up the city's state the service answers already: with what was kept last, or not yet."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from app.last_kept import LastKept
from app.view import EngineView
from app.world import RunningWorld
from domain.citytime import JINAN
from domain.errors import NotFound, Starting
from domain.lighting import LightingPlan
from domain.measure import TargetVerdict
from domain.scope import Scope
from rules.indicator import World
from store.telemetry.memory import MemoryStore
from tests.app.test_engine import CITY, NIGHT, TARGET, House, caught_up, lamp, run
from tests.support.processes import wait_until

LIT = "light_on_rate"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Four lamps of which three were lit at the last full hour, as the history says; then the service ended."""
    built = House(tmp_path, lamps=4)
    engine = run(built, built.engine())
    for number, power in enumerate((150, 150, 150, 0)):
        built.report(number, power)
    wait_until(lambda: caught_up(built, engine), "taken in")
    built.clock.pass_(timedelta(hours=1))
    wait_until(lambda: engine.ticked == NIGHT + timedelta(hours=1), "the hour has closed")
    engine.stop()
    built.clock.pass_(timedelta(minutes=20))
    yield built
    built.close()


def view_of(house: House, engine: Engine) -> EngineView:
    kept = LastKept(house.operational.measures, house.clock, JINAN.tz)
    return EngineView(engine, MemoryStore(), house.journal, kept, house.clock)


def test_measures_and_targets_are_those_written_down_last_until_the_engine_has_begun(house: House) -> None:
    engine = house.engine()
    view = view_of(house, engine)
    kept = view.measure(LIT, CITY)
    assert kept.at == NIGHT + timedelta(hours=1), "it says itself of when it is"
    found = view.assess(TARGET)
    assert (found.measure, found.at, found.target) == (kept, kept.at, TARGET)
    engine.begin()
    assert view.measure(LIT, CITY).at == engine.instant


def test_what_was_not_written_down_is_not_there_yet_and_what_there_is_not_is_told_as_ever(house: House) -> None:
    view = view_of(house, house.engine())
    for ask in (
        view.register,
        lambda: view.scopes(LIT),
        lambda: view.latest("L0"),
        lambda: view.signs("streetlight"),
        lambda: view.explain(LIT, CITY),
        lambda: view.measure(LIT, CITY, NIGHT),
        lambda: view.measure("aqi", CITY),
    ):
        with pytest.raises(Starting):
            ask()
    with pytest.raises(NotFound):
        view.measure("happiness", CITY)
    with pytest.raises(ValueError, match="not defined"):
        view.measure("aqi", Scope.parse("road:R1"))


def test_a_figure_of_long_ago_is_none_of_the_present(house: House) -> None:
    house.clock.pass_(timedelta(hours=5))
    view = view_of(house, house.engine())
    with pytest.raises(Starting):
        view.measure(LIT, CITY)
    found = view.assess(TARGET)
    assert (found.verdict, found.measure, found.at) == (TargetVerdict.UNKNOWN, None, house.clock.at)
    assert "just started" in found.reason


def test_a_target_that_nothing_measures_says_so_at_once(house: House) -> None:
    unmeasured = replace(TARGET, indicator=None, not_measured_because="由人工检查")
    assert view_of(house, house.engine()).assess(unmeasured).verdict is TargetVerdict.NOT_MEASURED


def test_the_status_says_that_it_starts_and_how_much_is_behind(house: House) -> None:
    engine = house.engine()
    for number in range(3):
        house.report(number, 150)
    said = json.loads(json.dumps(engine.status()))
    assert (said["starting"], said["catching_up"], said["lag_deliveries"]) == (True, True, 3)
    assert engine.beginning.failure()
    engine.begin()
    assert not engine.status()["starting"]
    assert engine.beginning.failure() is None


def test_nothing_is_recorded_that_the_engine_could_not_take_over(house: House) -> None:
    operational = house.operational
    world = RunningWorld(operational.register, operational.lighting, operational.events, house.engine(), house.clock)
    before = operational.register.version()
    with pytest.raises(Starting):
        world.change_devices([lamp(9)], "tests")
    world.refresh()
    assert operational.register.version() == before


def test_who_decodes_waits_for_the_register(house: House) -> None:
    engine = house.engine()
    known = threading.Event()

    def decode() -> None:
        engine.beginning.wait()
        assert len(engine.register) == 4
        known.set()

    waiting = threading.Thread(target=decode)
    waiting.start()
    assert not known.is_set()
    engine.begin()
    assert known.wait(10)
    waiting.join(10)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_engine_that_cannot_begin_keeps_nobody_waiting_and_is_dead(house: House) -> None:
    def unreadable() -> World:
        raise RuntimeError("the register makes no sense")

    engine = house.engine(world=unreadable)
    engine.start()
    with pytest.raises(Starting):
        engine.beginning.wait()
    wait_until(lambda: not engine.alive(), "liveness fails")
    engine.stop()
    assert not (house.folder / "snapshots" / "engine.json.gz.tmp").exists()


def test_a_database_that_is_away_at_the_start_is_waited_for(house: House) -> None:
    asked = []

    def away_at_first() -> World:
        asked.append(1)
        if len(asked) == 1:
            raise Starting("away")
        return World(house.operational.register.load(), LightingPlan((), ()), JINAN)

    engine = house.engine(world=away_at_first)
    engine.start()
    wait_until(lambda: engine.beginning.over, "it has begun")
    engine.stop()
    assert len(asked) == 2
