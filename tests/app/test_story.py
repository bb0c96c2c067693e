"""The demo's story stops the clock when a target that was met is missed, also when it was unknown in between."""

from datetime import UTC, datetime
from pathlib import Path

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
