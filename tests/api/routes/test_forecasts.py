"""Forecasts in and out, and the proposed warning."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from typing_extensions import override

from domain.citytime import JINAN
from domain.measure import Measure
from domain.ports import DeviceChange
from domain.record import Role
from domain.scope import Scope
from rules.live import City
from tests.support.air import forecaster
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import BUILT, NOW, SmallView
from tests.support.rules import NO_PLAN

PATH = "/api/v1/forecasts"
ISSUE = {
    "device": "f1",
    "issued": "2026-11-23T17:00:00+08:00",
    "days": [
        {"day": "2026-11-23", "aqi": 80, "primary": ["PM2.5", "O3"]},
        {"day": "2026-11-25", "aqi": 210},
    ],
}


def _register(city: SmallCity) -> None:
    devices = (forecaster("f1"), replace(forecaster("f2", official=False), synthetic=True))
    changes = [DeviceChange(device, BUILT) for device in devices]
    city.services.world.change_devices(changes, "test")


def _listed(client: Client, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PATH, params=params).json()["items"]
    return found


def test_an_issue_becomes_a_reading_of_its_forecaster(city: SmallCity, operator: Client) -> None:
    _register(city)
    answer = operator.post(PATH, json=ISSUE)
    assert (answer.status_code, answer.json()) == (
        202,
        {"offsets": [0], "readings": 1, "accepted": 1, "quarantined": []},
    )
    reading = operator.get("/api/v1/devices/f1/latest").json()["reading"]
    assert (reading["kind"], reading["at"]) == ("air_forecast", "2026-11-23T09:00:00Z")
    assert reading["values"] == {"aqi_d0": 80, "aqi_d2": 210, "primary_d0": "PM2.5;O3"}


def test_the_newest_word_on_each_day_is_listed(city: SmallCity, operator: Client) -> None:
    _register(city)
    operator.post(PATH, json=ISSUE)
    later = {"device": "f1", "issued": "2026-11-23T19:00:00+08:00", "days": [{"day": "2026-11-25", "aqi": 150}]}
    operator.post(PATH, json=later)
    operator.post(PATH, json={**later, "device": "f2", "days": [{"day": "2026-11-22", "aqi": 1}]})
    operator.post(PATH, json={**later, "device": "f2", "days": [{"day": "2026-11-25", "aqi": 40}]})
    assert [(row["day"], row["device"], row["aqi"]) for row in _listed(operator)] == [
        ("2026-11-23", "f1", 80),
        ("2026-11-25", "f1", 150),
        ("2026-11-25", "f2", 40),
    ]
    first, second, other = _listed(operator)
    assert (first["level"], first["primary"], first["issued"]) == ("良", ["O3", "PM2.5"], "2026-11-23T09:00:00Z")
    assert (first["official"], first["synthetic"], first["issuer"]) == (True, False, "市生态环境局")
    assert second["issued"] == "2026-11-23T11:00:00Z"
    assert (other["official"], other["synthetic"]) == (False, True)
    assert _listed(operator, **{"from": "2026-11-26"}) == []


def test_a_correction_with_a_higher_revision_replaces_the_issue(city: SmallCity, operator: Client) -> None:
    _register(city)
    operator.post(PATH, json=ISSUE)
    operator.post(PATH, json={**ISSUE, "revision": 1, "days": [{"day": "2026-11-24", "aqi": 99}]})
    assert [(row["day"], row["aqi"]) for row in _listed(operator)] == [("2026-11-24", 99)]


def test_days_that_no_issue_can_speak_of_are_refused(city: SmallCity, operator: Client) -> None:
    _register(city)
    for days in (["2026-11-22"], ["2026-12-01"], ["2026-11-24", "2026-11-24"]):
        body = {**ISSUE, "days": [{"day": day, "aqi": 80} for day in days]}
        answer = operator.post(PATH, json=body)
        assert answer.status_code == 422
        assert "must be different days of the 8 that begin with the day of issue" in answer.text
    assert not city.door.deliveries
    assert operator.post(PATH, json={**ISSUE, "days": [{"day": "2026-11-30", "aqi": 501}]}).status_code == 422
    assert operator.post(PATH, json={**ISSUE, "days": [{"day": "2026-11-30", "aqi": 500}]}).status_code == 202


def test_an_issue_of_nobody_is_quarantined(operator: Client) -> None:
    answer = operator.post(PATH, json={**ISSUE, "device": "nobody"})
    assert answer.status_code == 202
    assert [(r["index"], r["reason"]) for r in answer.json()["quarantined"]] == [(0, "unknown_device")]


class _AirView(SmallView):
    """The small view with the city's air behind it."""

    @override
    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        city = City(self.known, NO_PLAN, JINAN)
        city.advance(at or NOW)
        for reading in self.newest.values():
            city.apply(reading)
        return city.measure(indicator, scope, NOW)


def test_a_city_without_air_has_no_baseline_and_no_warning(city: SmallCity, reader: Client) -> None:
    assert reader.get(PATH).json() == {"items": [], "baseline": None}
    assert reader.get("/api/v1/warnings/air").status_code == 404


def test_the_warning_is_a_proposal_with_its_days(city: SmallCity, operator: Client) -> None:
    _register(city)
    operator.post(PATH, json={**ISSUE, "days": [{"day": f"2026-11-{n}", "aqi": 210} for n in (24, 25, 26)]})
    view = _AirView(city.clock, city.view.known, city.view.newest)
    client = Client(city.with_changes(live=view), city.secrets[Role.READ])
    found = client.get("/api/v1/warnings/air").json()
    assert (found["proposal"]["action"], found["proposal"]["level"]) == ("start", 2)
    assert found["in_force"] == {"level": 0, "name": "无预警", "assumed": True}
    assert found["reason"].endswith("a proposal: a warning is issued, changed and lifted by a person")
    assert {row["day"]: row["aqi"] for row in found["days"]}["2026-11-25"] == 210
    assert found["measure"]["indicator"] == "air_warning"
    assert found["at"] == NOW.isoformat().replace("+00:00", "Z")
