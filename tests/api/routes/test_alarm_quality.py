"""Alarm quality over HTTP: figures beside the limits, by day and by the roster's shifts."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.alert import AlertChange, AlertState, ChangeKind
from domain.alert_ports import AlertExpiry, TickRecord
from domain.record import Role
from tests.api.routes.test_alerts import raise_
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW
from tests.support.duty import roster


def tick(city: SmallCity, at: datetime) -> None:
    """Let it be an instant, and the engine be there."""
    city.clock.instant = at
    city.operational.alerts.commit(TickRecord(at))


def test_the_figures_of_a_day_stand_beside_the_published_limits(city: SmallCity) -> None:
    for number in range(3):
        raise_(city, number)
    tick(city, NOW + timedelta(minutes=30))
    found = city.client(Role.READ).get("/api/v1/alarm-quality")
    assert found.status_code == 200
    today = found.json()["items"][-1]
    assert (today["alarms"], today["until"]) == (3, city.clock.instant.isoformat().replace("+00:00", "Z"))
    held = {h["figure"]: h for h in today["held"]}
    assert (held["peak"]["value"], held["peak"]["acceptable"], held["peak"]["standing"]) == (3, 10, "acceptable")
    assert "16.4.3" in held["peak"]["source"]
    assert today["time_to_acknowledge"] == {"count": 0, "still": 3, "never": 0, "median_s": None, "p90_s": None}
    first = today["top"][0]
    assert (first["rule"], first["alert"], first["name"]) == ("lamp-dark", "a0", "灯0")


def test_what_rings_often_is_called_as_its_newest_alert_calls_it(city: SmallCity) -> None:
    raise_(city, 1)
    raise_(city, 2, subject="device:L1", name="新名", fired_at=NOW + timedelta(seconds=1))
    tick(city, NOW + timedelta(days=2))
    days = city.client(Role.READ).get("/api/v1/alarm-quality").json()["items"]
    (often,) = next(day["top"] for day in days if day["alarms"])
    assert (often["subject"], often["name"], often["alarms"]) == ("device:L1", "新名", 2)
    assert {s["alert"]: s["name"] for s in days[-1]["stale"]} == {"a1": "灯1", "a2": "新名"}


def test_shifts_are_those_of_the_roster(city: SmallCity) -> None:
    client = city.client(Role.READ)
    refused = client.get("/api/v1/alarm-quality?by=shift")
    assert (refused.status_code, refused.json()["errors"][0]["name"]) == (422, "by")
    city.operational.duty.put(roster(), "tests", NOW)
    span = {"from": NOW.isoformat(), "to": (NOW + timedelta(days=1)).isoformat(), "by": "shift"}
    tick(city, NOW + timedelta(days=2))
    items = client.get("/api/v1/alarm-quality", params=span).json()["items"]
    assert sorted(item["shift"] for item in items) == ["day", "night"]
    assert all(item["officers"] == 1 for item in items)


def test_days_whose_alerts_are_no_longer_all_kept_are_left_out_and_the_answer_says_so(city: SmallCity) -> None:
    client, store = city.client(Role.READ), city.operational.alerts
    over = replace(raise_(city, 1), state=AlertState.RECOVERED)
    store.commit(TickRecord(NOW, changes=[AlertChange(ChangeKind.RECOVERED, over, NOW)]))
    raise_(city, 2)
    tick(city, NOW + timedelta(days=2))
    span = {"from": (NOW - timedelta(days=2)).isoformat(), "to": city.clock.instant.isoformat()}
    whole = client.get("/api/v1/alarm-quality", params=span).json()
    assert whole["kept_since"] is None
    assert [item["alarms"] for item in whole["items"]] == [0, 2, 0, 0]
    assert store.expire(AlertExpiry(NOW + timedelta(seconds=1), 1000)).alerts == 1
    rest = client.get("/api/v1/alarm-quality", params=span).json()
    assert rest["kept_since"] == "2026-11-23T12:00:00.000001Z"
    assert rest["items"] == whole["items"][-2:]


def test_what_the_engine_has_not_come_to_has_no_figures_as_no_alarms_say_nothing_there(city: SmallCity) -> None:
    client = city.client(Role.READ)
    city.clock.instant = NOW + timedelta(days=2)
    assert client.get("/api/v1/alarm-quality").json()["items"] == []
    raise_(city, 1)
    last = client.get("/api/v1/alarm-quality").json()["items"][-1]
    assert (last["name"], last["until"], last["alarms"]) == ("2026-11-23", "2026-11-23T12:00:00Z", 0)


def test_a_span_that_is_empty_or_too_long_is_refused(city: SmallCity) -> None:
    client = city.client(Role.READ)
    at = NOW.isoformat().replace("+00:00", "Z")
    assert client.get(f"/api/v1/alarm-quality?from={at}&to={at}").status_code == 422
    long = (NOW - timedelta(days=94)).isoformat().replace("+00:00", "Z")
    assert client.get(f"/api/v1/alarm-quality?from={long}&to={at}").status_code == 422
