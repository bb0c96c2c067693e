"""Changing the register over HTTP."""

import json
from typing import Any

import pytest

from domain.record import EventType
from tests.support.api_client import Client
from tests.support.api_services import SmallCity

PATH = "/api/v1/devices/sl-0001"
STATION = {
    "kind": "air_station",
    "name": "科干所",
    "district": "370102",
    "management_area": "gaoxin",
    "responsible_unit": "市生态环境局",
}


@pytest.fixture
def body(reader: Client) -> dict[str, Any]:
    device: dict[str, Any] = reader.get(PATH).json()["device"]
    del device["id"]
    return device


def errors(answer: Any) -> dict[str, str]:
    """Return what is wrong with which field."""
    assert answer.status_code == 422, answer.text
    return {e["name"]: e["reason"] for e in answer.json()["errors"]}


def test_what_was_read_can_be_written_back(operator: Client, body: dict[str, Any]) -> None:
    answer = operator.put(PATH, json={**body, "state": "maintenance"})
    assert answer.status_code == 200
    assert answer.json()["device"] == {**body, "id": "sl-0001", "state": "maintenance"}


def test_a_new_device_is_created_at_its_place_and_counts_from_now(city: SmallCity, operator: Client) -> None:
    answer = operator.put("/api/v1/devices/as-科干所", json=STATION)
    assert answer.status_code == 201
    created = operator.get(answer.headers["location"])
    assert created.headers["etag"] == answer.headers["etag"]
    assert created.json()["timeline"][0]["valid_from"] == "2026-11-23T12:00:00Z"
    assert created.json()["timeline"][0]["author"] == "operate key"
    assert city.operational.events.after(0, 10)[0].event.type is EventType.REGISTER_CHANGED


def test_a_change_for_a_while_leaves_the_device_as_it_was_afterwards(operator: Client, body: dict[str, Any]) -> None:
    span = {"valid_from": "2026-11-23T00:00:00Z", "valid_to": "2026-11-25T00:00:00Z"}
    operator.put(PATH, json={**body, "state": "maintenance", **span})
    states = [operator.get(f"{PATH}?at=2026-11-{day}T12:00:00Z").json()["device"]["state"] for day in (22, 24, 26)]
    assert states == ["in_service", "maintenance", "in_service"]


def test_who_saw_an_older_version_does_not_overwrite_the_newer(operator: Client, body: dict[str, Any]) -> None:
    tag = operator.get(PATH).headers["etag"]
    first = operator.put(PATH, json={**body, "name": "甲"}, headers={"If-Match": tag})
    assert first.status_code == 200
    late = operator.put(PATH, json={**body, "name": "乙"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert operator.get(PATH).json()["device"]["name"] == "甲"
    assert operator.put(PATH, json=body, headers={"If-Match": first.headers["etag"]}).status_code == 200


def test_if_match_never_creates(operator: Client) -> None:
    assert operator.put("/api/v1/devices/as-new", json=STATION, headers={"If-Match": "*"}).status_code == 412


def test_the_kind_of_a_device_never_changes(operator: Client) -> None:
    assert operator.put(PATH, json=STATION).status_code == 409


def test_a_change_that_ends_before_it_begins_is_a_conflict(operator: Client, body: dict[str, Any]) -> None:
    span = {"valid_from": "2026-11-25T00:00:00Z", "valid_to": "2026-11-23T00:00:00Z"}
    assert operator.put(PATH, json={**body, **span}).status_code == 409


def test_the_registers_own_rules_name_the_field(operator: Client, body: dict[str, Any]) -> None:
    attributes = {"road": "jingshi", "road_class": "motorway", "supply_point": "sp-1", "river": "xiaoqing"}
    assert set(errors(operator.put(PATH, json={**body, "attributes": attributes}))) == {
        "road_class",
        "lighting_use",
        "river",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "lamp"),
        ("name", ""),
        ("name", "a\x00b"),
        ("name", "half \ud800 pair"),
        ("name", 5),
        ("district", "3701"),
        ("lon", "117"),
        ("lon", 181),
        ("lat", True),
        ("synthetic", "false"),
        ("state", "broken"),
        ("valid_from", "2026-11-23T00:00:00"),
        ("valid_from", 1795420800),
        ("valid_to", "9999-12-31T23:59:59Z"),
        ("colour", "red"),
    ],
)
def test_the_border_names_the_field(operator: Client, body: dict[str, Any], field: str, value: object) -> None:
    content = json.dumps({**body, field: value})  # ASCII escapes carry even half a pair
    answer = operator.put(PATH, content=content, headers={"Content-Type": "application/json"})
    assert list(errors(answer)) == [field]


def test_a_position_is_whole_or_absent(operator: Client, body: dict[str, Any]) -> None:
    assert "lon" in errors(operator.put(PATH, json={**body, "lon": None}))


@pytest.mark.parametrize("device", ["a b", "a+b", "a%23b", "-a", "a" * 65, "%F0%9F%92%A1"])
def test_an_id_that_fits_no_topic_is_refused(operator: Client, device: str) -> None:
    assert "device_id" in errors(operator.put(f"/api/v1/devices/{device}", json=STATION))
