"""What a tick tells of a proposed warning: once, when it changes, and not again after a restart."""

from datetime import timedelta

from app.evaluation import Evaluation
from domain.citytime import JINAN
from domain.record import EventType, NewEvent
from rules.live import City
from tests.support.air import forecast, forecaster
from tests.support.rules import NO_PLAN, local, register

NOW = local("2026-12-10T20:00")
MINUTE = timedelta(minutes=1)


def _warnings(events: list[NewEvent]) -> list[tuple[str, int, str]]:
    told = [event.data for event in events if event.type is EventType.WARNING_PROPOSED]
    return [(data["proposal"]["action"], data["proposal"]["level"], data["previous"]) for data in told]


def test_a_proposal_is_told_when_it_changes() -> None:
    city, evaluation = City(register(forecaster("f1")), NO_PLAN, JINAN), Evaluation(())
    city.advance(NOW)
    assert _warnings(evaluation.tick(city, city.take_dirty(), NOW, MINUTE)) == []
    city.apply(forecast("f1", NOW - MINUTE, [60, 210, 60]))
    assert _warnings(evaluation.tick(city, city.take_dirty(), NOW, MINUTE)) == [("start", 1, "keep:0")]
    assert _warnings(evaluation.tick(city, city.take_dirty(), NOW, MINUTE)) == []
    later = Evaluation(())
    later.restore(evaluation.dump())
    assert _warnings(later.tick(city, city.take_dirty(), NOW, MINUTE)) == []
    city.advance(NOW + MINUTE)
    city.apply(forecast("f1", NOW + MINUTE, [60, 60, 60]))
    assert _warnings(later.tick(city, city.take_dirty(), NOW + MINUTE, MINUTE)) == [("keep", 0, "start:1")]


def test_a_city_without_air_proposes_nothing() -> None:
    city, evaluation = City(register(), NO_PLAN, JINAN), Evaluation(())
    city.advance(NOW)
    assert evaluation.tick(city, city.take_dirty(), NOW, MINUTE) == []
    assert evaluation.dump() == {}
