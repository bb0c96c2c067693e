import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import ConfigError, StoreUnavailable
from store.telemetry.influx import InfluxStore
from store.telemetry.influx_options import InfluxOptions
from store.telemetry.influx_setup import ensure_bucket
from tests.store.telemetry.builders import STORED, reading
from tests.store.telemetry.suite import outcomes
from tests.support.influx import InfluxServer
from tests.support.processes import free_port
from tests.support.servers import influxdb

FOR_EVER = timedelta(0)
YEAR = timedelta(days=365)


@pytest.fixture
def options(influx_server: InfluxServer) -> Iterator[InfluxOptions]:
    influx_server.start()
    name = f"setup-{secrets.token_hex(4)}"
    yield InfluxOptions(influx_server.url, influx_server.token, influx_server.org, name)
    influx_server.drop_bucket(name)


def test_a_missing_bucket_is_made_and_takes_readings(options: InfluxOptions) -> None:
    assert ensure_bucket(options, FOR_EVER) == (
        f"made bucket {options.bucket!r} of organisation {options.org!r}, kept for ever"
    )
    store = InfluxStore(options)
    assert outcomes(store, reading()) == STORED
    store.close()


def test_repeating_changes_nothing_and_a_new_retention_is_taken_over(options: InfluxOptions) -> None:
    assert ensure_bucket(options, YEAR).startswith("made")
    assert ensure_bucket(options, YEAR) == (
        f"unchanged: bucket {options.bucket!r} of organisation {options.org!r}, kept for 365 days"
    )
    assert ensure_bucket(options, 2 * YEAR).startswith("changed")
    assert ensure_bucket(options, 2 * YEAR).startswith("unchanged")
    assert ensure_bucket(options, FOR_EVER).startswith("changed")
    assert ensure_bucket(options, FOR_EVER).startswith("unchanged")


def test_a_missing_organisation_is_made(options: InfluxOptions) -> None:
    elsewhere = replace(options, org=f"bureau-{secrets.token_hex(4)}")
    assert ensure_bucket(elsewhere, FOR_EVER).startswith("made")
    assert ensure_bucket(elsewhere, FOR_EVER).startswith("unchanged")


def test_a_wrong_token_is_named_and_not_shown(options: InfluxOptions) -> None:
    with pytest.raises(ConfigError) as caught:
        ensure_bucket(replace(options, token="wrong-token-7"), FOR_EVER)
    assert [problem.field for problem in caught.value.problems] == ["telemetry.token"]
    assert "wrong-token-7" not in str(caught.value)


def test_a_token_that_may_not_make_buckets_is_told_so(influx_server: InfluxServer, options: InfluxOptions) -> None:
    ensure_bucket(options, FOR_EVER)
    reader = influx_server.make_token(options.bucket, "read")
    with pytest.raises(ConfigError, match="may not"):
        ensure_bucket(replace(options, token=reader, bucket="another"), FOR_EVER)


def test_a_server_that_was_never_set_up_is_told_so(tmp_path: Path, influx_server: InfluxServer) -> None:
    program = influxdb().program
    if program is None:
        pytest.skip("the server of INFLUXDB_URL is set up")
    fresh = InfluxServer.create(program, tmp_path)
    assert fresh.process
    fresh.process.start()
    try:
        with pytest.raises(ConfigError, match="never set up"):
            ensure_bucket(InfluxOptions(fresh.url, "token", "quanyan", "telemetry"), FOR_EVER)
    finally:
        fresh.kill()


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    options = InfluxOptions(f"http://127.0.0.1:{free_port()}", "token", "quanyan", "telemetry")
    with pytest.raises(StoreUnavailable):
        ensure_bucket(options, FOR_EVER)


@pytest.mark.parametrize("token", ["a\nb", "a b\r", "令牌"])
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        InfluxOptions("http://127.0.0.1:8086", token, "quanyan", "telemetry")
    assert token not in str(caught.value)
