"""The engine writes closed periods down as they close, after a crash too, and notes what comes too late for them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.engine import Engine
from domain.history import HistoryQuery, Published, corrected
from domain.period import PeriodKind
from tests.app.test_engine import NIGHT, House, caught_up, crash, run
from tests.support.processes import wait_until

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path, lamps=4)
    yield built
    built.close()


def hours_of(house: House, scope: str = "city") -> list[Published]:
    asked = HistoryQuery("light_on_rate", scope, PeriodKind.HOUR, NIGHT - 99 * HOUR, NIGHT + 99 * HOUR, 1000)
    return list(house.operational.measures.history(asked))


def sail(house: House, engine: Engine, span: timedelta) -> None:
    house.clock.pass_(span)
    wait_until(lambda: caught_up(house, engine), "caught up")


def test_each_period_is_written_down_as_it_closes_with_what_was_known_then(house: House) -> None:
    engine = run(house, house.engine())
    sail(house, engine, 50 * MINUTE)
    for number in range(4):
        house.report(number, 150)
    sail(house, engine, 9 * MINUTE)
    house.report(0, 0)
    sail(house, engine, 90 * MINUTE)
    found = hours_of(house)
    assert [(p.period, p.measure.at, p.measure.numerator, p.measure.unknown) for p in found] == [
        ("2026-11-23T20", NIGHT + HOUR, 3, 0),
        ("2026-11-23T21", NIGHT + 2 * HOUR, 0, 4),
    ]
    assert {p.measure.scope for s in ("district:370102", "road_class:arterial") for p in hours_of(house, s)} == {
        "district:370102",
        "road_class:arterial",
    }
    assert hours_of(house, "road:经十路") == []  # not of the kinds of scope that are kept
    assert engine.status()["measures_pending"] == 0
    engine.stop()


@pytest.mark.parametrize("snapshot", [True, False], ids=["snapshot", "no snapshot"])
def test_what_a_crash_kept_from_being_written_is_written_by_the_next_process(house: House, *, snapshot: bool) -> None:
    first = run(house, house.engine())
    sail(house, first, 50 * MINUTE)
    house.report(0, 150)
    wait_until(lambda: caught_up(house, first), "caught up")
    if snapshot:
        first.request_snapshot()
        wait_until(lambda: house.journal.committed("engine") == 1, "a snapshot")
    crash(first)
    house.clock.pass_(3 * HOUR)
    house.report(0, 150)
    second = run(house, house.engine())
    sail(house, second, MINUTE)
    assert [(p.period[-2:], p.measure.numerator) for p in hours_of(house)] == [("20", 1), ("21", 0), ("22", 0)]
    second.stop()


def test_periods_evaluated_again_after_a_crash_stay_as_they_were_published(house: House) -> None:
    first = run(house, house.engine())
    sail(house, first, 50 * MINUTE)
    house.report(0, 150)
    sail(house, first, 11 * MINUTE)
    before = hours_of(house)
    crash(first)
    second = run(house, house.engine())
    sail(house, second, 61 * MINUTE)
    assert hours_of(house)[:1] == before
    assert [p.revision for p in hours_of(house)] == [0, 0]
    second.stop()


def test_a_reading_that_comes_after_its_period_closed_leaves_a_mark_before_the_offset_moves_on(house: House) -> None:
    engine = run(house, house.engine())
    sail(house, engine, MINUTE)
    house.report(0, 150)
    sail(house, engine, 60 * MINUTE)
    now = house.clock.at
    house.clock.at = NIGHT + 50 * MINUTE  # the device's clock: what it says belongs to the hour that is over
    house.report(1, 150)
    house.report(2, 150)
    house.clock.at = now
    house.report(3, 150)
    sail(house, engine, MINUTE)
    engine.stop()
    assert house.journal.committed("engine") == 4
    _registered, mark = house.operational.measures.marks(10).values()
    assert (mark.kind, mark.first, mark.last, mark.closed) == (
        *(corrected("streetlight"), NIGHT + 50 * MINUTE, NIGHT + 50 * MINUTE),
        datetime(2026, 11, 23, 13, tzinfo=UTC),
    )
    assert mark.why == "late reading of L1 and 1 more"
