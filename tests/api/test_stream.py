"""The event stream against a real uvicorn."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import httpx
import pytest

from api.stream import WINDOW, EventTail
from domain.errors import StoreUnavailable
from domain.record import EventType, LoggedEvent, NewEvent, Role
from store.operational import OperationalStore
from store.operational.events import SqlEventLog
from tests.support.api_client import Client
from tests.support.api_server import following, serving, told
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW
from tests.support.processes import wait_until


@pytest.fixture
def base(city: SmallCity) -> Iterator[str]:
    with serving(city.api) as url:
        yield url


def tail_of(city: SmallCity) -> EventTail:
    tail = city.api.state.events
    assert isinstance(tail, EventTail)
    return tail


def log(city: SmallCity, count: int, kind: EventType = EventType.MEASURE_CHANGED) -> list[int]:
    logged = city.operational.events.commit([NewEvent(kind, NOW, {"n": n}) for n in range(count)])
    return [event.id for event in logged]


def joined(city: SmallCity, count: int) -> None:
    wait_until(lambda: tail_of(city).listeners == count, f"{count} streams are open")


def test_what_happens_after_opening_is_told_in_order(city: SmallCity, base: str) -> None:
    log(city, 3)
    with following(base, city.secrets[Role.READ]) as stream:
        joined(city, 1)
        ids = log(city, 4)
        events = list(islice(stream, 4))
    assert [e.id for e in events] == ids
    assert [e.event for e in events] == ["indicator.measure"] * 4
    assert events[0].data == {"id": ids[0], "at": "2026-11-23T12:00:00Z", "data": {"n": 0}}


def test_a_stream_without_a_place_says_where_it_begins(city: SmallCity, base: str) -> None:
    newest = log(city, 3)[-1]
    headers = {"Authorization": f"Bearer {city.secrets[Role.READ]}"}
    with httpx.stream("GET", f"{base}/api/v1/events", headers=headers) as response:
        opened, begins = islice(told(response), 2)
    assert (opened.comment, opened.id) == ("open", None)
    assert (begins.event, begins.id) == ("", newest)
    missed = log(city, 2)
    with following(base, city.secrets[Role.READ], after=newest) as stream:
        assert [event.id for event in islice(stream, 2)] == missed


def test_a_client_that_comes_back_misses_nothing_and_hears_nothing_twice(city: SmallCity, base: str) -> None:
    with following(base, city.secrets[Role.READ]) as stream:
        joined(city, 1)
        first = log(city, 5)
        seen = [event.id for event in islice(stream, 3)]
    away = log(city, 7)
    with following(base, city.secrets[Role.READ], after=seen[-1]) as stream:
        seen += [event.id for event in islice(stream, 9)]
    assert seen == first + away


def test_the_query_resumes_too_for_who_cannot_set_a_header(city: SmallCity, base: str) -> None:
    ids = log(city, 5)
    with following(base, city.secrets[Role.READ], last_event_id=str(ids[1])) as stream:
        assert [event.id for event in islice(stream, 3)] == ids[2:]


def test_only_the_types_asked_for_are_told(city: SmallCity, base: str) -> None:
    with following(base, city.secrets[Role.READ], after=0, types="target.verdict,gateway.status") as stream:
        log(city, 3)
        wanted = log(city, 1, EventType.GATEWAY_STATUS)
        log(city, 3)
        wanted += log(city, 1, EventType.VERDICT_CHANGED)
        assert [event.id for event in islice(stream, 2)] == wanted


def test_an_expired_id_gets_a_reset_and_then_what_follows(tmp_path: Path, city: SmallCity) -> None:
    operational = OperationalStore(f"sqlite:///{tmp_path / 'short.db'}", keep_events=10)
    try:
        events: SqlEventLog = operational.events
        old = events.commit([NewEvent(EventType.MEASURE_CHANGED, NOW)] * 30)
        api = city.with_changes(events=events)
        with serving(api) as url, following(url, city.secrets[Role.READ], after=old[3].id) as stream:
            reset = next(stream)
            assert (reset.event, reset.id) == ("reset", old[-1].id)
            new = events.commit([NewEvent(EventType.MEASURE_CHANGED, NOW)])
            assert next(stream).id == new[0].id
    finally:
        operational.close()


def test_an_id_of_another_log_gets_a_reset(city: SmallCity, base: str) -> None:
    ids = log(city, 2)
    with following(base, city.secrets[Role.READ], after=ids[-1] + 1000) as stream:
        assert next(stream).event == "reset"


def test_a_client_far_behind_reads_on_from_the_log(city: SmallCity, base: str) -> None:
    with following(base, city.secrets[Role.READ]) as early:
        joined(city, 1)
        ids = log(city, WINDOW + 500)
        with following(base, city.secrets[Role.READ], after=ids[0] - 1) as late:
            assert [e.id for e in islice(late, len(ids))] == ids
        assert [e.id for e in islice(early, len(ids))] == ids


def test_many_clients_share_one_tailer_that_rests_without_them(city: SmallCity, base: str) -> None:
    heard: list[int | None] = []
    ready = threading.Barrier(9)

    def listen() -> None:
        with following(base, city.secrets[Role.READ]) as stream:
            ready.wait(20)
            heard.append(next(stream).id)

    threads = [threading.Thread(target=listen) for _ in range(8)]
    for thread in threads:
        thread.start()
    ready.wait(20)
    joined(city, 8)
    ids = log(city, 1)
    for thread in threads:
        thread.join(20)
    assert heard == ids * 8
    joined(city, 0)


@pytest.mark.parametrize(
    ("query", "name"), [("types=weather.rain", "types"), ("types=", "types"), ("last_event_id=-1", "last_event_id")]
)
def test_a_wrong_question_is_named_before_the_stream_begins(city: SmallCity, query: str, name: str) -> None:
    answer = city.client(Role.READ).get(f"/api/v1/events?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name


class AwayLog:
    """An event log whose store does not answer."""

    def commit(self, events: Sequence[NewEvent], ticked_through: datetime | None = None) -> Sequence[LoggedEvent]:  # noqa: ARG002
        raise StoreUnavailable("away")

    def after(self, event_id: int, limit: int) -> Sequence[LoggedEvent]:  # noqa: ARG002
        raise StoreUnavailable("away")

    def bounds(self) -> tuple[int, int]:
        raise StoreUnavailable("away")

    def ticked_through(self) -> datetime | None:
        raise StoreUnavailable("away")


def test_a_log_that_is_away_is_answered_before_the_stream_begins(city: SmallCity) -> None:
    answer = Client(city.with_changes(events=AwayLog()), city.secrets[Role.READ]).get("/api/v1/events")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


def test_open_streams_do_not_block_stopping(city: SmallCity) -> None:
    with serving(city.api) as url, following(url, city.secrets[Role.READ]) as stream:
        joined(city, 1)
        tail_of(city).close()
        assert list(stream) == []
