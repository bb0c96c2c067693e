"""The narrower token of docs/operations.md: read and write one bucket. The running service needs nothing more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from domain.ports import Page
from domain.reading import Outcome, Reading, ReadingKey
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from tests.support.influx import InfluxServer

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def _bucket_token(server: InfluxServer, bucket: str) -> str:
    headers = {"Authorization": f"Token {server.token}"}
    with httpx.Client(base_url=f"{server.url}/api/v2/", headers=headers, timeout=30) as client:
        found = client.get("buckets", params={"name": bucket}).raise_for_status().json()["buckets"][0]
        resource = {"type": "buckets", "id": found["id"]}
        permissions = [{"action": action, "resource": resource} for action in ("read", "write")]
        wanted = {"orgID": found["orgID"], "permissions": permissions}
        return str(client.post("authorizations", json=wanted).raise_for_status().json()["token"])


@pytest.fixture
def store(influx_server: InfluxServer, influx_bucket: str) -> Iterator[InfluxStore]:
    token = _bucket_token(influx_server, influx_bucket)
    store = InfluxStore(InfluxOptions(influx_server.url, token, influx_server.org, influx_bucket))
    yield store
    store.close()


def test_a_token_for_the_bucket_alone_is_enough_to_store_and_read(store: InfluxStore) -> None:
    first = Reading("LAMP-1", "streetlight", AT, AT, {"power": 118.4})
    corrected = Reading("LAMP-1", "streetlight", AT, AT, {"power": 118.9}, revision=1)
    assert store.healthy()
    outcomes = [store.append([reading])[0].outcome for reading in (first, first, corrected)]
    assert outcomes == [Outcome.STORED, Outcome.DUPLICATE, Outcome.REPLACED]
    page = Page(AT, AT + timedelta(hours=1), 10)
    assert [reading.revision for reading in store.readings("LAMP-1", "streetlight", page)] == [1]
    assert ReadingKey("LAMP-1", AT) in store.find([ReadingKey("LAMP-1", AT)], "streetlight")
    assert [reading.revision for reading in store.superseded("LAMP-1", "streetlight", AT)] == [0]
