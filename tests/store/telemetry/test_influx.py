"""The suite on a real InfluxDB 2, and what only a server can do to a store: refuse, go away, hold foreign data."""

import itertools
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from typing_extensions import override

from domain.errors import StoreUnavailable
from domain.reading import Outcome, Reading
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from store.telemetry.line_protocol import line, superseded_line
from tests.store.telemetry.builders import (
    ALL_KINDS,
    CONFLICT,
    DUPLICATE,
    MINUTE,
    REFUSED,
    REPLACED,
    STORED,
    T0,
    reading,
)
from tests.store.telemetry.strategies import READINGS
from tests.store.telemetry.suite import EVER, Opener, TelemetryStoreSuite, all_of, outcomes
from tests.store.telemetry.summary_suite import SummaryStoreSuite
from tests.support.influx import InfluxServer

_NUMBERS = itertools.count()


@pytest.fixture
def options(influx_server: InfluxServer, influx_bucket: str) -> InfluxOptions:
    return InfluxOptions(influx_server.url, influx_server.token, influx_server.org, influx_bucket)


@pytest.fixture
def open_store(options: InfluxOptions) -> Iterator[Opener]:
    opened: list[InfluxStore] = []

    def open_again() -> InfluxStore:
        for store in opened:
            store.close()
        opened.append(InfluxStore(options, ALL_KINDS))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Opener) -> InfluxStore:
    store = open_store()
    assert isinstance(store, InfluxStore)
    return store


def write_by_hand(options: InfluxOptions, *lines: str) -> None:
    parameters = {"org": options.org, "bucket": options.bucket, "precision": "us"}
    headers = {"Authorization": f"Token {options.token}"}
    httpx.post(
        f"{options.url}/api/v2/write", params=parameters, headers=headers, content="\n".join(lines).encode()
    ).raise_for_status()


def delete_by_hand(options: InfluxOptions, measurement: str) -> None:
    span = {"start": "2020-01-01T00:00:00Z", "stop": "2030-01-01T00:00:00Z"}
    httpx.post(
        f"{options.url}/api/v2/delete",
        params={"org": options.org, "bucket": options.bucket},
        headers={"Authorization": f"Token {options.token}"},
        json=span | {"predicate": f'_measurement="{measurement}"'},
    ).raise_for_status()


class TestInfluxStore(SummaryStoreSuite, TelemetryStoreSuite):
    @pytest.fixture
    @override
    def open_store(self, open_store: Opener) -> Opener:
        return open_store


# -- reading and writing


def test_a_compressed_connection_stores_the_same(options: InfluxOptions) -> None:
    store = InfluxStore(replace(options, gzip=True))
    offered = [reading(f"LD-{n:03}", values={"power": n / 3}) for n in range(500)]
    assert outcomes(store, *offered) == STORED * 500
    assert all_of(store) == offered
    store.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(READINGS)
def test_whatever_fits_comes_back_exactly(store: InfluxStore, drawn: Reading) -> None:
    offered = replace(drawn, device=f"{drawn.device} {next(_NUMBERS)}")  # the bucket outlives an example
    assert outcomes(store, offered) == STORED
    assert dict(store.find([offered.key], offered.kind)) == {offered.key: offered}


# -- what the server refuses


@pytest.mark.parametrize("device", ["", "a\\", "a\nstreetlight,device=b power=1", "a\x00", "a\tb"])
def test_a_device_that_no_tag_can_hold_is_refused_alone(store: InfluxStore, device: str) -> None:
    appended = store.append([reading("A"), reading(device), reading("B")])
    assert [each.outcome for each in appended] == STORED + REFUSED + STORED
    assert "tag" in appended[1].detail
    assert [each.device for each in all_of(store)] == ["A", "B"]


def test_one_refused_point_does_not_sink_its_batch(options: InfluxOptions, store: InfluxStore) -> None:
    write_by_hand(options, 'streetlight,device=foreign dim="half" 1772362800000250')
    offered = [reading(f"LD-{n:03}") for n in range(100)]
    offered[37] = reading("LD-037", values={"dim": 50.0})
    appended = store.append(offered)
    assert [each.outcome for each in appended] == STORED * 37 + REFUSED + STORED * 62
    assert "field type conflict" in appended[37].detail
    assert len(store.find([each.key for each in offered], "streetlight")) == 99
    assert outcomes(store, *offered) == DUPLICATE * 37 + REFUSED + DUPLICATE * 62


def test_repeats_of_a_refused_reading_are_refused_too(options: InfluxOptions, store: InfluxStore) -> None:
    write_by_hand(options, 'streetlight,device=foreign dim="half" 1772362800000250')
    bad = reading(values={"dim": 50.0})
    assert outcomes(store, bad, bad, reading()) == REFUSED * 2 + STORED


def test_what_is_older_than_the_retention_is_refused(
    influx_server: InfluxServer, options: InfluxOptions, store: InfluxStore
) -> None:
    influx_server.keep(options.bucket, timedelta(days=36500))
    ancient = reading("old", T0.replace(year=1700))
    appended = store.append([reading("A"), ancient, reading("B")])
    assert [each.outcome for each in appended] == STORED + REFUSED + STORED
    assert "retention" in appended[1].detail.lower()
    many = [reading(f"old-{n}", T0.replace(year=1700)) for n in range(3000)]
    assert outcomes(store, *many) == REFUSED * 3000


