"""Timetables and overrides over HTTP."""

from typing import Any

import pytest

from tests.support.api_client import Client

TIMETABLES = "/api/v1/lighting/timetables"
OVERRIDES = "/api/v1/lighting/overrides"
TIMETABLE: dict[str, Any] = {
    "title": "全市 2026",
    "on_after_sunset_minutes": 9,
    "off_after_sunrise_minutes": -17.5,
    "half_night": {
        "summer_months": [5, 6],
        "summer_from": "23:30:00",
        "winter_from": "22:30:00",
        "back_before_off_minutes": None,
    },
    "nights": {"2026-03-16": {"on": "18:28:00", "off": "06:05:00"}},
}
OVERRIDE = {
    "scope": "road_class:arterial",
    "action": "on",
    "start": "2026-11-23T16:00:00+08:00",
    "end": "2026-11-23T17:00:00+08:00",
    "reason": "大雾",
}


def test_a_timetable_is_read_back_as_it_was_put(operator: Client) -> None:
    answer = operator.put(f"{TIMETABLES}/全市", json=TIMETABLE)
    assert answer.status_code == 201
    assert answer.json() == {"id": "全市", **TIMETABLE}
    assert operator.get(TIMETABLES).json()["items"] == [answer.json()]


def test_a_timetable_is_replaced_and_the_version_grows(operator: Client) -> None:
    operator.put(f"{TIMETABLES}/t", json=TIMETABLE)
    before = operator.get(TIMETABLES).json()["version"]
    assert operator.put(f"{TIMETABLES}/t", json={"title": "sun alone"}).status_code == 200
    after = operator.get(TIMETABLES).json()
    assert after["version"] > before
    assert [(t["title"], t["nights"]) for t in after["items"]] == [("sun alone", {})]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"on_after_sunset_minutes": 1441}, "on_after_sunset_minutes"),
        ({"on_after_sunset_minutes": "8"}, "on_after_sunset_minutes"),
        ({"on_after_sunset_minutes": True}, "on_after_sunset_minutes"),
        ({"nights": {"2026-02-30": {"on": "18:00", "off": "06:00"}}}, "nights.2026-02-30.[key]"),
        ({"nights": {"2026-02-01": {"on": "25:00", "off": "06:00"}}}, "nights.2026-02-01.on"),
        ({"half_night": {**TIMETABLE["half_night"], "summer_months": [13]}}, "half_night.summer_months.0"),
        ({"half_night": {**TIMETABLE["half_night"], "summer_months": [5, 5]}}, "half_night.summer_months"),
        ({"colour": "warm"}, "colour"),
    ],
)
def test_a_wrong_timetable_is_named(operator: Client, change: dict[str, Any], name: str) -> None:
    answer = operator.put(f"{TIMETABLES}/t", json={**TIMETABLE, **change})
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == [name]


def test_an_override_is_signed_with_the_key_and_found_at_its_place(operator: Client) -> None:
    answer = operator.post(OVERRIDES, json=OVERRIDE)
    assert answer.status_code == 201
    found = operator.get(answer.headers["location"]).json()
    assert found == answer.json()
    assert (found["author"], found["start"], found["recorded_at"]) == (
        "operate key",
        "2026-11-23T08:00:00Z",
        "2026-11-23T12:00:00Z",
    )
    assert operator.get(OVERRIDES).json()["items"] == [found]


def test_a_withdrawn_override_is_gone_and_its_record_is_kept(operator: Client) -> None:
    place = operator.post(OVERRIDES, json=OVERRIDE).headers["location"]
    assert operator.delete(place).status_code == 204
    assert operator.delete(place).status_code == 404
    assert operator.get(place).status_code == 404
    assert operator.get(OVERRIDES).json()["items"] == []
    kept = operator.get(f"{OVERRIDES}?withdrawn=true").json()["items"]
    assert kept[0]["recorded_to"] == "2026-11-23T12:00:00Z"


@pytest.mark.parametrize("scope", ["city", "district:370102", "supply_point:sp-1", "road:jingshi", "device:sl-0001"])
def test_an_override_is_for_any_scope_with_lamps(operator: Client, scope: str) -> None:
    assert operator.post(OVERRIDES, json={**OVERRIDE, "scope": scope}).status_code == 201


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"scope": "river:xiaoqing"}, "scope"),
        ({"scope": "galaxy:1"}, "scope"),
        ({"scope": ""}, "scope"),
        ({"scope": "district:370199"}, "scope"),
        ({"scope": "road:"}, "scope"),
        ({"scope": "device:rs-xinfengzhuang"}, "scope"),
        ({"scope": "device:nobody"}, "scope"),
        ({"end": OVERRIDE["start"]}, "end"),
        ({"action": "dim"}, "action"),
        ({"author": "somebody else"}, "author"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_a_wrong_override_is_named(operator: Client, change: dict[str, str], name: str) -> None:
    answer = operator.post(OVERRIDES, json={**OVERRIDE, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name
