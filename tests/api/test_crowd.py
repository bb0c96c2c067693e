"""There is an end to how many follow events, and whoever comes too late is told so."""

from collections.abc import Iterator

import httpx
import pytest

from api.crowd import Crowd
from domain.record import Role
from tests.api.test_problems import problem
from tests.support.api_server import following, serving
from tests.support.api_services import SmallCity
from tests.support.processes import wait_until


@pytest.fixture
def base(city: SmallCity) -> Iterator[str]:
    with serving(city.api) as url:
        yield url


def test_one_event_stream_too_many_is_a_503_until_another_ends(city: SmallCity, base: str) -> None:
    crowd, secret = city.api.state.crowd, city.secrets[Role.READ]
    assert isinstance(crowd, Crowd)
    crowd.most_streams = 2
    headers = {"Authorization": f"Bearer {secret}"}
    with following(base, secret):
        with following(base, secret):
            refused = httpx.get(f"{base}/api/v1/events", headers=headers, timeout=20)
            assert "2 event streams are open" in problem(refused, 503)["detail"]
            assert refused.headers["retry-after"] == "5"
            assert httpx.get(f"{base}/api/v1/kinds", headers=headers, timeout=20).is_success, "all else goes on"
        wait_until(lambda: crowd.streams.total() == 1, "one has ended")
        with following(base, secret):
            assert crowd.streams.total() == 2
    wait_until(lambda: not crowd.streams, "all have ended")
    assert crowd.streams_refused == 1


def test_one_key_cannot_take_the_event_streams_of_the_others(city: SmallCity, base: str) -> None:
    crowd, greedy, other = city.api.state.crowd, city.secrets[Role.READ], city.secrets[Role.OPERATE]
    crowd.most_streams_of_one = 1
    with following(base, greedy):
        refused = httpx.get(f"{base}/api/v1/events", headers={"Authorization": f"Bearer {greedy}"}, timeout=20)
        assert "1 event streams of this key are open" in problem(refused, 429)["detail"]
        assert refused.headers["retry-after"] == "5"
        with following(base, other):
            assert crowd.streams.total() == 2
    wait_until(lambda: not crowd.streams, "all have ended")
    with following(base, greedy):
        assert crowd.streams_refused == 1
