"""Ingest, engine and api in processes of their own, over a real Mosquitto, InfluxDB and PostgreSQL; each one killed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.clock import wall_now
from tests.e2e.test_alerts import HEAD, LAMPS, RULES, states
from tests.support.apart import Apart, apart
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.processes import wait_until
from tests.support.publisher import publishing
from tests.support.service import Service, influx_settings

pytestmark = [pytest.mark.broker, pytest.mark.influx, pytest.mark.postgres]
SURGE = "[[rule]]" + RULES.rpartition("[[rule]]")[2]
"""The rule that fires at once."""
LAMP = {
    "kind": "streetlight",
    "name": "灯3",
    "district": "370102",
    "management_area": "370102",
    "responsible_unit": "照明中心",
    "valid_from": "2026-01-01T00:00:00+08:00",
    "attributes": {"road": "经十路", "road_class": "arterial", "supply_point": "SP1", "lighting_use": "functional"},
}


@pytest.fixture
def environment(
    tmp_path: Path, mosquitto: Mosquitto, influx_server: InfluxServer, influx_bucket: str, postgres_url: str
) -> dict[str, str]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "lamps.toml").write_text(SURGE, encoding="utf-8")
    (tmp_path / "register.csv").write_text(f"{HEAD}\n{LAMPS}\n", encoding="utf-8")
    return {
        "QUANYAN_MQTT__PORT": str(mosquitto.port),
        "QUANYAN_OPERATIONAL__URL": postgres_url,
        "QUANYAN_RULES_FOLDER": str(rules),
        "QUANYAN_ENGINE__SNAPSHOT_EVERY_S": "1",
        **influx_settings(influx_server, influx_bucket),
    }


@pytest.fixture
def city(tmp_path: Path, environment: dict[str, str]) -> Iterator[Apart]:
    first = Service(tmp_path, environment)
    first.prepare(tmp_path / "register.csv")
    with apart(tmp_path, environment, key=first.key) as running:
        yield running


class Lamps:
    """Reports of the lamps, each at an instant of its own; remembers how many were acknowledged."""

    def __init__(self, port: int) -> None:
        self.port, self.next, self.said = port, wall_now() - timedelta(minutes=1), 0

    def reading(self, device: str, voltage: float) -> dict[str, Any]:
        self.next += timedelta(milliseconds=100)
        self.said += 1
        return {"device": device, "at": self.next.isoformat(), "values": {"voltage": voltage}}

    def publish(self, device: str, voltage: float, count: int = 1) -> None:
        topic = f"city/v1/streetlight/370102/{device}/telemetry"
        said = [json.dumps(self.reading(device, voltage)).encode() for _ in range(count)]
        with publishing(self.port) as publisher:
            publisher.publish((topic, body) for body in said)


def stored(api: Service, *devices: str) -> int:
    """How many readings of the devices the telemetry store holds, as the API tells."""
    start = (wall_now() - timedelta(hours=1)).isoformat()
    pages = [api.get(f"devices/{device}/readings", **{"from": start}, limit="10000") for device in devices]
    return sum(len(page["items"]) for page in pages)


def voltage(api: Service, device: str) -> float | None:
    """The newest voltage of a device in the live state."""
    try:
        answer: float = api.get(f"devices/{device}/latest")["reading"]["values"]["voltage"]
    except AssertionError:  # nothing was said yet, or the engine is being started anew
        return None
    return answer


def agree(api: Service) -> bool:
    """Whether a measure of now, from the engine, counts as many lamps as one of the past, computed by the api."""
    past = {"at": (wall_now() - timedelta(minutes=1)).isoformat()}
    try:
        now, then = (api.get("indicators/light_on_rate", scope="city", **at) for at in ({}, past))
    except AssertionError:  # the store has not caught up with that instant
        return False
    return bool(now["denominator"] == then["denominator"])


def test_a_reading_is_told_by_the_api_and_its_alert_is_acknowledged_there(city: Apart, mosquitto: Mosquitto) -> None:
    api, lamps = city.api, Lamps(mosquitto.port)
    lamps.publish("L1", 300.0)
    wait_until(lambda: voltage(api, "L1") == 300.0, "the reading is live")
    wait_until(lambda: states(api) == [("device:L1", "firing", False)], "it is an alert")
    ident = api.get("alerts", open="true")["items"][0]["id"]
    assert api.post(f"alerts/{ident}/acknowledge", {"comment": "抢修已出发"}).status_code == httpx.codes.ACCEPTED
    wait_until(lambda: states(api) == [("device:L1", "acknowledged", False)], "the engine did it")

    new = api.put("devices/L3", LAMP)
    assert new.status_code == httpx.codes.CREATED, new.text
    taken = api.post("readings", {"readings": [lamps.reading("L3", 231.0)]})
    assert (taken.json()["accepted"], taken.json()["quarantined"]) == (1, []), "the register was told before"
    wait_until(lambda: voltage(api, "L3") == 231.0, "what came by HTTP is live")
    wait_until(lambda: stored(api, "L1", "L3") == lamps.said, "both are stored")
    wait_until(lambda: agree(api), "now, from the engine, and a minute ago, computed by the api, are the same city")

    told = api.get("ingest")
    assert (told["accounting"]["process"], told["engine"]["process"]) == ("ingest", "engine")
    assert told["accounting"]["readings"]["stored"] == lamps.said
    for process in city.all:
        assert json.loads(process.fetch("/readyz"))["process"] == process.only
        assert f'quanyan_process_info{{process="{process.only}"}} 1.0' in process.metrics()
    assert set(api.get("notices/channels")["items"][0]) >= {"name", "alive"}
    wait_until(lambda: api.get("completeness")["totals"]["received"] == lamps.said, "the ledger has them")
    assert api.post("reload", {}).json()["rules"]["rules"] == 1


def test_there_is_one_engine_and_the_second_says_so(city: Apart, environment: dict[str, str]) -> None:
    second = Service(city.engine.home, environment, only="engine")
    refused = second.cli("serve", "--only", "engine", check=False)
    assert refused.returncode == 2
    assert "another engine already works on this database" in refused.stderr


def test_each_process_is_killed_and_nothing_is_lost_or_told_twice(city: Apart, mosquitto: Mosquitto) -> None:
    api, lamps = city.api, Lamps(mosquitto.port)
    lamps.publish("L1", 300.0)
    wait_until(lambda: states(api) == [("device:L1", "firing", False)], "an alert")

    city.engine.kill()
    lamps.publish("L2", 221.0, 50)
    wait_until(lambda: stored(api, "L1", "L2") == lamps.said, "what comes is stored without an engine")
    away = httpx.get(f"{api.url}/readyz").json()
    assert "the engine process does not answer" in away["failures"]["engine"]
    with pytest.raises(AssertionError, match=r"503 .*Unavailable"):
        api.get("indicators/light_on_rate", scope="city")
    city.engine.start()
    wait_until(lambda: voltage(api, "L2") == 221.0, "the engine has caught up")

    city.ingest.kill()
    refused = api.post("readings", {"readings": [lamps.reading("L2", 222.0)]})
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE
    lamps.said -= 1
    assert voltage(api, "L2") == 221.0, "the present is told meanwhile"
    lamps.publish("L2", 223.0, 50)
    city.ingest.start()
    wait_until(lambda: voltage(api, "L2") == 223.0, "what the broker kept has come")

    city.api.kill()
    lamps.publish("L2", 224.0, 50)
    city.api.start()
    wait_until(lambda: voltage(api, "L2") == 224.0, "the live state went on")
    wait_until(lambda: stored(api, "L1", "L2") == lamps.said, "each reading is stored once")

    assert states(api) == [("device:L1", "firing", False)]
    assert len(api.get("alerts")["items"]) == 1
    assert api.get("quarantine")["items"] == []


def test_a_store_of_one_process_is_refused_with_the_setting_that_says_so(tmp_path: Path) -> None:
    for only in ("ingest", "engine", "api"):
        refused = Service(tmp_path, {}).cli("serve", "--only", only, check=False)
        assert refused.returncode == 2
        assert "telemetry.kind: DuckDB is of one process" in refused.stderr
