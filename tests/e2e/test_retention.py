"""Readings grow old in a real service: summarised while they are there, removed when they are too old."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import wall_now
from benchmarks.chain import register_csv
from tests.support.influx import InfluxServer
from tests.support.processes import wait_until
from tests.support.service import Service, influx_settings

LAMPS = 20
OFTEN = {"QUANYAN_RETENTION__EVERY_S": "1", "QUANYAN_ARCHIVE__FLUSH_S": "1", "QUANYAN_MQTT__PORT": "1"}
SHORT = {"QUANYAN_INGEST__MAX_PAST_DAYS": "5", "QUANYAN_RETENTION__RAW_DAYS": "6"}


@pytest.fixture(params=["duckdb", "influx"])
def store(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "duckdb":
        return {}
    server: InfluxServer = request.getfixturevalue("influx_server")
    return influx_settings(server, request.getfixturevalue("influx_bucket"))


@pytest.fixture
def service(tmp_path: Path, store: Mapping[str, str]) -> Iterator[Service]:
    subject = Service(tmp_path, OFTEN | dict(store))
    register_csv(LAMPS, tmp_path / "register.csv")
    subject.prepare(tmp_path / "register.csv")
    yield subject
    subject.close()


def hand_in(service: Service, *instants: datetime) -> None:
    readings = [
        {"device": f"L{n}", "at": at.isoformat(), "values": {"power": 100.0 + n + at.minute, "on": True}}
        for n in range(LAMPS)
        for at in instants
    ]
    receipt = service.post("readings", {"readings": readings}).raise_for_status().json()
    assert receipt["accepted"] == len(readings)


def counted(service: Service, name: str) -> float:
    return sum(float(line.split()[-1]) for line in service.metrics().splitlines() if line.startswith(name))


def test_readings_are_summarised_and_go_and_their_summaries_answer(service: Service) -> None:
    hour = wall_now().replace(minute=0, second=0, microsecond=0) - timedelta(days=10)
    service.start(ready=False)
    hand_in(service, hour, hour + timedelta(minutes=20), hour + timedelta(days=8))
    span = {"from": (hour - timedelta(hours=1)).isoformat(), "to": (hour + timedelta(hours=2)).isoformat()}

    def by(every: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = service.get("devices/L3/series", every=every, **span)["items"]
        return items

    wait_until(lambda: len(by("hour")) == 1, "the hour is summarised", 90)
    assert by("hour")[0]["metrics"]["power"] == {"count": 2, "min": 103.0, "max": 123.0, "mean": 113.0, "last": 123.0}
    hand_in(service, hour + timedelta(minutes=40))
    wait_until(lambda: by("hour")[0]["readings"] == 3, "the late reading changed its hour", 90)
    assert (len(by("raw")), len(service.get("devices/L3/readings", **span)["items"])) == (3, 3)
    assert counted(service, "quanyan_retention_removed_total") == 0
    assert service.stop() == 0

    younger = Service(service.home, {**service.environment, **SHORT}, key=service.key)
    try:
        assert f"{3 * LAMPS:>9}  readings would be removed" in younger.cli("retention", "run", "--dry-run").stdout
        younger.start(ready=False)
        wait_until(
            lambda: counted(younger, 'quanyan_retention_removed_total{every="raw"}') == 3 * LAMPS, "raw goes", 90
        )
        answer = younger.get("devices/L3/series", **span)
        assert (answer["every"], answer["items"][0]["readings"]) == ("hour", 3)
        gone = younger.get("devices/L3/readings", **span)
        assert gone["items"] == []
        assert datetime.fromisoformat(gone["kept_since"]) > hour
        later = {"from": (hour + timedelta(days=7)).isoformat(), "to": (hour + timedelta(days=9)).isoformat()}
        assert len(younger.get("devices/L3/readings", **later)["items"]) == 1
        assert counted(younger, "quanyan_retention_kept_back") == 0
    finally:
        younger.close()
