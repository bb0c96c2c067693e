"""The catalogue and the measures."""

import pytest

from domain.reading import Reading
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.api_view import NOW

RATE = "/api/v1/indicators/light_on_rate"
ALWAYS = {
    *("indicator", "scope", "at", "unit", "value", "numerator", "denominator", "unknown", "coverage", "span", "covers"),
    *("official", "verdict_allowed", "reason", "register_version", "detail"),
}


@pytest.fixture(autouse=True)
def lit(city: SmallCity) -> None:
    """Three arterial lamps are lit, one is dark, four say nothing."""
    for number, on in ((1, True), (2, True), (4, True), (5, False)):
        city.view.newest[f"sl-{number:04}"] = Reading(f"sl-{number:04}", "streetlight", NOW, NOW, {"on": on})


def test_the_catalogue_says_what_each_indicator_follows(reader: Client) -> None:
    assert reader.get("/api/v1/indicators").json()["items"] == [
        {
            "name": "light_on_rate",
            "title": "亮灯率",
            "title_en": "light-on rate",
            "unit": "%",
            "scopes": ["city", "district", "road_class"],
            "source": "plan item 10",
            "kinds": ["streetlight"],
            "kept_every": "hour",
            "kept_scopes": ["city", "district"],
        }
    ]


def test_a_measure_is_never_a_bare_percentage(reader: Client) -> None:
    body = reader.get(f"{RATE}?scope=road_class:arterial").json()
    assert set(body) == ALWAYS
    assert (body["value"], body["numerator"], body["denominator"], body["unknown"]) == (37.5, 3, 8, 4)
    assert (body["coverage"], body["unit"]) == (0.5, "%")
    assert body["span"] == {"first": "2026-11-23T12:00:00Z", "last": "2026-11-23T12:00:00Z"}


def test_without_a_scope_it_is_the_city(reader: Client) -> None:
    assert reader.get(RATE).json()["scope"] == "city"


def test_an_instant_of_the_past_is_asked_for_with_any_offset(reader: Client) -> None:
    answer = reader.get(RATE, params={"at": "2026-11-23T18:00:00+08:00"})
    assert answer.json()["at"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("scope=river:xiaoqing", "scope", "not defined for river"),
        ("scope=galaxy:1", "scope", "must be city, or kind:id"),
        ("scope=city:1", "scope", "must be city, or kind:id"),
        ("scope=district:", "scope", "must be city, or kind:id"),
        ("at=2026-11-23T12:00:01Z", "at", "future"),
        ("at=now", "at", "RFC 3339"),
    ],
)
def test_a_wrong_question_is_named(reader: Client, query: str, name: str, reason: str) -> None:
    answer = reader.get(f"{RATE}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name
    assert reason in answer.json()["errors"][0]["reason"]


def test_what_does_not_exist_is_404(reader: Client) -> None:
    assert reader.get(f"{RATE}?scope=district:370199").status_code == 404
    for path in ("", "/scopes", "/measures?scope_kind=city"):
        assert reader.get(f"/api/v1/indicators/nothing{path}").status_code == 404


def test_the_scopes_are_written_as_a_query_takes_them(reader: Client) -> None:
    scopes = [s["scope"] for s in reader.get(f"{RATE}/scopes").json()["items"]]
    assert scopes == ["city", "district:370102", "district:370103", "road_class:arterial", "road_class:branch"]
    for scope in scopes:
        assert reader.get(RATE, params={"scope": scope}).status_code == 200


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_all_scopes_of_a_kind_are_measured_in_pages(reader: Client, limit: int) -> None:
    seen: list[str] = []
    path: str | None = f"{RATE}/measures?scope_kind=road_class&limit={limit}"
    while path is not None:
        answer = reader.get(path)
        seen += [m["scope"] for m in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == ["road_class:arterial", "road_class:branch"]


def test_a_kind_of_scope_must_be_named_and_fit(reader: Client) -> None:
    assert reader.get(f"{RATE}/measures").status_code == 422
    assert "not defined" in reader.get(f"{RATE}/measures?scope_kind=river").json()["detail"]


def test_an_explanation_shows_what_was_left_out_first(reader: Client) -> None:
    found = reader.get(f"{RATE}/explain?scope=road_class:arterial&limit=3").json()
    assert found["measure"]["scope"] == "road_class:arterial"
    assert found["inputs_total"] > found["inputs_used"]
    assert [(i["used"], bool(i["why"])) for i in found["inputs"]] == [(False, True)] * 3
    assert found["steps"][0]["clause"] == "plan item 10"


@pytest.mark.parametrize(
    ("query", "status"), [("scope=river:x", 422), ("at=2099-01-01T00:00:00Z", 422), ("limit=-1", 422)]
)
def test_an_explanation_that_cannot_be_given_says_why(reader: Client, query: str, status: int) -> None:
    assert reader.get(f"{RATE}/explain?{query}").status_code == status
