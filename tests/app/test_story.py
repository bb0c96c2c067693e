"""The demo's story stops the clock when a target that was met is missed, also when it was unknown in between."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.clock import SimulatedClock
from app.story import Story
from app.story_told import Told
from domain.citytime import JINAN
from domain.record import EventType, NewEvent
from store.operational.facade import OperationalStore
from tests.support.api_view import SmallView, StoppedClock
from tests.support.processes import wait_until

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


def test_a_target_that_was_unknown_in_between_stops_the_clock_too(tmp_path: Path) -> None:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    clock = SimulatedClock(NOW, 300)
    told = Told(store.outbox, store.duty, JINAN.tz)
    view = SmallView(StoppedClock(NOW), store.register.load())
    story = Story(clock, (300, 3600), view, (store.events, told), JINAN.tz)
    story.start()
    for previous, verdict in (("unknown", "met"), ("met", "unknown"), ("unknown", "missed")):
        data = {"target": "t", "previous": previous, "verdict": verdict, "measure": None, "reason": "", "limit": 98}
        store.events.commit([NewEvent(EventType.VERDICT_CHANGED, NOW, data)])
    wait_until(lambda: clock.speed == 1, "the clock runs at 1x", 60)
    story.stop()
    store.close()


def test_a_count_is_told_with_its_unit_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = OperationalStore(f"sqlite:///{tmp_path / 'operational.sqlite'}")
    view = SmallView(StoppedClock(NOW), store.register.load())
    story = Story(None, (1, 0), view, (store.events, Told(store.outbox, store.duty, JINAN.tz)), JINAN.tz)
    story.start()
    for unit, value in (("{underpass}", 1.0), ("%", 96.25), ("1", 0.5)):
        measure = {"value": value, "unit": unit, "numerator": 1.0, "denominator": 2.0, "unknown": 1.0}
        data = {"target": unit, "previous": "unknown", "verdict": "met", "measure": measure, "reason": "", "limit": 25}
        store.events.commit([NewEvent(EventType.VERDICT_CHANGED, NOW, data)])
    said: list[str] = []

    def told() -> bool:
        said.extend(capsys.readouterr().out.splitlines())
        return len(said) == 3

    wait_until(told, "all is told", 60)
    story.stop()
    store.close()
    assert [line.partition("met: ")[2] for line in said] == [
        f"{value} (1 of 2, 1 unknown, limit 25)" for value in ("1 underpass", "96.2%", "0.5")
    ]
