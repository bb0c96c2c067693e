"""The history of an indicator over HTTP."""

from typing import Any

import pytest

from tests.api.routes.test_indicators import RATE
from tests.support.api_client import Client
from tests.support.api_services import SmallCity
from tests.support.history import hour, of_hour

PATH = f"{RATE}/history"
SPAN = {"from": "2026-11-23T08:00:00+08:00", "to": "2026-11-25T08:00:00+08:00"}


@pytest.fixture(autouse=True)
def kept(city: SmallCity) -> None:
    """Two days of hours, one of them revised."""
    city.operational.measures.publish([of_hour(n) for n in range(48)], hour(50))
    city.operational.measures.revise([of_hour(3, lit=4, why="late reading of L1")], hour(60), lambda _: ())


def pages(reader: Client, path: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    answer = reader.get(path, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if "next" not in answer.links:
            return found
        answer = reader.get(answer.links["next"]["url"])


@pytest.mark.parametrize("limit", [5, 48, 200])
def test_each_closed_period_comes_once_in_its_newest_revision(reader: Client, limit: int) -> None:
    found = pages(reader, PATH, limit=limit, **SPAN)
    assert [p["period"] for p in found][:2] == ["2026-11-23T08", "2026-11-23T09"]
    assert len(found) == 48
    assert (found[3]["revision"], found[3]["why"], found[3]["measure"]["numerator"]) == (1, "late reading of L1", 4)
    assert {p["revision"] for p in found[4:]} == {0}


@pytest.mark.parametrize("limit", [1, 10])
def test_longer_periods_pick_the_last_kept_one_of_each(reader: Client, limit: int) -> None:
    found = pages(reader, PATH, every="day", limit=limit, **SPAN)
    assert [(p["period"], p["end"]) for p in found] == [
        ("2026-11-23T23", "2026-11-23T16:00:00Z"),
        ("2026-11-24T23", "2026-11-24T16:00:00Z"),
    ]


def test_revisions_say_what_was_what_is_why_and_since_when(reader: Client) -> None:
    (only,) = pages(reader, f"{PATH}/revisions", limit=1, **SPAN)
    assert (only["old"]["numerator"], only["new"]["numerator"]) == (3, 4)
    assert (only["period"], only["revision"], only["why"]) == ("2026-11-23T11", 1, "late reading of L1")
    assert only["recorded_at"] == "2026-11-25T12:00:00Z"


def test_without_a_span_the_answer_ends_now(reader: Client) -> None:
    assert [p["period"] for p in pages(reader, PATH)][-1] == "2026-11-23T19"


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ({"scope": "road_class:arterial"}, "scope", "it is for city, district"),
        ({"scope": "river:x"}, "scope", "not defined for river"),
        ({"every": "minute"}, "every", "hour"),
        ({"from": SPAN["to"], "to": SPAN["from"]}, "from", "before"),
        ({"from": "1970-01-01T00:00:00Z", "to": "2199-01-01T00:00:00Z", "every": "day"}, "from", "more than 20000"),
        ({"from": "yesterday"}, "from", "RFC 3339"),
    ],
)
def test_a_wrong_question_about_the_past_is_named(
    reader: Client, query: dict[str, str], name: str, reason: str
) -> None:
    answer = reader.get(PATH, params=query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == name
    assert reason in answer.json()["errors"][0]["reason"]


def test_an_unknown_indicator_has_no_history(reader: Client) -> None:
    for path in ("history", "history/revisions"):
        assert reader.get(f"/api/v1/indicators/nothing/{path}").status_code == 404
