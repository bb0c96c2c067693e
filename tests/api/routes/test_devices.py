"""Listing devices, and one device over time."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api_client import Client
from tests.support.api_services import SmallCity

DEVICES = "/api/v1/devices"


def next_path(response: httpx.Response) -> str | None:
    """Return where the Link header leads."""
    link = response.links.get("next")
    return link["url"] if link else None


def pages(client: Client, path: str) -> list[list[str]]:
    """Follow the Link headers to the end; return the ids of each page."""
    found: list[list[str]] = []
    following: str | None = path
    while following is not None:
        response = client.get(following)
        assert response.status_code == 200, response.text
        found.append([device["id"] for device in response.json()["items"]])
        following = next_path(response)
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 15), filters=st.sampled_from(["", "&kind=streetlight", "&district=370103", "&q=SL-000"]))
def test_the_pages_hold_every_device_exactly_once(city: SmallCity, limit: int, filters: str) -> None:
    whole = pages(city.client(), f"{DEVICES}?limit=1000{filters}")
    assert len(whole) == 1
    cut = pages(city.client(), f"{DEVICES}?limit={limit}{filters}")
    assert [i for page in cut for i in page] == whole[0] == sorted(whole[0])
    assert all(len(page) == limit for page in cut[:-1])


def test_the_link_keeps_the_filters(reader: Client) -> None:
    path = next_path(reader.get(f"{DEVICES}?road=jingshi&limit=2"))
    assert path is not None
    query = parse_qs(urlsplit(path).query)
    assert (query["road"], query["limit"]) == (["jingshi"], ["2"])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "river_section"}, 1),
        ({"kind": "parking_bay"}, 0),
        ({"district": "370103"}, 4),
        ({"management_area": "gaoxin", "road_class": "branch"}, 4),
        ({"management_area": "gaoxin", "road_class": "arterial"}, 0),
        ({"road": "jingshi"}, 8),
        ({"supply_point": "sp-1"}, 2),
        ({"river": "xiaoqing"}, 1),
        ({"state": "scrapped"}, 0),
        ({"q": "辛丰"}, 1),
        ({"q": "SL-000"}, 10),
    ],
)
def test_every_condition_must_hold(reader: Client, query: dict[str, str], count: int) -> None:
    assert len(reader.get(DEVICES, params=query).json()["items"]) == count


@pytest.mark.parametrize(
    "query", [{"kind": "lamp"}, {"state": "new"}, {"limit": "0"}, {"limit": "1001"}, {"format": "xml"}, {"q": ""}]
)
def test_what_is_no_condition_is_refused(reader: Client, query: dict[str, str]) -> None:
    answer = reader.get(DEVICES, params=query)
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == list(query)


@pytest.mark.parametrize("cursor", ["AAAA", "====", "%00", "A" * 600])
def test_a_cursor_of_nobodys_is_refused(reader: Client, cursor: str) -> None:
    answer = reader.get(f"{DEVICES}?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "cursor"


def test_geojson_comes_by_accept_and_by_parameter(reader: Client) -> None:
    asked = reader.get(f"{DEVICES}?kind=streetlight&limit=1", headers={"Accept": "application/geo+json"})
    assert asked.headers["content-type"] == "application/geo+json"
    body = asked.json()
    assert body["type"] == "FeatureCollection"
    feature = body["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [117.0, 36.65]}
    assert feature["properties"]["id"] == feature["id"] == "sl-0000"
    unplaced = reader.get(f"{DEVICES}?kind=river_section&format=geojson").json()
    assert unplaced["features"][0]["geometry"] is None
    plain = reader.get(f"{DEVICES}?format=json", headers={"Accept": "application/geo+json"})
    assert plain.headers["content-type"] == "application/json"


def timeline(reader: Client, device: str, **query: str) -> dict[str, Any]:
    """Return a device over time."""
    answer = reader.get(f"{DEVICES}/{device}", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_device_is_told_as_it_was_at_the_time_asked_for(reader: Client, operator: Client) -> None:
    body = timeline(reader, "sl-0001")["device"]
    del body["id"]
    moved = {**body, "district": "370105", "valid_from": "2026-06-01T00:00:00+08:00"}
    assert operator.put(f"{DEVICES}/sl-0001", json=moved).status_code == 200
    assert timeline(reader, "sl-0001")["device"]["district"] == "370105"
    assert timeline(reader, "sl-0001", at="2026-05-31T15:59:59Z")["device"]["district"] == "370102"
    assert timeline(reader, "sl-0001", at="2026-05-31T16:00:00Z")["device"]["district"] == "370105"
    assert timeline(reader, "sl-0001", at="2025-12-31T00:00:00Z")["device"] is None
    versions = timeline(reader, "sl-0001")["timeline"]
    assert [(v["device"]["district"], v["valid_from"], v["valid_to"]) for v in versions] == [
        ("370102", "2026-01-01T00:00:00Z", "2026-05-31T16:00:00Z"),
        ("370105", "2026-05-31T16:00:00Z", None),
    ]


def test_the_history_keeps_what_is_no_longer_believed(reader: Client, operator: Client) -> None:
    body = timeline(reader, "sl-0002")["device"]
    del body["id"]
    operator.put(f"{DEVICES}/sl-0002", json={**body, "state": "scrapped"})
    history = reader.get(f"{DEVICES}/sl-0002/history").json()["items"]
    assert [v["recorded_to"] is None for v in history].count(False) == 1
    assert {v["author"] for v in history} == {"tests", "operate key"}
    assert reader.get(f"{DEVICES}/nobody/history").status_code == 404
