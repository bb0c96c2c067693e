"""The servers of the tests themselves."""

from pathlib import Path

import psycopg
import pytest

from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.processes import accepts_tcp


def test_a_killed_broker_comes_back_on_the_same_port(mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    assert not accepts_tcp(mosquitto.host, mosquitto.port)
    mosquitto.start()
    assert accepts_tcp(mosquitto.host, mosquitto.port)
    mosquitto.restart()
    assert accepts_tcp(mosquitto.host, mosquitto.port)


def test_a_killed_influxdb_comes_back_with_its_buckets(influx_server: InfluxServer, influx_bucket: str) -> None:
    influx_server.kill()
    influx_server.start()
    assert influx_bucket in influx_server.flux("buckets()")


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_gets_an_empty_database(postgres_url: str, attempt: int) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE only_here (id int)")


def test_the_recorded_data_are_there(shared_data: Path) -> None:
    assert (shared_data / "water" / "sections_daily_2020.csv").is_file()