def test_a_refused_revision_leaves_the_old_reading_in_place(options: InfluxOptions, store: InfluxStore) -> None:
    write_by_hand(options, 'streetlight,device=foreign dim="half" 1772362800000250')
    store.append([reading(), reading("LD-2")])
    revised = [reading(values={"dim": 1.0}, revision=1), reading("LD-2", values={"power": 1.0}, revision=1)]
    assert outcomes(store, *revised) == REFUSED + REPLACED
    assert store.readings("LD-1", "streetlight", EVER) == [reading()]
    assert store.superseded("LD-1", "streetlight", T0) == []
    assert store.readings("LD-2", "streetlight", EVER) == [revised[1]]
    assert outcomes(store, reading(values={"power": 2.0}, revision=2)) == REPLACED
    assert store.superseded("LD-1", "streetlight", T0) == [reading()]


# -- a revision that a crash interrupts


def test_a_revision_that_was_only_recorded_is_completed(options: InfluxOptions, open_store: Opener) -> None:
    old, new = reading(), reading(values={"power": 1.0}, revision=1)
    open_store().append([old])
    write_by_hand(options, superseded_line(old, old.content()))
    store = open_store()
    assert outcomes(store, old, new) == DUPLICATE + REPLACED
    assert all_of(store) == [new]
    assert store.superseded("LD-1", "streetlight", T0) == [old]


def test_a_revision_that_had_only_removed_the_old_is_completed(options: InfluxOptions, open_store: Opener) -> None:
    old, new = reading(), reading(values={"power": 1.0}, revision=1)
    write_by_hand(options, line(old, old.content()), superseded_line(old, old.content()))
    delete_by_hand(options, "streetlight")
    store = open_store()
    assert outcomes(store, old, reading(values={"power": 2.0}), new) == DUPLICATE + CONFLICT + REPLACED
    assert all_of(store) == [new]
    assert store.superseded("LD-1", "streetlight", T0) == [old]


def test_a_replaced_reading_stays_replaced_when_the_server_is_killed(
    influx_server: InfluxServer, store: InfluxStore
) -> None:
    new = reading(values={"power": 1.0}, revision=1)
    assert outcomes(store, reading(), new) == STORED + REPLACED
    influx_server.kill()
    influx_server.start()
    assert all_of(store) == [new]
    assert store.superseded("LD-1", "streetlight", T0) == [reading()]


def test_what_a_vanished_writer_left_visible_survives_a_kill_of_the_server(
    influx_server: InfluxServer, options: InfluxOptions, store: InfluxStore
) -> None:
    """InfluxDB fills its cache before its log and gives up in between when the client is gone: seen is not kept."""
    lamps = [[reading(f"LD-{n}-{k}") for k in range(200)] for n in range(30)]
    for number, batch in enumerate(lamps):
        hang_up_on_writing(options, batch, after_s=number % 6 * 0.0005)
    offered = [each for batch in lamps for each in batch]
    told = store.append(offered)
    assert {each.outcome for each in told} <= {Outcome.STORED, Outcome.DUPLICATE}
    influx_server.kill()
    influx_server.start()
    assert store.find([each.key for each in offered], "streetlight").keys() == {each.key for each in offered}


def hang_up_on_writing(options: InfluxOptions, readings: list[Reading], after_s: float) -> None:
    """Send a whole write request and close the connection instead of waiting for its answer."""
    url = httpx.URL(options.url)
    body = "\n".join(line(each, each.content()) for each in readings).encode()
    target = f"/api/v2/write?org={options.org}&bucket={options.bucket}&precision=us"
    head = f"POST {target} HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Token {options.token}\r\n"
    with socket.create_connection((url.host, url.port or 8086)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        threading.Event().wait(after_s)  # different instants of the server's work


# -- a store that is away


def test_a_killed_server_is_unavailable_and_then_serves_again(influx_server: InfluxServer, store: InfluxStore) -> None:
    first, second = reading(), reading(at=T0 + MINUTE)
    assert outcomes(store, first) == STORED
    influx_server.kill()
    assert not store.healthy()
    with pytest.raises(StoreUnavailable):
        store.append([first, second])
    with pytest.raises(StoreUnavailable):
        store.readings("LD-1", "streetlight", EVER)
    with pytest.raises(StoreUnavailable):
        list(store.window("streetlight", EVER.start, EVER.end))
    influx_server.start()
    assert store.healthy()
    assert outcomes(store, first, second) == DUPLICATE + STORED
    assert all_of(store) == [first, second]


def test_a_wrong_token_is_no_fault_of_the_data(options: InfluxOptions) -> None:
    store = InfluxStore(replace(options, token="wrong-token-7"))
    with pytest.raises(StoreUnavailable, match="401") as caught:
        store.append([reading()])
    assert "wrong-token-7" not in str(caught.value)
    assert "wrong-token-7" not in repr(replace(options, token="wrong-token-7"))
    store.close()


def test_a_missing_bucket_is_no_fault_of_the_data(options: InfluxOptions) -> None:
    store = InfluxStore(replace(options, bucket="nowhere"))
    with pytest.raises(StoreUnavailable, match="nowhere"):
        store.append([reading()])
    store.close()
