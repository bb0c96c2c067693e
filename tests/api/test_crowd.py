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
        wait_until(lambda: crowd.streams == 1, "one has ended")
        with following(base, secret):
            assert crowd.streams == 2
    wait_until(lambda: crowd.streams == 0, "all have ended")
    assert crowd.streams_refused == 1
