"""Forecasts come by MQTT and by CSV: both stand in the list of words and carry the proposal of a warning."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.clock import SystemClock
from domain.citytime import JINAN
from tests.support.broker import Mosquitto
from tests.support.processes import wait_until
from tests.support.publisher import publishing
from tests.support.service import Service

REGISTER = """\
id,kind,name,district,management_area,responsible_unit,state,issuer,official
af-mqtt,air_forecast,市预报,370102,370102,市生态环境局,in_service,市生态环境局,true
af-csv,air_forecast,省预报,370102,370102,省生态环境厅,in_service,省生态环境厅,true
"""
HEAVY, FAIR = 260, 80


def test_forecasts_by_mqtt_and_by_csv_are_heard_and_propose(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    service = Service(tmp_path, {"QUANYAN_MQTT__HOST": mosquitto.host, "QUANYAN_MQTT__PORT": str(mosquitto.port)})
    service.prepare(tmp_path / "register.csv")
    service.start()
    try:
        issued = SystemClock().now() - timedelta(minutes=2)
        _by_mqtt(mosquitto, issued)
        wait_until(lambda: len(_words(service)) == 5, "the issue that came by MQTT is listed", 90)
        assert {row["device"] for row in _words(service)} == {"af-mqtt"}
        wait_until(lambda: _proposal(service)["level"] >= 2, "three days above 200 ask for orange at least", 90)
        told = service.cli("import", str(_table(tmp_path, service, issued)), "--url", service.url, *_key(tmp_path))
        assert told.stdout.strip() == "1 readings accepted, 0 quarantined"
        wait_until(lambda: len(_words(service)) == 10, "the issue that came by CSV is listed", 90)
        wait_until(lambda: _proposal(service)["level"] == 0, "the newer word of fair days takes the proposal back", 90)
        assert {row["device"] for row in _days(service) if row["from"] == "forecast"} == {"af-csv"}
    finally:
        service.close()


def _by_mqtt(broker: Mosquitto, issued: datetime) -> None:
    values = {f"aqi_d{n}": HEAVY for n in range(5)} | {f"primary_d{n}": "PM2.5" for n in range(5)}
    body = {"device": "af-mqtt", "at": issued.isoformat(), "values": values}
    with publishing(broker.port) as publisher:
        publisher.publish([("city/v1/air_forecast/370102/af-mqtt/telemetry", json.dumps(body).encode())])


def _table(folder: Path, service: Service, issued: datetime) -> Path:
    """A table of one issue, a minute later, as a bureau writes it: local time, one column a day."""
    at = (issued + timedelta(minutes=1)).astimezone(JINAN.tz).isoformat()
    head = ",".join(("device", "at", *(f"aqi_d{n}" for n in range(5))))
    row = ",".join(("af-csv", at, *(str(FAIR) for _ in range(5))))
    (folder / "key").write_text(service.key, encoding="utf-8")
    table = folder / "forecast.csv"
    table.write_text(f"{head}\n{row}\n", encoding="utf-8")
    return table


def _key(folder: Path) -> tuple[str, str]:
    return "--key-file", str(folder / "key")


def _words(service: Service) -> list[dict[str, Any]]:
    # the day of the issue may have ended by now
    since = (SystemClock().now() - timedelta(days=1)).astimezone(JINAN.tz).date().isoformat()
    found: list[dict[str, Any]] = service.get("forecasts", **{"from": since})["items"]
    return found


def _warning(service: Service) -> Any:
    return service.get("indicators/air_warning", scope="city")["detail"]


def _proposal(service: Service) -> Any:
    return _warning(service)["proposal"]


def _days(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _warning(service)["days"]
    return found
